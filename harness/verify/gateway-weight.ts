/** Finds pods behind the gateways of other networks that a client's proxy does not count. */
import type { ClusterName } from '../model/names.ts';
import type { ClusterSpec } from '../model/topology.ts';
import type { CheckContext } from './check.ts';
import type { KnownEndpoint } from './diagnose/facts.ts';
import { gatherEndpoints } from './diagnose/known-endpoints.ts';
import { gatewayAddressesIn } from './gateway-addresses.ts';
import { type AnswerGroup, isJoint, recounted } from './groups.ts';
import type { PodsByCluster } from './pod-directory.ts';
import type { PodFact } from './pods.ts';
import type { PartlyCounted } from './traffic.ts';

/** A network whose gateways carry the weight of fewer pods than are behind them. */
export interface Shortfall {
  readonly group: AnswerGroup;
  /** How many pods the weight stands for. */
  readonly counted: number;
}

/** What a client's proxy makes of the groups. */
interface Weighed {
  /** Empty if nothing is amiss, or the proxy gives no endpoints. */
  readonly shortfalls: readonly Shortfall[];
  /** With the shares that follow from the weights, where gateways may stand for fewer pods. */
  readonly groups: readonly AnswerGroup[];
}

/**
 * Compares the weight of the gateways of each group of several clusters with that of its pods: in such a
 * group a cluster that the source's control plane does not know of is not missed by its answers, as another
 * may give them all.
 * @param pods - by cluster; if an endpoint belongs to none of them, the question stays open
 */
export async function weigh(
  context: CheckContext,
  source: ClusterSpec,
  groups: readonly AnswerGroup[],
  pods: PodsByCluster,
  clientPod: PodFact | undefined,
): Promise<Weighed> {
  if (!groups.some(group => isJoint(group) || group.counted)) return { shortfalls: [], groups };
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
  return {
    shortfalls: shortfallsIn(endpoints ?? [], source, groups, networkOf),
    groups: endpoints ? weighedBy(endpoints, source, groups, networkOf) : groups,
  };
}

/** Shares the answers as one proxy's endpoints do. Pure. */
function weighedBy(
  endpoints: readonly KnownEndpoint[],
  source: Pick<ClusterSpec, 'network'>,
  groups: readonly AnswerGroup[],
  networkOf: (cluster: ClusterName) => string | undefined,
): readonly AnswerGroup[] {
  if (!groups.some(({ counted }) => counted)) return groups;
  const ofOnePod = weightOfOnePod(endpoints, source, groups, networkOf);
  return recounted(groups, group => weightOf(gatewaysOf(endpoints, group, networkOf)) / ofOnePod);
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
  const ofOnePod = weightOfOnePod(endpoints, source, groups, networkOf);
  const far = groups.filter(({ isNear }) => !isNear);
  return far.flatMap(group => {
    const counted = weightOf(gatewaysOf(endpoints, group, networkOf)) / ofOnePod;
    return counted < (group.counted?.atLeast ?? group.pods) - 0.01 ? [{ group, counted }] : [];
  });
}

const weightOf = (some: readonly KnownEndpoint[]): number =>
  some.reduce((sum, { weight }) => sum + weight, 0);
const podsOf = (groups: readonly AnswerGroup[]): number => groups.reduce((sum, { pods }) => sum + pods, 0);

const gatewaysOf = (
  endpoints: readonly KnownEndpoint[],
  { network }: AnswerGroup,
  networkOf: (cluster: ClusterName) => string | undefined,
): readonly KnownEndpoint[] =>
  endpoints.filter(({ owner }) => owner?.kind === 'gateway' && networkOf(owner.cluster) === network);

/**
 * Returns the weight of one pod: of one that is called by its address; without, gateways stand for all pods
 * behind them, in one place if there are such.
 */
function weightOfOnePod(
  endpoints: readonly KnownEndpoint[],
  source: Pick<ClusterSpec, 'network'>,
  groups: readonly AnswerGroup[],
  networkOf: (cluster: ClusterName) => string | undefined,
): number {
  const near = endpoints.find(
    ({ owner }) => owner?.kind === 'pod' && networkOf(owner.cluster) === source.network,
  );
  if (near) return near.weight;
  const inOnePlace = groups.some(({ counted }) => counted) ? groups.filter(({ counted }) => !counted) : [];
  const known = inOnePlace.flatMap(group => gatewaysOf(endpoints, group, networkOf));
  return known.length > 0 ? weightOf(known) / podsOf(inOnePlace) : weightOf(endpoints) / podsOf(groups);
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
