/**
 * Verdicts on large meshes by seeded chance, without clusters: how often a healthy one is refused, and how
 * often faults are found, by a client alone and by all together. `npm run tables` draws 100,000 meshes a row,
 * answer by answer; docs/checks.md has what came of it. Each rate is held against the exact one.
 */
import t, { type Test } from 'tap';
import { createRandom, type Random } from '../../harness/base/random.ts';
import type { Topology } from '../../harness/model/topology.ts';
import type { Band } from '../../harness/verify/band.ts';
import { atMost } from '../../harness/verify/binomial.ts';
import { faultsOf, sampleOf } from '../../harness/verify/checks/fixed-sample.ts';
import { addUp } from '../../harness/verify/checks/samples-together.ts';
import { type AnswerGroup, expectedShares, groupName, groupsFrom } from '../../harness/verify/groups.ts';
import { bandsOf, planSample, type SamplePlan } from '../../harness/verify/sample-plan.ts';
import { TakenSamples } from '../../harness/verify/taken-samples.ts';
import { type Pool, poolBand, togetherIn } from '../../harness/verify/together.ts';
import type { Tally } from '../../harness/verify/traffic.ts';
import { rounds } from '../support/nightly.ts';
import { meshOf } from '../support/small-mesh.ts';

t.setTimeout(3_600_000);

const RISK = 1e-6;

/** The chances of a call of one client: of an error, and of an answer of each of its groups. */
interface Chances {
  readonly errorRate: number;
  readonly groups: readonly number[];
}
/** What becomes of the healthy chances of a client, by its number and that of a group. */
interface Fault {
  /** By how much a group is called less, or more, than it should be. */
  readonly part?: (source: number, group: number) => number;
  readonly errorRate?: (source: number) => number;
}

/** A client: its groups, and the bands of its sample. */
interface Client {
  readonly groups: readonly AnswerGroup[];
  readonly bands: readonly Band[];
}

/** Draws an index by its chance, in constant time (Walker's alias method). */
function aliasOf(chances: readonly number[]) {
  const scaled = Float64Array.from(chances, chance => chance * chances.length);
  const alias = Uint16Array.from(chances, (_, index) => index);
  const [small, large]: [number[], number[]] = [[], []];
  for (const [index, value] of scaled.entries()) (value < 1 ? small : large).push(index);
  for (let less = small.pop(), more = large.pop(); less !== undefined && more !== undefined; ) {
    alias[less] = more;
    scaled[more] = (scaled[more] ?? 0) + (scaled[less] ?? 0) - 1;
    if ((scaled[more] ?? 0) >= 1) less = small.pop();
    else [less, more] = [more, large.pop()];
  }
  return (random: Random): number => {
    const place = random.next() * scaled.length;
    const index = Math.floor(place);
    return place - index < (scaled[index] ?? 1) ? index : (alias[index] ?? index);
  };
}

class LargeMesh {
  readonly plan: SamplePlan;
  readonly clients: readonly Client[];
  readonly pools: readonly { readonly band: Band; readonly pool: Pool; readonly at: readonly number[] }[];
  readonly #topology: Topology;

  constructor(topology: Topology, risk = RISK) {
    this.#topology = topology;
    const together = togetherIn(topology);
    this.plan = planSample(undefined, { expectedShares: expectedShares(topology), together, risk });
    if (!together || !this.plan.together) throw new Error('it is not large');
    this.clients = topology.clusters.map(source => {
      const groups = groupsFrom(topology, source);
      return {
        groups,
        bands: bandsOf(
          this.plan,
          groups.map(({ share }) => share),
        ),
      };
    });
    this.pools = together.pools.map(pool => {
      const band = poolBand(together, pool, pool.sources.length * this.plan.requests, risk);
      if (!band) throw new Error('no band');
      return {
        band,
        pool,
        at: this.clients.map(({ groups }) => groups.findIndex(each => groupName(each) === pool.name)),
      };
    });
  }

  chancesOf({ part = () => 1, errorRate = () => 0 }: Fault): readonly Chances[] {
    return this.clients.map(({ groups }, source) => {
      const raw = groups.map(({ share }, group) => share * part(source, group));
      // What one gets less is called elsewhere; what one gets more is taken from the others.
      const changed = groups.map((_, group) => part(source, group) !== 1);
      const kept = raw.reduce((sum, chance, group) => sum + (changed[group] ? chance : 0), 0);
      const others = raw.reduce((sum, chance, group) => sum + (changed[group] ? 0 : chance), 0);
      return {
        errorRate: errorRate(source),
        groups: raw.map((chance, group) => (changed[group] ? chance : (chance * (1 - kept)) / others)),
      };
    });
  }

  /** Draws the sample of each client: errors first, then the answers of its groups. */
  drawer(fault: Fault): (random: Random) => readonly Uint32Array[] {
    const draws = this.chancesOf(fault).map(({ errorRate, groups }) => ({
      size: groups.length + 1,
      draw: aliasOf([errorRate, ...groups.map(chance => chance * (1 - errorRate))]),
    }));
    return random =>
      draws.map(({ size, draw }) => {
        const counts = new Uint32Array(size);
        for (let call = 0; call < this.plan.requests; call += 1) {
          const at = draw(random);
          counts[at] = (counts[at] ?? 0) + 1;
        }
        return counts;
      });
  }

  /** Judges by the bands: how many clients are refused by their own sample, and whether all together are. */
  judge(samples: readonly Uint32Array[]) {
    const refused = this.clients.filter(({ bands }, source) => {
      const counts = samples[source];
      const isOutside = ({ low, high }: Band, group: number) =>
        (counts?.[group + 1] ?? 0) < low || (counts?.[group + 1] ?? 0) > high;
      return (counts?.[0] ?? 0) > 0 || bands.some(isOutside);
    }).length;
    const isUneven = this.pools.some(({ band, at }) => {
      let sum = 0;
      for (const [source, group] of at.entries()) if (group >= 0) sum += samples[source]?.[group + 1] ?? 0;
      return sum < band.low || sum > band.high;
    });
    return { refused, isUneven };
  }

  /** Judges as the checks do: slower, and the same. */
  judgeByChecks(drawn: readonly Uint32Array[]): ReturnType<LargeMesh['judge']> {
    const samples = new TakenSamples();
    const { plan } = this;
    const refused = this.#topology.clusters.filter((source, index) => {
      const groups = this.clients[index]?.groups ?? [];
      const tally = this.#tally(groups, drawn[index] ?? new Uint32Array());
      samples.note(source.name, tally);
      const { errors, skews } = faultsOf(sampleOf({ sample: plan }, { source, groups }, [], tally), []);
      return errors.length + skews.length > 0;
    }).length;
    if (!plan.together) throw new Error('it is large');
    const { wrong } = addUp(plan.together, { topology: this.#topology, samples, sample: plan });
    return { refused, isUneven: wrong.length > 0 };
  }

  #tally(groups: readonly AnswerGroup[], [errors = 0, ...counts]: Iterable<number> & Uint32Array): Tally {
    return {
      requests: this.plan.requests,
      instances: groups.flatMap(({ clusters: [cluster = ''] }, at) => {
        const count = counts[at] ?? 0;
        return count === 0 ? [] : [{ cluster, version: 'v1', instance: `pod-of-${cluster}`, count }];
      }),
      errors: errors === 0 ? [] : [{ error: '503 no healthy upstream', count: errors }],
      slow: 0,
      longestSeconds: 0,
    };
  }
}

/** The exact probability that a count lies outside of a band. */
const outside = ({ low, high }: Band, n: number, share: number): number =>
  1 - (atMost(high, n, share) - atMost(low - 1, n, share));

/** What was counted of so many meshes. */
interface Rates {
  readonly meshes: number;
  /** Verdicts of clients that refused, and meshes that all together refused, or anybody. */
  readonly refused: number;
  readonly uneven: number;
  readonly found: number;
}

function ratesOf(t: Test, mesh: LargeMesh, fault: Fault, meshes: number, name: string): Rates {
  const random = createRandom(name);
  const draw = mesh.drawer(fault);
  let [refused, uneven, found] = [0, 0, 0];
  for (let i = 0; i < meshes; i += 1) {
    const samples = draw(random);
    const verdict = mesh.judge(samples);
    if (i < 3) t.same(mesh.judgeByChecks(samples), verdict, 'the checks judge alike');
    refused += verdict.refused;
    uneven += Number(verdict.isUneven);
    found += Number(verdict.isUneven || verdict.refused > 0);
  }
  t.comment(
    `${name}: of ${meshes}: ${refused} verdicts of clients, ${uneven} of all together, ${found} found`,
  );
  return { meshes, refused, uneven, found };
}

/** Holds a count against its mean: once in ten million it lies farther away. */
function near(t: Test, count: number, trials: number, rate: number, name: string): void {
  const mean = trials * rate;
  const spread = 5.3 * Math.sqrt(Math.max(mean * (1 - rate), 0)) + 3;
  t.ok(Math.abs(count - mean) <= spread, `${name}: ${count}, where ${mean.toFixed(2)} are expected`);
}

const onNetworks = (clusters: number, networks: number) =>
  meshOf(Array.from({ length: clusters }, (_, index) => 1 + (index % networks)));
const TWENTY = onNetworks(20, 1);
const MESHES = rounds(100_000, { daily: 40 });

for (const [name, topology, all] of [
  ['20 clusters', TWENTY, MESHES],
  ['20 clusters on two networks', onNetworks(20, 2), MESHES],
  ['50 clusters', onNetworks(50, 1), rounds(10_000, { daily: 4 })],
] as const)
  t.test(`${name}: a healthy mesh is refused at the stated rates`, async t => {
    for (const [risk, meshes] of [
      [RISK, all],
      [1e-2, Math.min(all, 10_000)],
    ] as const) {
      const mesh = new LargeMesh(topology, risk);
      const { refused, uneven } = ratesOf(t, mesh, {}, meshes, `${name}, healthy, risk ${risk}`);
      const clients = mesh.clients.map(({ bands }) =>
        bands.reduce((sum, band) => sum + band.healthyRefused, 0),
      );
      t.ok(Math.max(...clients) <= risk);
      const most = clients.reduce((sum, each) => sum + each, 0) * meshes;
      t.ok(refused <= most + 5.3 * Math.sqrt(most) + 3, `${refused} verdicts, ${most} at most are expected`);
      const sums = mesh.pools.reduce((sum, { band }) => sum + band.healthyRefused, 0);
      t.ok(sums <= risk);
      t.ok(uneven <= meshes * sums + 5.3 * Math.sqrt(meshes * sums) + 3);
    }
  });

t.test('20 clusters: one that is starved by all clients is found by all together', async t => {
  const mesh = new LargeMesh(TWENTY);
  const [pool] = mesh.pools;
  if (!pool) throw new Error('no pool');
  for (const part of [0, 0.4, 0.5, 0.6, 0.7, 0.8, 2]) {
    const fault = { part: (_: number, group: number) => (group === 0 ? part : 1) };
    const { uneven, meshes } = ratesOf(t, mesh, fault, MESHES, `one gets ${part} of its share from all`);
    const rate = outside(pool.band, 20 * mesh.plan.requests, part / 20);
    near(t, uneven, meshes, rate, `${part}`);
    if (part <= 0.4 || part === 2) t.ok(rate > 1 - RISK, 'and found for sure');
  }
});

t.test('20 clusters: one that is starved by one client is found by that client, or is not', async t => {
  const mesh = new LargeMesh(TWENTY);
  const band = mesh.clients[3]?.bands[0];
  if (!band) throw new Error('no band');
  for (const part of [0, 0.02, 0.05, 0.1, 0.2, 0.4]) {
    const fault = { part: (source: number, group: number) => (source === 3 && group === 0 ? part : 1) };
    const { refused, meshes } = ratesOf(t, mesh, fault, MESHES, `one gets ${part} of its share from one`);
    const rate = outside(band, mesh.plan.requests, part / 20);
    near(t, refused, meshes, rate, `${part}`);
    if (part === 0) t.equal(rate, 1, 'nobody is silent in a mesh that passes');
  }
});

t.test('20 clusters: errors are found by the client that has them', async t => {
  const mesh = new LargeMesh(TWENTY);
  const { requests } = mesh.plan;
  for (const [errorRate, clients] of [
    [0.001, 20],
    [0.0001, 20],
    [0.05, 1],
    [0.01, 1],
  ] as const) {
    const fault = { errorRate: (source: number) => (source < clients ? errorRate : 0) };
    const name = `an error rate of ${errorRate} at ${clients}`;
    const { found, meshes } = ratesOf(t, mesh, fault, MESHES, name);
    near(t, found, meshes, 1 - (1 - errorRate) ** (requests * clients), name);
  }
});
