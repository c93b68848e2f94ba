/** How a large mesh is waited for: by what the proxies of the clients say. */
import t from 'tap';
import type { ExecOutcome } from '../../../harness/base/kubernetes-client.ts';
import { checksFor } from '../../../harness/verify/catalog.ts';
import type { CheckOutcome } from '../../../harness/verify/check.ts';
import { expectedShares } from '../../../harness/verify/groups.ts';
import { planSample } from '../../../harness/verify/sample-plan.ts';
import { togetherIn } from '../../../harness/verify/together.ts';
import { meshOf, requestsOf, type SmallMesh, smallMesh } from '../../support/small-mesh.ts';

const CLUSTERS = 8;
const ENVOY_CLUSTER = 'outbound|5000||helloworld.sample.svc.cluster.local';
const sources = Array.from({ length: CLUSTERS }, (_, index) => index + 1);

/** What a proxy prints of its endpoints: address and port → its weight, or its weight and health. */
function endpoints(hosts: Readonly<Record<string, number | readonly [number, string]>>): ExecOutcome {
  const lines = Object.entries(hosts).flatMap(([host, value]) => {
    const [weight, health] = typeof value === 'number' ? [value, 'healthy'] : value;
    return [
      `${ENVOY_CLUSTER}::${host}::weight::${weight}`,
      `${ENVOY_CLUSTER}::${host}::health_flags::${health}`,
    ];
  });
  return { exitCode: 0, stderr: '', stdout: `${lines.join('\n')}\n` };
}
const podsOf = (clusters: readonly number[]) =>
  Object.fromEntries(clusters.map(cluster => [`10.${cluster}0.0.5:5000`, 1]));

/** Lets the proxy of cluster1 print this, look by look; the last one stays. */
function proxySays(small: SmallMesh, ...looks: readonly ExecOutcome[]): void {
  const api = small.api('cluster1');
  const calls = api.run;
  let look = 0;
  api.run = (argv, at) => {
    if (argv[0] === 'pilot-agent') return looks[Math.min(look++, looks.length - 1)] ?? endpoints({});
    const isAdmin = argv.at(-1)?.startsWith('http://localhost:15000/');
    return isAdmin ? { exitCode: 7, stdout: '', stderr: '' } : calls(argv, at);
  };
}

async function fromCluster1(small: SmallMesh): Promise<CheckOutcome> {
  const checks = checksFor(small.context.topology);
  const check = checks.find(({ id }) => id === 'cluster1-reaches-every-version');
  if (!check) throw new Error('no check');
  return await check.run(small.context);
}
const callsOf = (small: SmallMesh) =>
  small
    .api('cluster1')
    .calls.map(requestsOf)
    .filter(requests => requests > 0);

const oneNetwork = () => smallMesh(meshOf(sources.map(() => 1)), 300);

t.test('a proxy that has all endpoints spares the batches', async t => {
  await using small = await oneNetwork();
  proxySays(small, endpoints(podsOf(sources)));
  t.match(await fromCluster1(small), {
    outcome: 'passed',
    traffic: { convergence: { converged: true, looks: 1, batches: 1, batchSize: 10 } },
  });
  t.same(callsOf(small), [10, 300]);
});

t.test('one that lacks an endpoint, or takes one for ill, is asked again, without a call', async t => {
  await using small = await oneNetwork();
  const ill = endpoints({ ...podsOf(sources), '10.40.0.5:5000': [1, '/failed_outlier_check'] });
  proxySays(small, endpoints(podsOf([1, 2, 3, 4, 5, 6, 7])), ill, endpoints(podsOf(sources)));
  const told: string[] = [];
  const context = { ...small.context, onProgress: (message: string) => void told.push(message) };
  const check = checksFor(context.topology).find(({ id }) => id === 'cluster1-reaches-every-version');
  t.match(await check?.run(context), {
    outcome: 'passed',
    traffic: { convergence: { looks: 3, batches: 1, afterMs: Number } },
  });
  t.same(callsOf(small), [10, 300]);
  t.match(told, [
    /no endpoint 10\.80\.0\.5, pod of cluster8/,
    /takes 10\.40\.0\.5, pod of cluster4, for ill/,
    /^converged/,
  ]);
});

t.test('one that never gets all is no failure, if calls are answered by all', async t => {
  await using small = await oneNetwork();
  proxySays(small, endpoints(podsOf([1, 2, 3])));
  const { outcome, traffic } = await fromCluster1(small);
  t.equal(outcome, 'passed');
  t.match(traffic?.convergence, { batches: 3, batchSize: 52 });
  t.ok((traffic?.convergence.looks ?? 0) > 5);
  t.ok((traffic?.convergence.afterMs ?? 0) >= 120_000, 'it had its time');
});

t.test(
  'where the proxy does not tell, or has what nobody knows, calls are sent as in a small mesh',
  async t => {
    for (const [name, says] of [
      ['it does not answer', { exitCode: 1, stdout: '', stderr: '' }],
      ['an address of nobody', endpoints({ ...podsOf(sources), '10.99.0.5:5000': 1 })],
      ['weights of somebody', endpoints({ ...podsOf(sources), '10.40.0.5:5000': 2 })],
    ] as const) {
      await using small = await oneNetwork();
      proxySays(small, says);
      t.match(await fromCluster1(small), { outcome: 'passed', traffic: { convergence: { looks: 1 } } }, name);
      t.same(callsOf(small), [52, 104, 300], name);
    }
  },
);

t.test('a client whose proxy does not tell takes a sample that tells the shares by itself', async t => {
  await using small = await oneNetwork();
  const { topology } = small.context;
  const sample = planSample(undefined, {
    expectedShares: expectedShares(topology),
    together: togetherIn(topology),
  });
  t.equal(sample.requests, 300);
  proxySays(small, endpoints({ ...podsOf(sources), '10.40.0.5:5000': 2 }));
  const check = checksFor(topology).find(({ id }) => id === 'cluster1-reaches-every-version');
  const result = await check?.run({ ...small.context, sample });
  const { requests } = sample.alone ?? { requests: 0 };
  t.same(callsOf(small), [52, 104, requests]);
  t.ok(requests > 1264, 'more than seven clusters take');
  t.match(result, { outcome: 'passed', traffic: { sample: { requests } } });
  t.notHas(result?.traffic?.sample, 'evenness');
});

t.test('a batch with an error is not enough: the calls decide', async t => {
  await using small = await oneNetwork();
  const api = small.api('cluster1');
  const healthy = api.run;
  let batches = 0;
  api.run = (argv, at) => {
    const outcome = healthy(argv, at);
    batches += Number(argv[0] === 'curl');
    return batches > 1
      ? outcome
      : { ...outcome, stdout: outcome.stdout.replace(/^.*\n\n<call 200/, 'no healthy upstream\n<call 503') };
  };
  proxySays(small, endpoints(podsOf(sources)));
  t.match(await fromCluster1(small), { outcome: 'passed', traffic: { convergence: { batches: 4 } } });
  t.same(callsOf(small), [10, 52, 104, 300]);
});

t.test('networks behind gateways have to answer, and to be counted in full', async t => {
  const topology = meshOf(sources.map(cluster => (cluster <= 6 ? 1 : 2)));
  await using small = await smallMesh(topology, 748);
  for (const cluster of [7, 8])
    small.api(`cluster${cluster}`).objects.set('/api/v1/namespaces/istio-system/services', [
      {
        metadata: { name: 'istio-eastwestgateway' },
        status: { loadBalancer: { ingress: [{ ip: `172.19.0.${cluster}` }] } },
      },
    ]);
  const near = podsOf([1, 2, 3, 4, 5, 6]);
  const light = endpoints({ ...near, '172.19.0.7:15443': 1 });
  const full = endpoints({ ...near, '172.19.0.7:15443': 1, '172.19.0.8:15443': 1 });
  proxySays(small, light, full);
  t.match(await fromCluster1(small), {
    outcome: 'passed',
    traffic: { convergence: { looks: 2, batches: 1, batchSize: 25 } },
  });
  t.same(callsOf(small), [25, 748]);
});
