/**
 * What a client's proxy says of its endpoints, asked once: whether it has all that it must have. It saves the
 * calls that would show the same in a large mesh. Whether a proxy has accepted what it was sent needs no
 * question of its own: what it lists is what it calls.
 */
import type { ApiClient } from '../base/api-client.ts';
import type { ClusterName } from '../model/names.ts';
import type { ClusterSpec } from '../model/topology.ts';
import { clientPodIn, isTrouble } from './calling.ts';
import type { CheckContext } from './check.ts';
import type { KnownEndpoint } from './diagnose/facts.ts';
import { gatherEndpoints } from './diagnose/known-endpoints.ts';
import { gatewayAddressesIn } from './gateway-addresses.ts';
import { describeShortfall, lightNetworks, partOf } from './gateway-weight.ts';
import type { AnswerGroup } from './groups.ts';
import type { PodDirectory, PodsByCluster } from './pod-directory.ts';
import { SERVICE } from './workloads.ts';

/** Where to look from, and what for. */
export interface Outlook {
  readonly source: ClusterSpec;
  readonly client: ApiClient;
  readonly groups: readonly AnswerGroup[];
  readonly directory: PodDirectory;
}

/** `all`: all endpoints, healthy, with their weights; `open`: the proxy does not tell, or not clearly. */
export type Told = { readonly told: 'all' | 'open' } | { readonly told: 'less'; readonly lacks: string };

const OPEN: Told = { told: 'open' };

/**
 * Looks at the endpoints of a client's proxy, with one request of its admin interface.
 * @throws KubernetesApiError if an API server refuses to list pods or Services
 */
export async function toldByProxy(context: CheckContext, outlook: Outlook): Promise<Told> {
  const { source, client, groups, directory } = outlook;
  const pod = await clientPodIn(context, client);
  if (isTrouble(pod) || !pod.hasSidecar) return OPEN;
  const near = groups.filter(({ isNear }) => isNear);
  if (unready(near, directory.pods) !== undefined) await directory.refresh();
  const missing = unready(near, directory.pods);
  if (missing !== undefined) return { told: 'less', lacks: missing };
  const owners = { clusters: await ownersIn(context, outlook) };
  const endpoints = await gatherEndpoints(context, owners, source.name, pod);
  const networkOf = (cluster: ClusterName) => context.clusters.get(cluster)?.spec.network;
  return endpoints ? tellsOf(endpoints, outlook, networkOf) : OPEN;
}

/** Reads one proxy's endpoints. Pure. */
function tellsOf(
  endpoints: readonly KnownEndpoint[],
  { source, groups, directory }: Pick<Outlook, 'source' | 'groups'> & { readonly directory: Pods },
  networkOf: (cluster: ClusterName) => string | undefined,
): Told {
  const near = groups.filter(({ isNear }) => isNear).flatMap(({ clusters }) => clusters);
  const pods = endpoints.filter(({ owner }) => owner?.kind === 'pod');
  const isOdd = ({ owner }: KnownEndpoint) =>
    owner === null || (owner.kind === 'pod' && !near.includes(owner.cluster));
  if (endpoints.some(isOdd)) return OPEN;
  for (const cluster of near)
    for (const address of readyIn(cluster, directory.pods).map(pod => pod.address)) {
      const endpoint = pods.find(each => each.address === address);
      if (!endpoint) return less(`the proxy of ${source.name} has no endpoint ${address}, pod of ${cluster}`);
      if (endpoint.health !== 'healthy')
        return less(`the proxy of ${source.name} takes ${address}, pod of ${cluster}, for ill`);
    }
  // Somebody has weighed them otherwise: the calls will show what comes of it.
  if (new Set(pods.map(({ weight }) => weight)).size > 1) return OPEN;
  const [light] = lightNetworks(endpoints, source, groups, networkOf);
  return light ? less(describeShortfall(partOf(light), source.name)) : { told: 'all' };
}

type Pods = { readonly pods: PodsByCluster };
const less = (lacks: string): Told => ({ told: 'less', lacks });

const readyIn = (cluster: ClusterName, pods: PodsByCluster) =>
  (pods.get(cluster) ?? []).filter(
    ({ app, status, readyContainers, containers }) =>
      app === SERVICE && status === 'Running' && readyContainers === containers,
  );

/** Says which pod of the own network is not ready yet. */
function unready(near: readonly AnswerGroup[], pods: PodsByCluster): string | undefined {
  for (const { versions } of near)
    for (const [cluster, all] of versions) {
      const ready = readyIn(cluster, pods);
      const version = all.find(each => !ready.some(pod => pod.version === each));
      if (version !== undefined) return `HelloWorld ${version} of ${cluster} is not ready`;
    }
  return undefined;
}

/** Whose addresses the endpoints may be. Gateways are asked for where there are other networks. */
async function ownersIn(context: CheckContext, { source, groups, directory }: Outlook) {
  const far = new Set(groups.flatMap(({ isNear, clusters }) => (isNear ? [] : clusters)));
  const others = [...context.clusters].filter(
    ([, { spec }]) => far.size > 0 || spec.network === source.network,
  );
  return new Map(
    await Promise.all(
      others.map(async ([name, { spec, client }]) => {
        const gatewayAddresses =
          spec.network === source.network ? [] : await gatewayAddressesIn(client, context.signal);
        return [name, { spec, pods: directory.pods.get(name) ?? [], gatewayAddresses }] as const;
      }),
    ),
  );
}
