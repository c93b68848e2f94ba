/**
 * Groups the clusters of a topology, seen from one source: some answer for themselves, others are judged
 * together. Pure.
 */
import type { ClusterName, NetworkName } from '../model/names.ts';
import type { ClusterSpec, Topology } from '../model/topology.ts';
import { answersToSee } from './binomial.ts';
import { fewestCounted } from './places.ts';
import type { Split } from './sample-size.ts';
import type { Answer } from './sampling.ts';
import { countFrom, type Locate } from './tally.ts';
import type { Tally } from './traffic.ts';
import { contributionsOf } from './workloads.ts';

/**
 * Clusters whose answers are counted as one.
 *
 * A source calls each pod of its own network by its address, so that each cluster there has a share of its
 * own. All of another network is behind gateways: how much a network gets is settled by the weight of its
 * gateways, which counts its ready pods (istio/istio pilot/pkg/xds/ep_filters.go @1.8.0). Which of those pods
 * answers is not settled call by call: the gateway's tcp_proxy picks a pod for each *connection*, and the
 * source's proxy keeps its few connections and sends many calls through each. In a healthy mesh, one of two
 * clusters on that network may answer all of a sample.
 */
export interface AnswerGroup {
  /**
   * Those with HelloWorld, in the order of the topology. More than one only on another network than the
   * source's.
   */
  readonly clusters: readonly ClusterName[];
  readonly network: NetworkName;
  /** On the source's own network. */
  readonly isNear: boolean;
  /** What each of the clusters runs: one pod for each version. */
  readonly versions: ReadonlyMap<ClusterName, readonly string[]>;
  /** Number of pods, and their part of all, 0 < share ≤ 1. */
  readonly pods: number;
  readonly share: number;
  /**
   * Set if the pods are in several places: for how many of them the gateways may stand at least
   * (`places.ts`), and for how many they do, all until a proxy has told.
   */
  readonly counted?: { readonly atLeast: number; readonly now: number };
}

/**
 * Returns the groups of a topology, seen from one of its clusters, in the order of their first clusters.
 * Their shares add up to 1.
 */
export function groupsFrom(topology: Topology, source: Pick<ClusterSpec, 'network'>): readonly AnswerGroup[] {
  const contributions = contributionsOf(topology).map(contribution => ({
    ...contribution,
    network: topology.clusters.find(({ name }) => name === contribution.cluster)?.network ?? source.network,
  }));
  const members = new Map<string, typeof contributions>();
  for (const contribution of contributions) {
    const isNear = contribution.network === source.network;
    const key = isNear ? `cluster ${contribution.cluster}` : `network ${contribution.network}`;
    members.set(key, [...(members.get(key) ?? []), contribution]);
  }
  const all = contributions.reduce((sum, { versions }) => sum + versions.length, 0);
  return [...members.values()].flatMap(group => {
    const [first] = group;
    if (!first) return [];
    const pods = group.reduce((sum, { versions }) => sum + versions.length, 0);
    const isNear = first.network === source.network;
    const atLeast = isNear ? pods : fewestCounted(specsOf(topology, group));
    return [
      {
        clusters: group.map(({ cluster }) => cluster),
        network: first.network,
        isNear,
        versions: new Map(group.map(({ cluster, versions }) => [cluster, versions])),
        pods,
        share: pods / all,
        ...(atLeast < pods && { counted: { atLeast, now: pods } }),
      },
    ];
  });
}

const specsOf = (topology: Topology, group: readonly { readonly cluster: ClusterName }[]) =>
  topology.clusters.filter(({ name }) => group.some(({ cluster }) => cluster === name));

/**
 * Shares the answers anew where gateways stand for fewer pods than are behind them.
 * @param countOf - for how many pods the gateways of a group stand; used within what may be
 */
export function recounted(
  groups: readonly AnswerGroup[],
  countOf: (group: AnswerGroup) => number,
): readonly AnswerGroup[] {
  const nowOf = (group: AnswerGroup): number =>
    group.counted
      ? Math.max(group.counted.atLeast, Math.min(group.pods, Math.round(countOf(group))))
      : group.pods;
  const all = groups.reduce((sum, group) => sum + nowOf(group), 0);
  return groups.map(group => ({
    ...group,
    share: nowOf(group) / all,
    ...(group.counted && { counted: { ...group.counted, now: nowOf(group) } }),
  }));
}

export const isJoint = ({ clusters }: AnswerGroup): boolean => clusters.length > 1;

/** Names a group: `cluster1`, or `cluster1+cluster3`. The name is the same in every run. */
export const groupName = ({ clusters }: Pick<AnswerGroup, 'clusters'>): string => clusters.join('+');

/** Explains why a group's clusters are not judged one by one. */
export function whyTogether(group: AnswerGroup, source: ClusterName): string {
  const { clusters, network } = group;
  return `${source} reaches ${network} through gateways only, where a pod is picked for each connection, and connections are kept for many calls: how ${clusters.join(' and ')} share the calls is chance, how many come to ${network} is not${whyFewer(group)}`;
}

/** Explains why the gateways of a group stand for fewer pods than are behind them; empty if they do not. */
const whyFewer = ({ network, pods, counted }: AnswerGroup): string =>
  counted && counted.now < pods
    ? `; its gateways stand for ${counted.now} of the ${pods} pods of ${network}, ` +
      'which are in several regions or zones, as a proxy takes a gateway for the first of these only'
    : '';

/**
 * Returns the shares that each source's sample must split into, for `planSample`. Equal splits are listed
 * once.
 */
export function expectedShares(topology: Topology): readonly Split[] {
  const splits = new Map<string, Split>();
  for (const source of topology.clusters.filter(({ client }) => client)) {
    for (const groups of extremesOf(groupsFrom(topology, source))) {
      const shares = groups.map(({ share }) => share);
      splits.set([...shares].sort().join(), shares);
    }
  }
  return [...splits.values()];
}

/** Returns all that is counted, and for each group that may be counted less, the least of it. */
const extremesOf = (groups: readonly AnswerGroup[]): readonly (readonly AnswerGroup[])[] => [
  groups,
  ...groups
    .filter(({ counted }) => counted)
    .map(least => recounted(groups, group => (group === least ? 0 : group.pods))),
];

/** Fewest calls in a batch. */
const SMALLEST_BATCH = 10;

/**
 * Chooses the calls of a batch, so that it misses the rarest answer with a probability of at most 1 in 1000:
 * 10 calls for a half.
 */
export function batchSizeFor(groups: readonly AnswerGroup[]): number {
  const rarest = groups.map(({ isNear, share, pods }) => (isNear ? share / pods : share));
  return Math.max(SMALLEST_BATCH, ...rarest.map(share => answersToSee(share, 1e-3)));
}

/**
 * Finds the groups that lack an answer. Near, each version of the cluster must answer, by a pod that is
 * there; far, any pod of the network.
 */
export function silentGroups(
  groups: readonly AnswerGroup[],
  answers: readonly Answer[],
  locate: Locate,
): readonly AnswerGroup[] {
  const seen = new Map<string | null, Set<string>>();
  for (const answer of answers) {
    if (answer.kind === 'error') continue;
    const cluster = locate(answer.instance, answer.version);
    const versions = seen.get(cluster) ?? new Set();
    seen.set(cluster, versions.add(answer.version));
  }
  return groups.filter(({ clusters, isNear, versions }) =>
    isNear
      ? clusters.some(cluster => versions.get(cluster)?.some(version => !seen.get(cluster)?.has(version)))
      : clusters.every(cluster => !seen.has(cluster)),
  );
}

/** Counts the answers of a tally that came from a group. */
export const countFromGroup = (counted: Tally, { clusters }: Pick<AnswerGroup, 'clusters'>): number =>
  clusters.reduce((sum, cluster) => sum + countFrom(counted, cluster), 0);
