/** The fixed sample from one cluster, as evidence: shares with their intervals and bands, and the risks. */
import type { ClusterSpec } from '../../model/topology.ts';
import type { Band } from '../band.ts';
import { shareInterval } from '../binomial.ts';
import type { CheckContext } from '../check.ts';
import { round } from '../figures.ts';
import { type AnswerGroup, countFromGroup, groupName, isJoint, whyTogether } from '../groups.ts';
import { bandsOf } from '../sample-plan.ts';
import type { Answer } from '../sampling.ts';
import { countFrom, describeTally, sequenceOf } from '../tally.ts';
import type { Share, Tally, Traffic } from '../traffic.ts';

/** What of a sample no healthy mesh shows, each in a sentence. */
export interface SampleFaults {
  /** That calls failed: at most one sentence. */
  readonly errors: readonly string[];
  /** Of each share that lies outside its band. */
  readonly skews: readonly string[];
}

/**
 * Judges a fixed sample: not one call may have failed, and each share has to lie within its band.
 * @param clusters - those with HelloWorld, for the words
 */
export function faultsOf(sample: NonNullable<Traffic['sample']>, clusters: readonly string[]): SampleFaults {
  const failed = sample.errors.reduce((sum, { count }) => sum + count, 0);
  return {
    errors:
      failed > 0 ? [`${failed} of ${sample.requests} calls failed: ${describeTally(sample, clusters)}`] : [],
    skews: sample.shares
      .filter(({ count, band: [low, high] }) => count < low || count > high)
      .map(describeSkew),
  };
}

/** Writes that a share lies outside its band. */
function describeSkew({
  cluster,
  count,
  band: [low, high],
  share,
  interval: [from, to],
  expected,
}: Share): string {
  return `${cluster} gave ${count} answers where ${low} to ${high} are accepted (a share of ${share}, 95 % interval ${from} to ${to}; expected ${expected})`;
}

/** The cluster that is asked from, and the groups of clusters whose answers are judged together. */
export interface Viewpoint {
  readonly source: ClusterSpec;
  readonly groups: readonly AnswerGroup[];
}

/**
 * Compares a sample with the bands that were planned for it.
 * @param counted - the same answers, counted
 */
export function sampleOf(
  { sample: plan }: Pick<CheckContext, 'sample'>,
  { source, groups }: Viewpoint,
  answers: readonly Answer[],
  counted: Tally,
): NonNullable<Traffic['sample']> {
  const bands = bandsOf(
    plan,
    groups.map(({ share }) => share),
  );
  const shareOf = (count: number) => {
    const [low, high] = shareInterval(count, counted.requests);
    return {
      count,
      share: round(count / counted.requests, 4),
      interval: [round(low, 4), round(high, 4)] as const,
    };
  };
  const shares = groups.flatMap((group, index): Share[] => {
    const band = bands[index];
    if (!band) return [];
    const { network, clusters } = group;
    const counts = clusters.map(cluster => ({ cluster, count: countFrom(counted, cluster) }));
    return [
      {
        cluster: groupName(group),
        ...shareOf(countFromGroup(counted, group)),
        expected: round(group.share, 4),
        band: [band.low, band.high],
        ...(isJoint(group) && { together: { network, counts, because: whyTogether(group, source.name) } }),
      },
    ];
  });
  const remote = counted.instances
    .filter(({ cluster }) => cluster !== source.name)
    .reduce((sum, { count }) => sum + count, 0);
  return {
    ...counted,
    shares,
    remote: shareOf(remote),
    ...sequenceOf(answers, counted),
    risks: {
      asked: plan.risk,
      healthyRefused: significant(healthyRefused(bands)),
      faultyAccepted: significant(Math.max(0, ...bands.map(({ faultyAccepted }) => faultyAccepted))),
      errorRateMissed: significant(plan.errorRateMissed),
    },
  };
}

/** Adds the risks up: of two shares one follows from the other; of more, each can be broken by itself. */
function healthyRefused(bands: readonly Band[]): number {
  const each = bands.map(band => band.healthyRefused);
  return each.length <= 2
    ? Math.max(0, ...each)
    : Math.min(
        1,
        each.reduce((sum, risk) => sum + risk, 0),
      );
}
const significant = (value: number) => Number(value.toPrecision(3));
