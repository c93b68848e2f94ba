/** What Kubernetes says of its types, their fields, and the parameters of requests. */
import { brotliDecompressSync } from 'node:zlib';
import packed from 'kubernetes-descriptions';

/** What the module `kubernetes-descriptions` holds. */
interface Descriptions {
  /** By the name of a definition in camel case: its text, and those of its fields. */
  readonly types: Readonly<Record<string, readonly [string, Readonly<Record<string, string>>]>>;
  /** By the message of the options and the name, `PatchOptions.force`. */
  readonly parameters: Readonly<Record<string, string>>;
}

let unpacked: Descriptions | undefined;

/** The texts are unpacked when the first document is asked for. */
function descriptions(): Descriptions {
  // What the plugin in build-descriptions.mjs wrote.
  unpacked ??= JSON.parse(brotliDecompressSync(Buffer.from(packed(), 'base64')).toString()) as Descriptions;
  return unpacked;
}

/** `io.k8s.api.core.v1.Pod` as `IoK8sApiCoreV1Pod` */
const inCamelCase = (name: string): string =>
  name.replace(/(?:^|[.-])(.)/g, (_, letter: string) => letter.toUpperCase());

/** Returns the text of a type, and those of its fields by name. @param name - of the definition */
export function describeType(name: string): readonly [string, Readonly<Record<string, string>>] {
  return descriptions().types[inCamelCase(name)] ?? ['', {}];
}

/**
 * Returns the text of a parameter; empty for one that is not known.
 * @param options - the kind of the options that it belongs to, `ListOptions`
 */
export function describeParameter(options: string, name: string): string {
  const { parameters } = descriptions();
  // Whoever reads one object has a version to give as one who lists them.
  return parameters[`${options}.${name}`] ?? parameters[`ListOptions.${name}`] ?? parameters[name] ?? '';
}
