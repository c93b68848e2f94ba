/** The endpoints of HelloWorld that a client's proxy knows, and whose they are. */
import type { ClusterName } from '../../model/names.ts';
import type { CheckContext } from '../check.ts';
import type { PodFact } from '../pods.ts';
import { askProxy, type ProxyEndpoint, readEndpoints } from '../proxy-endpoints.ts';
import { NAMESPACE, SERVICE_CLUSTER } from '../workloads.ts';
import type { ClusterFacts, KnownEndpoint } from './facts.ts';

/** Clusters, with what tells whose an address is. */
export type Owners = ReadonlyMap<ClusterName, Pick<ClusterFacts, 'spec' | 'pods' | 'gatewayAddresses'>>;

/**
 * Asks a client's proxy for its endpoints of HelloWorld.
 * @returns undefined if the proxy cannot be asked
 */
export async function gatherEndpoints(
  context: CheckContext,
  facts: { readonly clusters: Owners },
  from: ClusterName,
  clientPod: PodFact | undefined,
): Promise<readonly KnownEndpoint[] | undefined> {
  const client = context.clusters.get(from)?.client;
  if (!client || !clientPod?.hasSidecar || clientPod.status !== 'Running') return undefined;
  const at = { namespace: NAMESPACE, pod: clientPod.name };
  const clusters = await askProxy(client, at, 'clusters', context);
  if (clusters === undefined) return undefined;
  return ownedEndpoints(readEndpoints(clusters, SERVICE_CLUSTER), facts.clusters, from);
}

/** Finds whose the endpoints are that a proxy of a cluster has. */
export const ownedEndpoints = (
  endpoints: readonly ProxyEndpoint[],
  clusters: Owners,
  from: ClusterName,
): readonly KnownEndpoint[] =>
  endpoints.map(({ connections: _, ...endpoint }) => ({
    ...endpoint,
    owner: ownerOf(endpoint.address, clusters, from),
  }));

/** Finds the owner. The own cluster comes first: where pod ranges overlap, an address means the local pod. */
function ownerOf(address: string, clusters: Owners, from: ClusterName): KnownEndpoint['owner'] {
  const order = [...clusters.values()].sort(
    (a, b) => Number(b.spec.name === from) - Number(a.spec.name === from),
  );
  for (const { spec, pods } of order) {
    if (pods.some(pod => pod.address === address)) return { kind: 'pod', cluster: spec.name };
  }
  for (const { spec, gatewayAddresses } of order) {
    if (gatewayAddresses?.includes(address)) return { kind: 'gateway', cluster: spec.name };
  }
  return null;
}

/** Writes an endpoint as evidence: `10.30.0.5:5000, pod of cluster2`. */
export function describeEndpoint(endpoint: KnownEndpoint): string {
  const { address, port, weight, owner, failedConnections, failedRequests } = endpoint;
  const whose = owner ? `${owner.kind} of ${owner.cluster}` : 'of no known pod or gateway';
  const details = [
    weight === 1 ? '' : `weight ${weight}`,
    failedConnections > 0 ? `${failedConnections} failed connections` : '',
    failedRequests > 0 ? `${failedRequests} failed requests` : '',
  ].filter(part => part !== '');
  return [`${address}:${port}, ${whose}`, ...details].join(', ');
}
