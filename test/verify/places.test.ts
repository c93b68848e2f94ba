/** For how many pods gateways may stand, by the places of the nodes behind them. */
import t from 'tap';
import type { ClusterSpec } from '../../harness/model/topology.ts';
import { groupsFrom, recounted } from '../../harness/verify/groups.ts';
import { fewestCounted } from '../../harness/verify/places.ts';
import { topologyOf } from '../plan/scenarios.ts';

type Place = Pick<ClusterSpec, 'region' | 'zones' | 'nodes' | 'helloWorld'>;
const { clusters } = await topologyOf('multi-primary');
const at = (place: Partial<Place>): ClusterSpec => {
  const [first] = clusters;
  if (!first) throw new Error('There is no cluster.');
  return { ...first, helloWorld: ['v1'], ...place };
};

const ROWS: readonly [string, readonly ClusterSpec[], number][] = [
  ['no places', [at({}), at({})], 2],
  ['one region', [at({ region: 'a' }), at({ region: 'a' })], 2],
  ['two regions', [at({ region: 'a' }), at({ region: 'b' })], 1],
  ['one of them without', [at({ region: 'a' }), at({})], 1],
  ['the first region has more', [at({ region: 'b' }), at({ region: 'a', helloWorld: ['v1', 'v2'] })], 2],
  ['the last region has more', [at({ region: 'a' }), at({ region: 'b', helloWorld: ['v1', 'v2'] })], 1],
  [
    'a name that begins another',
    [at({ region: 'eu-west', helloWorld: ['v1', 'v2'] }), at({ region: 'eu' })],
    2,
  ],
  ['one zone', [at({ region: 'a', zones: ['x'] }), at({ region: 'a', zones: ['x'] })], 2],
  ['a zone that no node has', [at({ nodes: 1, zones: ['x', 'y'] }), at({ zones: ['x'] })], 2],
  ['zones by turns', [at({ nodes: 2, zones: ['x', 'y'], helloWorld: ['v1', 'v2'] })], 1],
  ['zones by turns, and one pod', [at({ nodes: 2, zones: ['x', 'y'] })], 1],
];

t.test('a network counts at least as many pods as are in its first place', async t => {
  for (const [what, some, fewest] of ROWS) t.equal(fewestCounted(some), fewest, what);
});

t.test('shares follow from what a proxy counts, within what may be', async t => {
  const example = await topologyOf('two-primaries-one-remote');
  const topology = {
    ...example,
    clusters: example.clusters.map(spec =>
      spec.name === 'cluster3' ? { ...spec, region: 'eu-north' } : spec,
    ),
  };
  const [, source = at({})] = topology.clusters;
  const groups = groupsFrom(topology, source);
  const sharesAt = (count: number) => recounted(groups, () => count).map(({ share }) => share.toFixed(2));
  t.same(sharesAt(2), ['0.67', '0.33']);
  t.same(sharesAt(1), ['0.50', '0.50']);
  t.same(sharesAt(0), ['0.50', '0.50'], 'fewer than there must be is for another check');
  t.same(sharesAt(9), ['0.67', '0.33']);
});
