/** A kubeconfig as a document, read by a schema where it comes in. */
import { firstOf } from '../base/printable.ts';
import { readYaml } from '../base/yaml.ts';
import * as z from '../base/zod.ts';

/** How many bytes of a kubeconfig are read: people have hundreds of clusters in one. */
export const MAX_KUBECONFIG_BYTES = 16 * 1024 * 1024;

/** Where an API server is and how to trust it (k8s.io/client-go tools/clientcmd/api/v1 `NamedCluster`). */
const cluster = z.looseObject({
  name: z.string(),
  cluster: z.looseObject({ server: z.string().optional(), extensions: z.unknown().optional() }).nullish(),
});
/** Who asks (`NamedAuthInfo`). */
const user = z.looseObject({ name: z.string(), user: z.looseObject({}).nullish() });
/** Who asks which server (`NamedContext`). */
const context = z.looseObject({
  name: z.string(),
  context: z
    .looseObject({
      cluster: z.string().optional(),
      user: z.string().optional(),
      namespace: z.string().optional(),
    })
    .nullish(),
});
const schema = z.looseObject({
  clusters: z.array(cluster).nullish(),
  users: z.array(user).nullish(),
  contexts: z.array(context).nullish(),
  'current-context': z.string().nullish(),
});

/** The parts of a kubeconfig that we use; further fields are kept, missing ones count as empty. */
export type KubeconfigDocument = Readonly<z.infer<typeof schema>>;

/**
 * Reads a YAML or JSON document; an empty one is a kubeconfig without entries. The fields keep their order.
 * @throws Error with every problem and its path for what is no kubeconfig; InvalidYaml
 */
export function parseKubeconfig(text: string): KubeconfigDocument {
  const document: unknown = readYaml(text) ?? {};
  const read = schema.safeParse(document);
  if (read.success) return document as KubeconfigDocument; // the document itself: a schema sorts the keys
  const problems = read.error.issues.map(({ path, message }) => `${pathOf(path)}: ${message}`);
  throw new Error(firstOf(problems).join('; '), { cause: read.error });
}

/** Writes a path into the document: `contexts[1].name`; `the document` for the whole. */
function pathOf(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'the document';
  return path
    .map(part => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
