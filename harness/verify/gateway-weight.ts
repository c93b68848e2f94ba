/** Finds pods behind the gateways of other networks that a client's proxy does not count. */
import type { ClusterName } from '../model/names.ts';
import type { ClusterSpec } from '../model/topology.ts';
import type { CheckContext } from './check.ts';
import type { KnownEndpoint } from './diagnose/facts.ts';
import { gatherEndpoints } from './diagnose/known-endpoints.ts';
import { gatewayAddressesIn } from './gateway-addresses.ts';
import { type AnswerGroup, isJoint } from './groups.ts';
import type { PodsByCluster } from './pod-directory.ts';
import type { PodFact } from './pods.ts';
import type { PartlyCounted } from './traffic.ts';

/** A network whose gateways carry the weight of fewer pods than are behind them. */
export interface Shortfall {
  readonly group: AnswerGroup;
  /** How many pods the weight stands for. */
  readonly counted: number;
}

/**
 * Compares the weight of the gateways of each group of several clusters with that of its pods: in such a
 * group a cluster that the source's control plane does not know of is not missed by its answers, as another
 * may give them all.
 * @param pods - by cluster; if an endpoint belongs to none of them, the question stays open
 * @returns empty if nothing is amiss, or the proxy gives no endpoints
 */
export async function shortfalls(
  context: CheckContext,
  source: ClusterSpec,
  groups: readonly AnswerGroup[],
  pods: PodsByCluster,
  clientPod: PodFact | undefined,
): Promise<readonly Shortfall[]> {
  const joint = groups.filter(isJoint);
  if (joint.length === 0) return [];
  const owners = new Map(
    await Promise.all(
      [...context.clusters].map(async ([name, { spec, client }]) => {
        const gatewayAddresses = await gatewayAddressesIn(client, context.signal);
        return [name, { spec, pods: pods.get(name) ?? [], gatewayAddresses }] as const;
      }),
    ),
  );
  const endpoints = await gatherEndpoints(context, { clusters: owners }, source.name, clientPod);
  const networkOf = (cluster: ClusterName) => context.clusters.get(cluster)?.spec.network;
  return shortfallsIn(endpoints ?? [], source, groups, networkOf);
}

/**
 * Finds the shortfalls in the endpoints of one proxy. Returns none if it cannot tell whose an endpoint is.
 * Pure.
 */
export function shortfallsIn(
  endpoints: readonly KnownEndpoint[],
  source: Pick<ClusterSpec, 'network'>,
  groups: readonly AnswerGroup[],
  networkOf: (cluster: ClusterName) => string | undefined,
): readonly Shortfall[] {
  if (endpoints.length === 0 || endpoints.some(({ owner }) => owner === null)) return [];
  return lightNetworks(endpoints, source, groups, networkOf).filter(({ group }) => isJoint(group));
}

/** Finds the groups of other networks whose gateways carry too little weight. Pure. */
export function lightNetworks(
  endpoints: readonly KnownEndpoint[],
  source: Pick<ClusterSpec, 'network'>,
  groups: readonly AnswerGroup[],
  networkOf: (cluster: ClusterName) => string | undefined,
): readonly Shortfall[] {
  const weightOf = (some: readonly KnownEndpoint[]) => some.reduce((sum, { weight }) => sum + weight, 0);
  const near = endpoints.find(
    ({ owner }) => owner?.kind === 'pod' && networkOf(owner.cluster) === source.network,
  );
  // The weight of one pod; without a pod that is called by its address, all together stand for all.
  const ofOnePod = near?.weight ?? weightOf(endpoints) / groups.reduce((sum, { pods }) => sum + pods, 0);
  const far = groups.filter(({ isNear }) => !isNear);
  return far.flatMap(group => {
    const gateways = endpoints.filter(
      ({ owner }) => owner?.kind === 'gateway' && networkOf(owner.cluster) === group.network,
    );
    const counted = weightOf(gateways) / ofOnePod;
    return counted < group.pods - 0.01 ? [{ group, counted }] : [];
  });
}

/** Returns a shortfall as it is reported. */
export const partOf = ({ group: { network, clusters, pods }, counted }: Shortfall): PartlyCounted => ({
  ...{ network, clusters, pods },
  counted: Number(counted.toFixed(2)),
});

/** Writes that the pods of a network are not all counted. */
export function describeShortfall(
  { network, pods, clusters, counted }: PartlyCounted,
  source: string,
): string {
  return `the proxy of ${source} gives the gateways of ${network} the weight of ${counted} of the ${pods} pods behind them (in ${clusters.join(' and ')})`;
}
