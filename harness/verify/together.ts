/**
 * The claim "evenly" in a large mesh, which is judged over the samples of all sources together. Pure.
 *
 * To tell a small share from a poor one takes some 165 calls for each of those who answer, and from each
 * source. A source that is content to be answered by everyone needs a tenth of that, and the samples of all
 * sources, added up, are large enough to tell the shares.
 */
import type { ClusterName } from '../model/names.ts';
import type { Topology } from '../model/topology.ts';
import { type Band, evenBand, seenBand } from './band.ts';
import { type AnswerGroup, groupName, groupsFrom } from './groups.ts';
import { bandsOfAll, riskPerBand, type Split } from './sample-size.ts';

/** A mesh is large if a source has to tell a share that is smaller than this: from seven clusters on. */
const SMALLEST_OWN_SHARE = 1 / 6;

/** Those whose answers are added up over all sources that see them alike. */
export interface Pool {
  /** `cluster1`, or `cluster1+cluster3` of another network than that of the sources. */
  readonly name: string;
  readonly clusters: readonly ClusterName[];
  /** Their part of the answers to each source, 0 < share < 1. */
  readonly share: number;
  readonly sources: readonly ClusterName[];
}

/** What a sample has to show in a large mesh. */
export interface Together {
  readonly pools: readonly Pool[];
  /** How many pods a source has on its own network at most, each of which has to answer it. */
  readonly nearPods: number;
  /** A pod's part of the answers. */
  readonly podShare: number;
}

/**
 * Returns what is judged over all sources together.
 * @returns undefined for a mesh in which each source tells the shares by itself: up to six clusters, or one
 *   whose networks are in several places
 */
export function togetherIn(topology: Topology): Together | undefined {
  const sources = topology.clusters.filter(({ client }) => client);
  const views = sources.map(source => ({ source, groups: groupsFrom(topology, source) }));
  const all = views.flatMap(({ groups }) => groups);
  // What a client has to expect then is told by its proxy alone.
  if (all.some(({ counted }) => counted)) return undefined;
  if (!all.some(({ share }) => share < SMALLEST_OWN_SHARE - 1e-9)) return undefined;
  const pools = new Map<string, Pool>();
  for (const { source, groups } of views)
    for (const { clusters, share } of groups) {
      const name = groupName({ clusters });
      const pool = pools.get(name) ?? { name, clusters, share, sources: [] };
      pools.set(name, { ...pool, sources: [...pool.sources, source.name] });
    }
  const podsOf = (groups: readonly AnswerGroup[]) =>
    groups.filter(({ isNear }) => isNear).reduce((sum, { pods }) => sum + pods, 0);
  return {
    pools: [...pools.values()],
    nearPods: Math.max(...views.map(({ groups }) => podsOf(groups))),
    podShare: 1 / topology.clusters.reduce((sum, { helloWorld }) => sum + helloWorld.length, 0),
  };
}

/**
 * Returns the bands of one source's sample in a large mesh: everyone answers, and a healthy source is refused
 * at most at the risk.
 * @returns undefined if so few calls cannot show it
 */
export function seenBandsOfAll(
  requests: number,
  splits: readonly Split[],
  risk: number,
  { nearPods, podShare }: Together,
): readonly (readonly Band[])[] | undefined {
  return podMissed(requests, nearPods, podShare) > risk
    ? undefined
    : bandsOfAll(requests, splits, risk, seenBand);
}

/** Returns the probability, at most, that one of so many pods does not answer a sample. */
export const podMissed = (requests: number, pods: number, podShare: number): number =>
  pods * (1 - podShare) ** requests;

/**
 * Returns the band of a pool.
 * @param requests - of all its sources together
 * @param risk - of all pools, each way
 */
export const poolBand = (
  { pools }: Together,
  { share }: Pick<Pool, 'share'>,
  requests: number,
  risk: number,
): Band | undefined =>
  evenBand(
    requests,
    share,
    riskPerBand(
      pools.map(each => each.share),
      risk,
    ),
  );

/** Tells whether samples of this size show all that is claimed of a large mesh. */
export const holdsTogether = (
  requests: number,
  splits: readonly Split[],
  risk: number,
  together: Together,
): boolean =>
  seenBandsOfAll(requests, splits, risk, together) !== undefined &&
  together.pools.every(
    (pool, index) =>
      together.pools.findIndex(
        ({ share, sources }) => share === pool.share && sources.length === pool.sources.length,
      ) < index || poolBand(together, pool, requests * pool.sources.length, risk) !== undefined,
  );
