import t from 'tap';
import { hostSets } from '../../../../../harness/simulator/istio/envoy/upstream/host-sets.ts';

interface TestHost {
  readonly priority: number;
  readonly isHealthy: boolean;
  readonly locality: string;
  readonly localityWeight: number | undefined;
  readonly weight: number;
}
/** Hosts of each priority: `+` is healthy, `-` is not. */
const hosts = (...levels: readonly string[]): readonly TestHost[] =>
  levels.flatMap((level, priority) =>
    [...level].map(sign => ({
      priority,
      isHealthy: sign === '+',
      locality: '',
      localityWeight: undefined,
      weight: 1,
    })),
  );
const shares = (all: readonly TestHost[], panicThreshold = 0): readonly string[] =>
  hostSets(all, { panicThreshold }).map(
    ({ share, parts }) => `${share} ${parts.map(part => part.hosts.length).join()}`,
  );

/** envoyproxy.io, Priority levels: the examples of its tables. */
const ROWS: readonly [levels: readonly string[], expected: readonly string[]][] = [
  [['++++'], ['100 4']],
  [['+++-'], ['100 3']],
  [
    ['++--', '++++'],
    ['70 2', '30 4'],
  ],
  [
    ['+---', '++++'],
    ['35 1', '65 4'],
  ],
  [['----', '++++'], ['100 4']],
  [
    ['+---', '+---', '+---'],
    ['35 1', '35 1', '30 1'],
  ],
  [['+---', '----'], ['100 1']],
  [['----'], []],
  [[], []],
];
t.test('a priority gets as much as its healthy hosts can bear', async t => {
  for (const [levels, expected] of ROWS) t.same(shares(hosts(...levels)), expected, levels.join(' '));
});

t.test('in a panic health is not looked at', async t => {
  t.same(shares(hosts('+---'), 50), ['100 4'], 'too few are healthy');
  t.same(shares(hosts('++--'), 50), ['100 2'], 'just enough');
  t.same(shares(hosts('+---', '++++'), 50), ['35 1', '65 4'], 'all together bear it');
  t.same(shares(hosts('----', '--'), 50), ['67 4', '33 2'], 'all levels: by the number of hosts');
});

t.test('localities have their weights, as far as they are healthy', async t => {
  const at = (locality: string, localityWeight: number | undefined, isHealthy = true) => ({
    priority: 0,
    isHealthy,
    locality,
    localityWeight,
    weight: 1,
  });
  const parts = (all: readonly TestHost[]) =>
    hostSets(all, { isLocalityWeighted: true, panicThreshold: 0 })[0]?.parts.map(
      ({ weight, hosts: own }) => `${weight}: ${own.length}`,
    );
  t.same(parts([at('a', 80), at('b', 20)]), ['80: 1', '20: 1']);
  t.same(parts([at('a', 80), at('a', 80, false), at('b', 20)]), ['56: 1', '20: 1']);
  t.same(parts([at('a', 80, false), at('b', 20)]), ['20: 1']);
  t.same(parts([at('a', 0), at('b', undefined)]), ['1: 1']);
});
