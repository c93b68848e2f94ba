/** The plan and the judgement of a large mesh, in which "evenly" is judged over all sources together. */
import t from 'tap';
import type { HarnessError } from '../../harness/base/errors.ts';
import type { Topology } from '../../harness/model/topology.ts';
import { atLeast, atMost } from '../../harness/verify/binomial.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import { poolBand, togetherIn } from '../../harness/verify/together.ts';
import { meshOf } from '../support/small-mesh.ts';

const RISK = 1e-6;
const onNetworks = (clusters: number, networks: number): Topology =>
  meshOf(Array.from({ length: clusters }, (_, index) => 1 + (index % networks)));
const planOf = (topology: Topology, requests?: number, risk = RISK) =>
  planSample(requests, {
    expectedShares: expectedShares(topology),
    together: togetherIn(topology),
    risk,
  });

t.test('up to six clusters each source tells the shares itself, from seven on all together', async t => {
  for (const clusters of [1, 2, 3, 6]) {
    const topology = onNetworks(clusters, 1);
    t.equal(togetherIn(topology), undefined, `${clusters} clusters`);
    const alone = planSample(undefined, { expectedShares: expectedShares(topology) });
    t.same(planOf(topology), alone, `${clusters} clusters are planned for as ever`);
  }
  t.ok(planOf(onNetworks(7, 1)).together);
});

t.test('the calls of a source grow with the number of clusters, not with its square', async t => {
  const rows = [
    { clusters: 10, networks: 1, requests: 300 },
    { clusters: 20, networks: 1, requests: 342 },
    { clusters: 50, networks: 1, requests: 912 },
    { clusters: 20, networks: 20, requests: 342 },
    { clusters: 20, networks: 2, requests: 419 },
    { clusters: 50, networks: 2, requests: 880 },
  ];
  for (const { clusters, networks, requests } of rows)
    t.equal(planOf(onNetworks(clusters, networks)).requests, requests, `${clusters} on ${networks}`);
});

t.test('everyone has to answer each source, and the risks are held', async t => {
  for (const [clusters, networks] of [
    [7, 1],
    [20, 1],
    [20, 2],
    [50, 1],
  ] as const) {
    const plan = planOf(onNetworks(clusters, networks));
    const { requests, together } = plan;
    if (!together) throw new Error('it is large');
    for (const bands of plan.bands) {
      t.ok(bands.reduce((sum, { healthyRefused }) => sum + healthyRefused, 0) <= RISK);
      for (const { low, high, expected, starvedShare, excessiveShare, ...band } of bands) {
        t.ok(low >= 1, 'nobody may be silent');
        const outside = atMost(low - 1, requests, expected) + atLeast(high + 1, requests, expected);
        t.equal(band.healthyRefused, outside);
        t.ok(atLeast(low, requests, starvedShare ?? 1) <= RISK);
        t.ok(atMost(high, requests, excessiveShare ?? 0) <= RISK);
      }
    }
    const refused = together.pools.map(pool => {
      const band = poolBand(together, pool, requests * pool.sources.length, RISK);
      if (!band) throw new Error(`no band for ${pool.name}`);
      const n = requests * pool.sources.length;
      t.ok(atLeast(band.low, n, 0.4 * pool.share) <= RISK / together.pools.length);
      t.ok(band.high <= 2 * pool.share * n, 'twice the share is never accepted');
      t.ok(atMost(band.high, n, band.excessiveShare ?? 0) <= RISK);
      t.ok((band.starvedShare ?? 0) >= 0.4 * pool.share - 1e-6, 'and what is told apart is told exactly');
      return band.healthyRefused;
    });
    t.ok(refused.reduce((sum, each) => sum + each, 0) <= RISK, `${clusters} clusters`);
  }
});

t.test('those who are seen alike are added up: near clusters, and networks as one', async t => {
  const pools = togetherIn(onNetworks(20, 2))?.pools ?? [];
  t.equal(pools.length, 22);
  t.match(pools[0], { name: 'cluster1', share: 0.05 });
  t.equal(pools[0]?.sources.length, 10, 'the sources of its own network');
  t.match(
    pools
      .filter(({ clusters }) => clusters.length === 10)
      .map(({ share, sources }) => [share, sources.length]),
    [
      [0.5, 10],
      [0.5, 10],
    ],
  );
  const alone = togetherIn(onNetworks(20, 20))?.pools ?? [];
  t.same(
    alone.map(({ sources }) => sources.length),
    Array.from({ length: 20 }, () => 20),
    'a network of one cluster is that cluster',
  );
});

t.test('who asks for so many calls that each source can tell the shares gets that', async t => {
  const topology = onNetworks(10, 1);
  t.equal(planOf(topology, 1904).together, undefined);
  t.ok(planOf(topology, 1800).together);
  t.equal(planOf(topology, undefined, 0.3).requests, 300);
});

t.test('too few calls are refused with the smallest number that shows what is claimed', async t => {
  t.throws(() => planOf(onNetworks(20, 1), 341), {
    code: 'ERR_SAMPLE_SIZE',
    hint: /smallest number that can is 342: .* Or accept a higher risk: --risk 0.00001$/,
  } as unknown as HarnessError);
  t.ok(planOf(onNetworks(20, 1), 341, 1e-5));
});
