import t from 'tap';
import { type ClusterName, clusterName } from '../../harness/model/names.ts';
import type { ClusterSpec, Topology } from '../../harness/model/topology.ts';
import type { KnownEndpoint } from '../../harness/verify/diagnose/facts.ts';
import { shortfallsIn } from '../../harness/verify/gateway-weight.ts';
import {
  batchSizeFor,
  expectedShares,
  groupName,
  groupsFrom,
  isJoint,
  silentGroups,
} from '../../harness/verify/groups.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import type { Answer } from '../../harness/verify/sampling.ts';
import { meshOf } from '../support/small-mesh.ts';

const sourceOf = (topology: Topology, index: number): ClusterSpec => {
  const spec = topology.clusters[index - 1];
  if (!spec) throw new Error(`no cluster${index}`);
  return spec;
};
const none: Partial<ClusterSpec> = { helloWorld: [] };
const both: Partial<ClusterSpec> = { helloWorld: ['v1', 'v2'] };

t.test('near clusters stand alone, those of another network together', async t => {
  const rows: readonly {
    readonly clusters: Topology;
    /** What each source sees: group and share. */
    readonly sees: readonly (readonly (readonly [string, number])[])[];
  }[] = [
    {
      clusters: meshOf([1, 1]),
      sees: Array(2).fill([
        ['cluster1', 1 / 2],
        ['cluster2', 1 / 2],
      ]),
    },
    {
      clusters: meshOf([1, 2]),
      sees: Array(2).fill([
        ['cluster1', 1 / 2],
        ['cluster2', 1 / 2],
      ]),
    },
    {
      clusters: meshOf([1, 2, 1]),
      sees: [
        [
          ['cluster1', 1 / 3],
          ['cluster2', 1 / 3],
          ['cluster3', 1 / 3],
        ],
        [
          ['cluster1+cluster3', 2 / 3],
          ['cluster2', 1 / 3],
        ],
        [
          ['cluster1', 1 / 3],
          ['cluster2', 1 / 3],
          ['cluster3', 1 / 3],
        ],
      ],
    },
    {
      clusters: meshOf([1, 2, 3]),
      sees: Array(3).fill([
        ['cluster1', 1 / 3],
        ['cluster2', 1 / 3],
        ['cluster3', 1 / 3],
      ]),
    },
    // A cluster without HelloWorld asks, and is not asked; a cluster with two versions has two pods.
    {
      clusters: meshOf([1, 2, 2, 2], [none, both]),
      sees: [
        [['cluster2+cluster3+cluster4', 1]],
        ...Array(3).fill([
          ['cluster2', 1 / 2],
          ['cluster3', 1 / 4],
          ['cluster4', 1 / 4],
        ]),
      ],
    },
  ];
  for (const { clusters, sees } of rows) {
    const networks = clusters.clusters.map(({ network }) => network).join(' ');
    for (const [index, expected] of sees.entries()) {
      const groups = groupsFrom(clusters, sourceOf(clusters, index + 1));
      t.same(
        groups.map(group => [groupName(group), group.share]),
        expected,
        `${networks}, from cluster${index + 1}`,
      );
      t.ok(Math.abs(groups.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-12, 'the shares add up to 1');
      t.notOk(groups.some(group => group.isNear && isJoint(group)));
    }
  }
});

t.test('the size of a sample suits every source', async t => {
  const sizeFor = (topology: Topology) =>
    planSample(undefined, { expectedShares: expectedShares(topology) }).requests;
  t.equal(sizeFor(meshOf([1, 1])), 300);
  t.equal(sizeFor(meshOf([1, 2])), 300);
  t.same(expectedShares(meshOf([1, 1])), [[0.5, 0.5]], 'equal splits are there once');
  t.same(
    expectedShares(meshOf([1, 2, 1])).map(shares => shares.length),
    [3, 2],
  );
  // Thirds ask for more than two thirds and one do.
  t.equal(sizeFor(meshOf([1, 2, 1])), 432);
  t.equal(
    sizeFor(meshOf([1, 2, 1], [{ client: false }, {}, { client: false }])),
    396,
    'only clusters with a client count',
  );
  // Bands of the group: 2/3 is told from 40 % of it, and the other third from 40 % of that.
  t.match(planSample(432, { expectedShares: [[2 / 3, 1 / 3]] }).bands, [
    [
      { low: 202, high: 334 },
      { low: 98, high: 230 },
    ],
  ]);
  t.throws(() => planSample(300, { expectedShares: expectedShares(meshOf([1, 2, 1])) }), {
    code: 'ERR_SAMPLE_SIZE',
    hint: /smallest number that can is 432/,
  });
});

t.test(
  'a batch misses the rarest group once in a thousand times at most, and has 10 calls at least',
  async t => {
    const sizes = (topology: Topology) =>
      topology.clusters.map(source => batchSizeFor(groupsFrom(topology, source)));
    t.same(sizes(meshOf([1, 2])), [10, 10]);
    t.same(sizes(meshOf([1, 2, 1])), [18, 18, 18]);
    // Seven of eight are behind the gateways of one network: the near one is the rarest.
    t.same(sizes(meshOf([1, 2, 2, 2, 2, 2, 2, 2]))[0], 52);
    t.same(sizes(meshOf([1, 2, 2, 2], [none]))[0], 10);
  },
);

const HOME: Readonly<Record<string, string>> = { a: 'cluster1', b: 'cluster2', c: 'cluster3', d: 'cluster4' };
const answer = (version: string, instance: string): Answer => ({
  kind: 'answer',
  seconds: 0.01,
  version,
  instance,
});
const locate = (instance: string) => HOME[instance] ?? null;

t.test('who has not answered: every near cluster has to, and one of each other network', async t => {
  const topology = meshOf([1, 1, 2, 2]);
  const [v1, v2] = ['v1', 'v2'];
  const rows: readonly (readonly [answers: readonly Answer[], from: number, silent: readonly string[]])[] = [
    [[], 1, ['cluster1', 'cluster2', 'cluster3+cluster4']],
    [[answer(v1, 'a'), answer(v2, 'b'), answer(v1, 'c')], 1, []],
    [[answer(v1, 'a'), answer(v2, 'b'), answer(v2, 'd')], 1, []],
    [[answer(v1, 'a'), answer(v2, 'b'), answer(v2, 'd')], 3, ['cluster3']],
    // The version was seen, but of another cluster, or of no pod that is known.
    [[answer(v1, 'a'), answer(v2, 'd')], 1, ['cluster2']],
    [[answer(v1, 'a'), answer(v2, 'd'), answer(v2, 'ghost')], 1, ['cluster2']],
    [
      [answer(v1, 'a'), answer(v2, 'b'), { kind: 'error', seconds: 1, error: '503' }],
      1,
      ['cluster3+cluster4'],
    ],
  ];
  for (const [answers, from, silent] of rows) {
    const groups = groupsFrom(topology, sourceOf(topology, from));
    t.same(silentGroups(groups, answers, locate).map(groupName), silent);
  }
  const twoVersions = meshOf([1, 2], [both]);
  const near = groupsFrom(twoVersions, sourceOf(twoVersions, 1));
  t.same(silentGroups(near, [answer(v1, 'a'), answer(v2, 'b')], locate).map(groupName), ['cluster1']);
  const far = groupsFrom(twoVersions, sourceOf(twoVersions, 2));
  t.same(silentGroups(far, [answer(v1, 'a'), answer(v2, 'b')], locate), []);
});

t.test(
  'the gateways of a network with several clusters have to carry the weight of all its pods',
  async t => {
    const endpoint = (kind: 'pod' | 'gateway' | null, cluster: string, weight: number): KnownEndpoint => ({
      address: '10.0.0.1',
      port: 1,
      weight,
      owner: kind && { kind, cluster: clusterName(cluster) },
      health: 'healthy',
      failedConnections: 0,
      requests: 0,
      failedRequests: 0,
    });
    const topology = meshOf([1, 2, 1]);
    const networkOf = (cluster: ClusterName) =>
      topology.clusters.find(({ name }) => name === cluster)?.network;
    const rows: readonly (readonly [
      what: string,
      endpoints: readonly KnownEndpoint[],
      counted: readonly number[],
    ])[] = [
      ['one gateway for both', [endpoint('pod', 'cluster2', 1), endpoint('gateway', 'cluster1', 2)], []],
      ['one is not counted', [endpoint('pod', 'cluster2', 1), endpoint('gateway', 'cluster1', 1)], [1]],
      [
        'two gateways, weights scaled to share them',
        [
          endpoint('pod', 'cluster2', 2),
          endpoint('gateway', 'cluster1', 2),
          endpoint('gateway', 'cluster3', 2),
        ],
        [],
      ],
      [
        'two gateways that share one pod',
        [
          endpoint('pod', 'cluster2', 2),
          endpoint('gateway', 'cluster1', 1),
          endpoint('gateway', 'cluster3', 1),
        ],
        [1],
      ],
      ['nobody is counted', [endpoint('pod', 'cluster2', 1)], [0]],
      ['the proxy does not tell', [], []],
      [
        'an address of nobody leaves it open',
        [endpoint('pod', 'cluster2', 1), endpoint(null, 'cluster1', 1)],
        [],
      ],
    ];
    for (const [what, endpoints, counted] of rows) {
      const groups = groupsFrom(topology, sourceOf(topology, 2));
      const found = shortfallsIn(endpoints, sourceOf(topology, 2), groups, networkOf);
      t.same(
        found.map(each => each.counted),
        counted,
        what,
      );
    }
    // Without a pod that is called by its address, the parts are compared.
    const remote = meshOf([1, 2, 2, 3, 3], [none]);
    const network = (cluster: ClusterName) => remote.clusters.find(({ name }) => name === cluster)?.network;
    const groups = groupsFrom(remote, sourceOf(remote, 1));
    const weights = (two: number, three: number) =>
      shortfallsIn(
        [endpoint('gateway', 'cluster2', two), endpoint('gateway', 'cluster4', three)],
        sourceOf(remote, 1),
        groups,
        network,
      ).map(({ group }) => groupName(group));
    t.same(weights(2, 2), []);
    t.same(weights(2, 1), ['cluster4+cluster5']);
  },
);
