/** What is said of clusters that did not answer, where clusters of another network are judged together. */
import t from 'tap';
import { symptomWords } from '../../harness/verify/missing.ts';
import { callsSeen } from '../../harness/verify/seen/calls.ts';
import type { PartlyCounted, Symptom, Traffic } from '../../harness/verify/traffic.ts';
import { healthyClusters } from '../support/seen-clusters.ts';
import { meshOf } from '../support/small-mesh.ts';

/** Two clusters on the client's network, two behind gateways; then two behind others. */
const topology = meshOf([1, 1, 2, 2, 3, 3]);
const clusters = healthyClusters(topology);

interface Told {
  /** The clusters that answered: 10 calls each. */
  readonly answers: readonly number[];
  readonly symptom?: Symptom;
  readonly partly?: PartlyCounted;
  readonly error?: string;
}

function trafficWith({ answers, symptom = 'BOTH', partly, error }: Told): Traffic {
  const total = {
    requests: 10 * answers.length + (error === undefined ? 0 : 1),
    instances: answers.map(index => ({
      cluster: `cluster${index}`,
      version: 'v1',
      instance: `helloworld-${index}`,
      count: 10,
    })),
    errors: error === undefined ? [] : [{ error, count: 1 }],
    slow: 0,
    longestSeconds: 0.01,
  };
  const short = partly && { trouble: 'the gateways of network2 count in part', partlyCounted: [partly] };
  const convergence = { converged: !partly, afterMs: 1, batches: 1, batchSize: 10, total, lastBatch: total };
  return { from: 'cluster1', symptom, convergence: { ...convergence, ...short } };
}

const HALF = { network: 'network2', clusters: ['cluster3', 'cluster4'], pods: 2, counted: 1 };

/** Lists what is said of clusters that did not answer. */
const silent = (told: Told) =>
  callsSeen(topology, [trafficWith(told)], clusters)
    .filter(({ answered }) => answered === 0)
    .map(({ to, state, error }) => `${to} ${state}: ${error}`);

t.test('behind gateways one cluster may answer for another, in order', async t => {
  const open = silent({ answers: [1, 2, 3, 5, 6] });
  t.match(open, [
    /^cluster4 not-seen: none of 50 calls came to cluster4, which is judged together with cluster3/,
  ]);
  t.match(silent({ answers: [1, 3, 4, 5, 6] }), [/^cluster2 broken: /], 'not on the own network');
  t.match(
    silent({ answers: [1, 2, 3, 4] }),
    [/^cluster5 broken: /, /^cluster6 broken: /],
    'nor if none does',
  );
  const unknown = clusters.map(cluster => ({
    ...cluster,
    endpoints: { state: 'absent' as const, endpoints: [] },
  }));
  t.match(
    callsSeen(topology, [trafficWith({ answers: [1, 2, 3, 5, 6] })], unknown).map(({ state }) => state),
    ['present', 'present', 'present', 'broken', 'present', 'present'],
    'nor without an endpoint there',
  );
});

t.test('that a network is counted in part is said of its clusters alone', async t => {
  const [other, own] = [
    silent({ answers: [1, 2, 3, 5], partly: HALF }).find(line => line.startsWith('cluster6')),
    silent({ answers: [1, 2, 3, 5], partly: HALF }).find(line => line.startsWith('cluster4')),
  ];
  t.match(other, /^cluster6 not-seen: none of 40 calls came to cluster6, which is judged together with clus/);
  t.match(own, /^cluster4 broken: .*gateways of network2 the weight of 1 of the 2 pods behind them/);
  const near = silent({ answers: [1, 3, 5, 6], partly: HALF });
  t.match(near, [/^cluster2 broken: none of 40 calls was answered by cluster2$/, /^cluster4 broken/]);
});

t.test('the words of a symptom name who is missing, where others answer', async t => {
  const words = (told: Told) => symptomWords(topology, trafficWith(told));
  for (const [told, expected] of [
    [{ answers: [1], symptom: 'R' }, 'only local answers, no remote endpoint is known'],
    [{ answers: [1, 2, 3, 5], symptom: 'R', partly: HALF }, 'no endpoint of cluster4 is known'],
    [{ answers: [1, 2, 3, 4, 5], symptom: 'R', partly: HALF }, 'not all pods of network2 are known'],
    [{ answers: [1, 2, 3], symptom: 'R' }, 'no endpoint of cluster5 and cluster6 is known'],
    [{ answers: [1, 2], symptom: 'R' }, 'no endpoint of cluster3 and 3 others is known'],
    [{ answers: [1, 3, 5], symptom: 'X' }, 'the endpoints of cluster2 refuse'],
    [{ answers: [1], symptom: 'X' }, 'only local answers, remote endpoints refuse'],
    [{ answers: [1, 3, 5], symptom: 'B' }, 'calls to cluster2 vanish'],
    [
      { answers: [1, 2], symptom: 'LOC-plain' },
      'no answer of cluster3 and 3 others, the client has no sidecar',
    ],
    [
      { answers: [2, 3, 5], symptom: 'ERRORS', error: '503 no healthy upstream' },
      'no answer of cluster1, some calls fail',
    ],
    [{ answers: [2, 3, 5], symptom: 'REMOTE-ONLY' }, 'only remote answers'],
  ] as const)
    t.equal(words(told), expected, JSON.stringify(told));
});
