/** One kubeconfig for several clusters, a context of the cluster's name for each. */
import { dump } from 'js-yaml';
import { HarnessError } from '../base/errors.ts';
import { parseKubeconfig } from './kubeconfig-document.ts';

/**
 * Joins kubeconfigs; only the current context of each is taken, and everything in it gets the cluster's name,
 * so nothing collides.
 * @param documents - cluster name → kubeconfig; the first becomes the current context
 * @param servers - cluster name → address of its API server, where it is to be another than the document's
 * @throws HarnessError ERR_TOOL if one has no usable context
 */
export function mergeKubeconfigs(
  documents: ReadonlyMap<string, string>,
  servers: ReadonlyMap<string, string> = new Map(),
): string {
  const merged = [...documents].map(([name, text]) => ({ name, ...partsOf(name, text) }));
  return dump(
    {
      apiVersion: 'v1',
      kind: 'Config',
      clusters: merged.map(({ name, cluster }) => {
        const server = servers.get(name);
        return { name, cluster: server === undefined ? cluster : { ...cluster, server } };
      }),
      users: merged.map(({ name, user }) => ({ name, user })),
      contexts: merged.map(({ name, namespace }) => ({
        name,
        context: { cluster: name, user: name, ...(namespace !== undefined && { namespace }) },
      })),
      'current-context': merged[0]?.name ?? '',
    },
    { lineWidth: -1, noRefs: true },
  );
}

/**
 * Returns the same way to the same API server, for who shows a bearer token.
 * @throws HarnessError ERR_TOOL if the document has no usable context
 */
export function withBearer(text: string, token: string): string {
  const { cluster } = partsOf('bearer', text);
  return dump({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'bearer', cluster }],
    users: [{ name: 'bearer', user: { token } }],
    contexts: [{ name: 'bearer', context: { cluster: 'bearer', user: 'bearer' } }],
    'current-context': 'bearer',
  });
}

/**
 * Returns the address of the API server of the current context; undefined if it names none.
 * @throws HarnessError ERR_TOOL if the document has no usable context
 */
export const serverOf = (text: string): string | undefined => {
  const { server } = partsOf('', text).cluster as { readonly server?: unknown }; // whatever stands there
  return typeof server === 'string' ? server : undefined;
};

function partsOf(name: string, text: string) {
  const config = parseKubeconfig(text);
  const current =
    config.contexts?.find(context => context.name === config['current-context']) ?? config.contexts?.[0];
  const cluster = config.clusters?.find(each => each.name === current?.context?.cluster)?.cluster;
  const named = config.users?.find(each => each.name === current?.context?.user);
  // Who has nothing to show is an entry too.
  const user = named && (named.user ?? {});
  if (!cluster || !user) {
    throw new HarnessError('ERR_TOOL', `The kubeconfig of ${name} has no context with a cluster and a user.`);
  }
  return { cluster, user, namespace: current?.context?.namespace };
}
