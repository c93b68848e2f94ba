/** Adds the samples of all sources up, and judges the sums. Pure. */
import type { ClusterName } from '../../model/names.ts';
import type { Band } from '../band.ts';
import { shareInterval } from '../binomial.ts';
import type { CheckContext, Evidence } from '../check.ts';
import { round } from '../figures.ts';
import { countFromGroup } from '../groups.ts';
import { type Pool, poolBand, type Together } from '../together.ts';
import type { Share, Tally } from '../traffic.ts';
import { describeSkew, healthyRefused, significant, toldApart } from './fixed-sample.ts';

/** What all samples together showed. */
export interface AddedUp {
  /** Sources with a sample, and those without. */
  readonly clients: number;
  readonly without: readonly ClusterName[];
  readonly calls: number;
  readonly shares: readonly Share[];
  /** What no healthy mesh shows, each in a sentence. */
  readonly wrong: readonly string[];
  /** Those whose share is wrong, and a source that got the fewest answers of the first. */
  readonly suspects: readonly ClusterName[];
  readonly seenFrom: ClusterName;
  readonly evidence: Evidence;
}

type Samples = ReadonlyMap<ClusterName, Tally>;

/** A pool with what its sources were answered; no band if too few of them have a sample. */
interface Counted extends Pool {
  readonly requests: number;
  readonly count: number;
  readonly band: Band | undefined;
}

/** Judges the samples that were taken. */
export function addUp(
  together: Together,
  { topology, samples, sample: { risk } }: Pick<CheckContext, 'topology' | 'samples' | 'sample'>,
): AddedUp {
  const sources = topology.clusters.filter(({ client }) => client).map(({ name }) => name);
  const taken: Samples = new Map(
    sources.flatMap(name => {
      const sample = samples.of(name);
      return sample === undefined || sample === 'not-taken' ? [] : [[name, sample] as const];
    }),
  );
  const pools = together.pools.map(pool => count(pool, taken, together, risk));
  const judged = pools.flatMap(({ band, ...pool }) => (band ? [{ ...pool, band }] : []));
  const skewed = judged.filter(({ count: got, band }) => got < band.low || got > band.high);
  const calls = [...taken.values()].reduce((sum, { requests }) => sum + requests, 0);
  const shares = judged.map(shareOf);
  const [first] = skewed;
  return {
    clients: taken.size,
    without: sources.filter(name => !taken.has(name)),
    calls,
    shares,
    wrong: skewed.map(pool => describeSkew(shareOf(pool))),
    suspects: skewed.flatMap(({ clusters }) => clusters),
    seenFrom: leastAnswered(first, taken) ?? sources[0] ?? topology.clusters[0]?.name ?? ('' as ClusterName),
    evidence: {
      clients: taken.size,
      calls,
      shares: judged.map(pool => ({ ...shareOf(pool), calls: pool.requests, clients: pool.sources.length })),
      risks: {
        asked: risk,
        healthyRefused: significant(healthyRefused(judged.map(({ band }) => band))),
        faultyAccepted: significant(Math.max(0, ...judged.map(({ band }) => band.faultyAccepted))),
        // Such a rate over all calls shows no error at the risk that was asked for.
        errorRateTold: calls === 0 ? 1 : significant(1 - risk ** (1 / calls)),
      },
    },
  };
}

function count(pool: Pool, taken: Samples, together: Together, risk: number): Counted {
  const samples = pool.sources.flatMap(source => taken.get(source) ?? []);
  const requests = samples.reduce((sum, sample) => sum + sample.requests, 0);
  return {
    ...pool,
    requests,
    count: samples.reduce((sum, sample) => sum + countFromGroup(sample, pool), 0),
    band: requests === 0 ? undefined : poolBand(together, pool, requests, risk),
  };
}

function shareOf({ name, requests, count: got, share, band }: Counted & { readonly band: Band }): Share {
  const [low, high] = shareInterval(got, requests);
  return {
    cluster: name,
    count: got,
    share: round(got / requests, 4),
    interval: [round(low, 4), round(high, 4)],
    expected: round(share, 4),
    band: [band.low, band.high],
    toldApart: toldApart(band),
  };
}

/** Finds the source with the fewest answers of a pool. */
function leastAnswered(pool: Pool | undefined, taken: Samples): ClusterName | undefined {
  const counts = (pool?.sources ?? []).flatMap(source => {
    const sample = taken.get(source);
    return pool && sample ? [{ source, got: countFromGroup(sample, pool) }] : [];
  });
  return counts.sort((one, other) => one.got - other.got)[0]?.source;
}

/** Writes who answered least and most often: `6840 calls of 20 clients: …`. */
export function describeAddedUp({ calls, clients, shares }: AddedUp): string {
  const byPart = [...shares].sort((one, other) => one.share / one.expected - other.share / other.expected);
  const words = ({ cluster, share, expected, count: got, band: [low, high] }: Share) =>
    `${cluster} with ${round((100 * share) / expected, 0)} % of its share ` +
    `(${got}, where ${low} to ${high} are accepted)`;
  const ends = [byPart[0], byPart.at(-1)].flatMap(share => (share ? [words(share)] : []));
  return `${calls} calls of ${clients} clients together: least ${ends.join(', most ')}`;
}
