/** The fixed sample from one cluster, as evidence: shares with their intervals and bands, and the risks. */
import type { ClusterSpec } from '../../model/topology.ts';
import type { Band } from '../band.ts';
import { shareInterval } from '../binomial.ts';
import type { CheckContext } from '../check.ts';
import { round } from '../figures.ts';
import { type AnswerGroup, countFromGroup, groupName, isJoint, whyTogether } from '../groups.ts';
import { bandsOf, type SamplePlan } from '../sample-plan.ts';
import type { Answer } from '../sampling.ts';
import { countFrom, describeTally, sequenceOf } from '../tally.ts';
import { podMissed } from '../together.ts';
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
export function describeSkew({
  cluster,
  count,
  band: [low, high],
  share,
  interval: [from, to],
  expected,
}: Omit<Share, 'together'>): string {
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
        ...(plan.together && { toldApart: toldApart(band) }),
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
    ...(plan.together && { evenness: 'over-all-clients' as const }),
    risks: {
      asked: plan.risk,
      healthyRefused: significant(healthyRefused(bands) + versionMissed(plan, groups)),
      faultyAccepted: significant(Math.max(0, ...bands.map(({ faultyAccepted }) => faultyAccepted))),
      errorRateMissed: significant(plan.errorRateMissed),
    },
  };
}

/**
 * Returns the probability that a pod does not answer a sample in which all have to, and its cluster does: in
 * a cluster with one pod the band of the cluster has it.
 */
function versionMissed({ together, requests }: SamplePlan, groups: readonly AnswerGroup[]): number {
  if (!together) return 0;
  const several = groups.filter(({ isNear, pods }) => isNear && pods > 1);
  const pods = several.reduce((sum, group) => sum + group.pods, 0);
  return podMissed(requests, pods, together.podShare);
}

/** Finds versions of clusters on the own network that gave no answer, though their cluster did. */
export const silentVersions = (groups: readonly AnswerGroup[], counted: Tally): readonly string[] =>
  groups.flatMap(({ isNear, versions }) =>
    [...(isNear ? versions : [])].flatMap(([cluster, all]) => {
      const seen = counted.instances.filter(each => each.cluster === cluster).map(({ version }) => version);
      return seen.length === 0
        ? []
        : all
            .filter(version => !seen.includes(version))
            .map(version => `HelloWorld ${version} of ${cluster} gave no answer`);
    }),
  );

/** Returns the shares, from which on and beyond, that a band accepts at most at its risk. */
export const toldApart = ({ starvedShare, excessiveShare }: Band): readonly [number, number] => [
  round(starvedShare ?? 0, 4),
  round(excessiveShare ?? 1, 4),
];

/** Adds the risks up: of two shares one follows from the other; of more, each can be broken by itself. */
export function healthyRefused(bands: readonly Band[]): number {
  const each = bands.map(band => band.healthyRefused);
  return each.length <= 2
    ? Math.max(0, ...each)
    : Math.min(
        1,
        each.reduce((sum, risk) => sum + risk, 0),
      );
}
export const significant = (value: number) => Number(value.toPrecision(3));
