/**
 * Objects from files and standard input: YAML or JSON, several in one, lists taken apart. Kubernetes:
 * cli-runtime pkg/resource/builder.go, visitor.go.
 */
import { load, YAMLException } from 'js-yaml';
import { codeOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { type Invocation, ToolExit } from '../invocation.ts';

export interface Document {
  /** `STDIN`, or the file as it was named. */
  readonly from: string;
  readonly object: KubernetesObject & { apiVersion: string; kind: string };
}

export interface ReadDocuments {
  readonly documents: readonly Document[];
  /** Texts about what could not be read; the rest goes on. */
  readonly errors: readonly string[];
}

/**
 * Reads what `-f` names.
 * @param validate - whether documents without kind or of another shape are refused with the validator's words
 * @throws ToolExit for a file that does not exist
 */
export function readDocuments(
  invocation: Invocation,
  paths: readonly string[],
  validate = true,
): ReadDocuments {
  const documents: Document[] = [];
  const errors: string[] = [];
  for (const path of paths) {
    for (const { from, text } of readPath(invocation, path)) {
      for (const part of splitDocuments(text)) {
        const outcome = readOne(part, from, validate);
        if (typeof outcome === 'string') errors.push(outcome);
        else documents.push(...outcome);
      }
    }
  }
  return { documents, errors };
}

function readPath(invocation: Invocation, path: string): readonly { from: string; text: string }[] {
  if (path === '-') return [{ from: 'STDIN', text: invocation.stdin ?? '' }];
  if (/^https?:/.test(path))
    throw new ToolExit(`error: unable to read URL "${path}": not available inside this process`);
  const inside = invocation.listFolder(path);
  if (inside) {
    const files = inside
      .filter(name => /\.(json|ya?ml)$/.test(name))
      .map(name => `${path.replace(/\/$/, '')}/${name}`);
    if (files.length === 0) {
      throw new ToolExit(`error: error reading [${path}]: recognized file extensions are [.json .yaml .yml]`);
    }
    return files.map(file => ({ from: file, text: invocation.readFile(file) }));
  }
  try {
    return [{ from: path, text: invocation.readFile(path) }];
  } catch (error) {
    if (isMissing(error)) throw new ToolExit(`error: the path "${path}" does not exist`);
    throw error;
  }
}

export const isMissing = (error: unknown): boolean => codeOf(error) === 'ENOENT';

/** Splits a text at lines of `---`; parts with only comments count as empty. */
function splitDocuments(text: string): string[] {
  return text.split(/^---(?:[ \t].*)?\r?$/m).filter(part => part.trim() !== '');
}

function readOne(text: string, from: string, validate: boolean): readonly Document[] | string {
  let value: unknown;
  try {
    value = load(text);
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    return `error: error parsing ${from}: error converting YAML to JSON: ${yamlErrorText(error)}`;
  }
  if (value === undefined || value === null) return [];
  const fault = faultOf(value, from, validate);
  if (fault !== undefined) return fault;
  const { kind, items } = value as { kind: unknown; items?: unknown }; // an object: it has no fault
  if (Array.isArray(items) && String(kind).endsWith('List')) {
    const inner = items.map(item => readOne(JSON.stringify(item), from, validate));
    const failure = inner.find(outcome => typeof outcome === 'string');
    return typeof failure === 'string'
      ? failure
      : inner.flatMap(outcome => (typeof outcome === 'string' ? [] : outcome));
  }
  const object = value as Document['object']; // apiVersion and kind are there; metadata is filled in below
  object.metadata ??= {};
  return [{ from, object }];
}

/** Returns what kubectl says of a value that is no object with an apiVersion and a kind. */
function faultOf(value: unknown, from: string, validate: boolean): string | undefined {
  const off = 'if you choose to ignore these errors, turn validation off with --validate=false';
  if (typeof value !== 'object' || Array.isArray(value)) {
    return validate
      ? `error: error validating "${from}": error validating data: invalid object to validate; ${off}`
      : `error: unable to decode "${from}": json: cannot unmarshal ${jsonType(value)} into Go value of type unstructured.detector`;
  }
  // An object of any shape.
  const { apiVersion, kind } = value as { apiVersion?: unknown; kind?: unknown };
  const missing = [...(apiVersion ? [] : ['apiVersion not set']), ...(kind ? [] : ['kind not set'])];
  if (missing.length === 0) return undefined;
  if (!validate)
    return `error: unable to decode "${from}": Object 'Kind' is missing in '${JSON.stringify(value)}'`;
  const list = missing.length === 1 ? missing[0] : `[${missing.join(', ')}]`;
  return `error: error validating "${from}": error validating data: ${list}; ${off}`;
}

/** Says that the API server has no such kind in that version. */
export const noMatch = ({ object, from }: Document) =>
  `error: resource mapping not found for name: "${object.metadata.name ?? ''}" namespace: "${object.metadata.namespace ?? ''}" from "${from}": ` +
  `no matches for kind "${object.kind}" in version "${object.apiVersion}"\nensure CRDs are installed first`;

/** The line that go-yaml names, and js-yaml's reason. */
export function yamlErrorText(error: YAMLException): string {
  return `yaml: line ${(error.mark?.line ?? 0) + 1}: ${error.reason}`;
}

const jsonType = (value: unknown) =>
  Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
