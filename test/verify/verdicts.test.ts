/**
 * Verdicts on samples by seeded chance, without clusters: a healthy mesh is refused, and a poor one accepted,
 * at most as often as the plan of the sample says. Samples of a day are drawn by their counts; those of
 * `npm run tables` answer by answer.
 */
import t from 'tap';
import { createRandom, type Random } from '../../harness/base/random.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { faultsOf, sampleOf, type Viewpoint } from '../../harness/verify/checks/fixed-sample.ts';
import { expectedShares, groupName, groupsFrom } from '../../harness/verify/groups.ts';
import { planSample, type SamplePlan } from '../../harness/verify/sample-plan.ts';
import type { Tally } from '../../harness/verify/traffic.ts';
import { isNightly, rounds } from '../support/nightly.ts';
import { meshOf } from '../support/small-mesh.ts';

t.setTimeout(900_000);

/** The chances of one call: of an error, and of an answer of each cluster, in the topology's order. */
interface Chances {
  readonly errorRate: number;
  readonly clusters: readonly number[];
}
type Faults = ReturnType<typeof faultsOf>;

/** A topology seen from one of its clusters, with the plan of its samples. */
class View {
  readonly plan: SamplePlan;
  readonly groups: Viewpoint['groups'];
  readonly #topology: Topology;
  readonly #viewpoint: Viewpoint;
  readonly #judged = new Map<string, Faults>();

  constructor(topology: Topology, from: string, risk?: number) {
    const source = topology.clusters.find(({ name }) => name === from);
    if (!source) throw new Error(`no cluster ${from}`);
    this.#topology = topology;
    this.groups = groupsFrom(topology, source);
    this.#viewpoint = { source, groups: this.groups };
    const options = { expectedShares: expectedShares(topology), ...(risk !== undefined && { risk }) };
    this.plan = planSample(undefined, options);
  }

  /** Every pod is answered by as often as any other; of far clusters on one network, the last by all. */
  healthy(): Chances {
    return this.chances(0, ...this.groups.map(({ share }) => share));
  }

  /** @param shares - of the groups, in their order */
  chances(errorRate: number, ...shares: readonly number[]): Chances {
    const clusters = this.#topology.clusters.map(({ name }) => {
      const at = this.groups.findIndex(group => group.clusters.at(-1) === name);
      return at === -1 ? 0 : (shares[at] ?? 0);
    });
    return { errorRate, clusters };
  }

  /** Judges a sample with these counts, once: errors, then the clusters' answers in the topology's order. */
  judge(counts: readonly number[]): Faults {
    const key = counts.join();
    const faults = this.#judged.get(key) ?? this.#judge(counts);
    this.#judged.set(key, faults);
    return faults;
  }

  /** The risk that a report prints. */
  get printed() {
    return this.#sample(this.#tally([0, ...this.healthy().clusters.map(() => 0)])).risks;
  }

  /**
   * Returns the probability that a sample is refused, exactly: of two groups, each count of the first is
   * judged, and weighed with its probability.
   */
  refusedExactly({ clusters }: Chances): number {
    const { requests } = this.plan;
    const [first = 0, second = 0] = clusters.flatMap((chance, at) => (chance > 0 ? [at] : []));
    return chancesOf(requests, clusters[first] ?? 0).reduce((sum, chance, count) => {
      const counts = [
        0,
        ...clusters.map((_, at) => (at === first ? count : at === second ? requests - count : 0)),
      ];
      return sum + (isRefused(this.judge(counts)) ? chance : 0);
    }, 0);
  }

  #judge(counts: readonly number[]): Faults {
    return faultsOf(this.#sample(this.#tally(counts)), []);
  }
  #sample(tally: Tally) {
    return sampleOf({ sample: this.plan }, this.#viewpoint, [], tally);
  }
  #tally([errors = 0, ...counts]: readonly number[]): Tally {
    return {
      requests: this.plan.requests,
      instances: this.#topology.clusters.flatMap(({ name, helloWorld: [version = ''] }, at) => {
        const count = counts[at] ?? 0;
        return count === 0 ? [] : [{ cluster: name, version, instance: `pod-of-${name}`, count }];
      }),
      errors: errors === 0 ? [] : [{ error: '503 no healthy upstream', count: errors }],
      slow: 0,
      longestSeconds: 0,
    };
  }
}

const isRefused = ({ errors, skews }: Faults) => errors.length + skews.length > 0;

/** The probabilities of 0 to n successes; by another way than that of binomial.ts. */
function chancesOf(n: number, p: number): readonly number[] {
  let row = [1];
  for (let i = 0; i < n; i += 1) {
    const next = Array.from({ length: row.length + 1 }, () => 0);
    for (const [k, chance] of row.entries()) {
      next[k] = (next[k] ?? 0) + chance * (1 - p);
      next[k + 1] = chance * p;
    }
    row = next;
  }
  return row;
}

/** Draws the counts of whole samples: by day at once, where two kinds of answers are possible. */
function drawer({ errorRate, clusters }: Chances, n: number, random: Random): () => readonly number[] {
  const chances = [errorRate, ...clusters.map(chance => chance * (1 - errorRate))];
  const [first = 0, second = first, ...more] = chances.flatMap((chance, at) => (chance > 0 ? [at] : []));
  if (isNightly || more.length > 0) return () => answerByAnswer(chances, n, random);
  let sum = 0;
  const sums = chancesOf(n, second === first ? 1 : (chances[first] ?? 0)).map(chance => (sum += chance));
  return () => {
    const count = lowestAbove(sums, random.next());
    return chances.map((_, at) => (at === first ? count : at === second ? n - count : 0));
  };
}

function answerByAnswer(chances: readonly number[], n: number, random: Random): readonly number[] {
  const counts = chances.map(() => 0);
  const last = chances.findLastIndex(chance => chance > 0);
  for (let i = 0; i < n; i += 1) {
    let left = random.next();
    let at = 0;
    while (at < last && left >= (chances[at] ?? 0)) left -= chances[at++] ?? 0;
    counts[at] = (counts[at] ?? 0) + 1;
  }
  return counts;
}

/** Finds the first index whose number exceeds a value, in numbers that grow. */
function lowestAbove(sums: readonly number[], value: number): number {
  let low = 0;
  let high = sums.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sums[middle] ?? 1) > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Judges samples by chance. @returns how many were refused */
function refusedOf(verdicts: number, view: View, chances: Chances, seed: string): number {
  const draw = drawer(chances, view.plan.requests, createRandom(seed));
  let refused = 0;
  for (let i = 0; i < verdicts; i += 1) if (isRefused(view.judge(draw()))) refused += 1;
  return refused;
}

/** The most events that a rate lets expect, but for one case in ten million or so. */
const mostOf = (verdicts: number, rate: number) => {
  const mean = verdicts * rate;
  return Math.ceil(mean + 5.3 * Math.sqrt(mean) + 3);
};

const VERDICTS = 100_000;
const TWO = meshOf([1, 2]);
/** From cluster2, cluster1 and cluster3 are judged together. */
const JOINT = meshOf([1, 2, 1]);
/** Three shares: too many counts for a day. */
const THREE = rounds(VERDICTS, { daily: 100 });
/** At a risk that refuses some. */
const OFTEN = rounds(VERDICTS, { daily: 10_000 });
/** Of poor meshes, where most samples are alike. */
const POOR = rounds(VERDICTS, { daily: 1000 });
const VIEWS: readonly (readonly [name: string, topology: Topology, from: string, verdicts: number])[] = [
  ['two clusters', TWO, 'cluster1', VERDICTS],
  ['two clusters behind one gateway', JOINT, 'cluster2', VERDICTS],
  ['one cluster near and one far', JOINT, 'cluster1', THREE],
];

for (const [name, topology, from, all] of VIEWS) {
  t.test(`${name}: a healthy mesh is refused at most at the stated rate`, async t => {
    for (const [risk, verdicts] of [
      [1e-6, all],
      [1e-2, Math.min(all, OFTEN)],
    ] as const) {
      const view = new View(topology, from, risk);
      const healthy = view.healthy();
      const { healthyRefused } = view.printed;
      t.ok(healthyRefused <= risk, `${healthyRefused} is printed, ${risk} was asked for`);
      const refused = refusedOf(verdicts, view, healthy, `${name} ${risk}`);
      t.ok(refused <= mostOf(verdicts, healthyRefused), `${refused} of ${verdicts} were refused`);
      if (view.groups.length > 2) continue;
      const exactly = view.refusedExactly(healthy);
      t.ok(Math.abs(exactly / healthyRefused - 1) < 0.01, `${exactly} is the sum of all counts`);
      const fewest = verdicts * exactly - 5.3 * Math.sqrt(verdicts * exactly);
      t.ok(refused >= fewest, `no fewer than ${fewest}`);
    }
  });

  t.test(`${name}: a share that has fallen to 0.4 of what is expected is refused, and less too`, async t => {
    const view = new View(topology, from);
    const { faultyAccepted } = view.printed;
    const poor = Math.min(all, POOR);
    t.ok(faultyAccepted <= 1e-6);
    for (const [at, group] of view.groups.entries()) {
      for (const part of [0.4, 0.2, 0.02, 0]) {
        const starved = group.share * part;
        const others = (1 - starved) / (1 - group.share);
        const shares = view.groups.map(({ share }, index) => (index === at ? starved : share * others));
        const seed = `${name} ${groupName(group)} ${part}`;
        const accepted = poor - refusedOf(poor, view, view.chances(0, ...shares), seed);
        t.ok(
          accepted <= mostOf(poor, faultyAccepted) - 3,
          `${accepted} of ${poor} with a share of ${starved} for ${groupName(group)} were accepted`,
        );
      }
    }
  });
}

t.test('two clusters: shares of 0.20 and less are those that are told apart', async t => {
  const view = new View(TWO, 'cluster1');
  for (const share of [0.2, 0.1, 0]) {
    for (const shares of [
      [share, 1 - share],
      [1 - share, share],
    ]) {
      const accepted = 1 - view.refusedExactly(view.chances(0, ...shares));
      t.ok(accepted <= 1e-6, `a share of ${shares.join(' and ')} is accepted with ${accepted}`);
    }
  }
  const blurred = 1 - view.refusedExactly(view.chances(0, 0.3, 0.7));
  t.ok(Math.abs(blurred - 0.035) < 0.001, 'docs/checks.md: 0.30 passes in 3.5 % of cases');
});

for (const [name, topology, from] of VIEWS) {
  t.test(`${name}: error rates of 5 % and more are refused`, async t => {
    const view = new View(topology, from);
    const shares = view.groups.map(({ share }) => share);
    t.ok(view.plan.errorRateMissed <= 1e-6);
    const verdicts = rounds(VERDICTS, { daily: 60 });
    for (const errorRate of [0.05, 0.2, 1]) {
      const seed = `${name}, errors ${errorRate}`;
      const accepted = verdicts - refusedOf(verdicts, view, view.chances(errorRate, ...shares), seed);
      t.equal(accepted, 0, `of ${verdicts} with ${errorRate} errors`);
    }
    const [only] = view.judge([
      1,
      ...view.healthy().clusters.map(share => (view.plan.requests - 1) * share),
    ]).errors;
    t.match(only, /^1 of \d+ calls failed/, 'one error is enough');
  });
}

t.test('whoever answers behind one gateway, only the sum of them is judged', async t => {
  const view = new View(JOINT, 'cluster2');
  for (const counts of [
    [0, 288, 144, 0],
    [0, 0, 144, 288],
    [0, 100, 144, 188],
  ])
    t.notOk(isRefused(view.judge(counts)), counts.join(' '));
  t.ok(isRefused(view.judge([0, 100, 244, 88])));
});
