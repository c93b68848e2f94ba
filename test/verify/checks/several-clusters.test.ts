import t from 'tap';
import type { ExecOutcome } from '../../../harness/base/kubernetes-client.ts';
import type { Plan } from '../../../harness/plan/step.ts';
import { checksFor } from '../../../harness/verify/catalog.ts';
import type { CheckOutcome } from '../../../harness/verify/check.ts';
import {
  curlOutput,
  hello,
  meshOf,
  requestsOf,
  type SmallMesh,
  smallMesh,
} from '../../support/small-mesh.ts';

const STEP_IDS = [
  'remote-secret/cluster3-in-cluster1',
  'remote-secret/cluster3-in-cluster2',
  'cluster3/install-istio',
];
// Of a plan, checks read the ids of its steps.
const PLAN = { steps: STEP_IDS.map(id => ({ id })) } as unknown as Pick<Plan, 'steps'>;

/** cluster1 and cluster3 are on one network and run the same version; cluster2 is on another. */
const mesh = () => smallMesh(meshOf([1, 2, 1]), 432);

async function callsFrom(
  mesh: SmallMesh,
  cluster: string,
): Promise<CheckOutcome & { readonly sentence: string }> {
  const check = checksFor(mesh.context.topology, PLAN).find(
    ({ id }) => id === `${cluster}-reaches-every-version`,
  );
  if (!check) throw new Error(`no check for ${cluster}`);
  return { ...(await check.run(mesh.context)), sentence: check.sentence };
}

const ONE = hello('v1', 'helloworld-v1-1');
const TWO = hello('v2', 'helloworld-v2-2');
const THREE = hello('v1', 'helloworld-v1-3');

/** What curl prints if these answer by turns. */
const byTurns = (argv: readonly string[], ...bodies: readonly string[]): ExecOutcome =>
  curlOutput(Array.from({ length: requestsOf(argv) }, (_, n) => [bodies[n % bodies.length] ?? '', 200]));

/** What a proxy prints of its endpoints: the near pods with the weight of one, and a gateway. */
function proxyOf(hosts: Readonly<Record<string, number>>): ExecOutcome {
  const cluster = 'outbound|5000||helloworld.sample.svc.cluster.local';
  const lines = Object.entries(hosts).map(([host, weight]) => `${cluster}::${host}::weight::${weight}\n`);
  return { exitCode: 0, stderr: '', stdout: lines.join('') };
}

/** The addresses of cluster1's east-west gateway. */
function withGateway(mesh: SmallMesh): void {
  mesh.api('cluster1').objects.set('/api/v1/namespaces/istio-system/services', [
    {
      metadata: { name: 'istio-eastwestgateway' },
      status: { loadBalancer: { ingress: [{ ip: '172.18.0.9' }] } },
    },
  ]);
}

t.test('from its own network each cluster is judged by itself, though two run the same version', async t => {
  await using small = await mesh();
  const result = await callsFrom(small, 'cluster1');
  t.match(result, {
    outcome: 'passed',
    found:
      /432 of 432 calls answered: 144 from cluster1, 144 from cluster2, 144 from cluster3; converged after [^;]*$/,
    sentence: /^Calls from cluster1 are answered by HelloWorld of every cluster, evenly/,
    traffic: {
      convergence: { batches: 3, batchSize: 18 },
      sample: { shares: ['cluster1', 'cluster2', 'cluster3'].map(cluster => ({ cluster, band: [96, 230] })) },
    },
  });
  t.notOk(result.traffic?.sample?.shares.some(({ together }) => together));
});

t.test(
  'from another network they are judged together: how they share is chance, and all of it may come from one',
  async t => {
    for (const [name, bodies, counts] of [
      ['both answer', [ONE, TWO, THREE], [144, 144]],
      ['one of them answers for both', [ONE, TWO, ONE], [288, 0]],
      ['the other does', [THREE, TWO, THREE], [0, 288]],
    ] as const) {
      await using small = await mesh();
      small.api('cluster2').run = argv => byTurns(argv, ...bodies);
      const result = await callsFrom(small, 'cluster2');
      t.match(
        result,
        {
          outcome: 'passed',
          found: /; cluster1 and cluster3 are judged together$/,
          sentence: /of every cluster on network2 and of every other network/,
          traffic: {
            symptom: 'BOTH',
            sample: {
              shares: [
                {
                  cluster: 'cluster1+cluster3',
                  count: 288,
                  share: 0.6667,
                  expected: 0.6667,
                  band: [202, 334],
                  together: {
                    network: 'network1',
                    counts: [
                      { cluster: 'cluster1', count: counts[0] },
                      { cluster: 'cluster3', count: counts[1] },
                    ],
                    because: /cluster2 reaches network1 through gateways only/,
                  },
                },
                { cluster: 'cluster2', count: 144, band: [98, 230] },
              ],
              remote: { count: 288 },
            },
          },
        },
        name,
      );
    }
  },
);

t.test('together they have to get what their pods should', async t => {
  await using small = await mesh();
  small.api('cluster2').run = argv =>
    byTurns(argv, ...(requestsOf(argv) === 432 ? [ONE, TWO, TWO] : [ONE, TWO]));
  const result = await callsFrom(small, 'cluster2');
  t.match(result, {
    outcome: 'failed',
    found:
      /^Calls from cluster2: cluster1\+cluster3 gave 144 answers where 202 to 334 are accepted.*; cluster2 gave 288 answers where 98 to 230/,
    traffic: { symptom: 'SKEWED' },
  });
});

t.test('a mesh that has not spread yet is waited for, though every version was seen', async t => {
  await using small = await mesh();
  let batches = 0;
  small.api('cluster1').run = argv => {
    batches += 1;
    return byTurns(argv, ...(batches > 4 ? [ONE, TWO, THREE] : [ONE, TWO]));
  };
  const result = await callsFrom(small, 'cluster1');
  t.equal(result.outcome, 'passed');
  t.equal(result.traffic?.convergence.batches, 7);
  t.ok((result.traffic?.convergence.afterMs ?? 0) >= 7500, 'pauses of 0.5, 1, 2 and 4 s');
});

t.test('a near cluster that never answers fails the wait, and is the one that is spoken of', async t => {
  await using small = await mesh();
  const api = small.api('cluster1');
  const secrets = '/api/v1/namespaces/istio-system/secrets';
  api.objects.set(
    secrets,
    (api.objects.get(secrets) ?? []).filter(({ metadata }) => !metadata.name?.endsWith('cluster3')),
  );
  withGateway(small);
  // The other one is known, through its gateway: that does not make the missing one known.
  small.api('cluster2').objects.set('/api/v1/namespaces/istio-system/services', [
    {
      metadata: { name: 'istio-eastwestgateway' },
      status: { loadBalancer: { ingress: [{ ip: '172.19.0.9' }] } },
    },
  ]);
  api.run = argv =>
    argv[0] === 'curl' ? byTurns(argv, ONE, TWO) : proxyOf({ '10.10.0.5:5000': 1, '172.19.0.9:15443': 1 });
  const result = await callsFrom(small, 'cluster1');
  t.match(result, {
    outcome: 'failed',
    found: /did not converge within .* 9 from cluster1, 9 from cluster2, 0 from cluster3$/,
    traffic: { symptom: 'R' },
    diagnosis: {
      sentence: /no endpoint in cluster3: the istiod of cluster1 has no remote secret for cluster3/,
      steps: ['remote-secret/cluster3-in-cluster1'],
    },
  });
  t.equal(result.traffic?.sample, undefined);
});

t.test(
  'a far cluster that is not counted is missed by the weight of its gateways, not by its answers',
  async t => {
    await using small = await mesh();
    withGateway(small);
    const api = small.api('cluster2');
    let looks = 0;
    api.run = argv => {
      if (argv[0] === 'curl') return byTurns(argv, ONE, TWO);
      looks += 1;
      return proxyOf({ '10.20.0.5:5000': 1, '172.18.0.9:15443': looks > 2 ? 2 : 1 });
    };
    const late = await callsFrom(small, 'cluster2');
    t.equal(late.outcome, 'passed');
    t.equal(late.traffic?.convergence.batches, 9, 'three good batches were not enough twice');

    const secrets = '/api/v1/namespaces/istio-system/secrets';
    api.objects.set(
      secrets,
      (api.objects.get(secrets) ?? []).filter(({ metadata }) => !metadata.name?.endsWith('cluster3')),
    );
    looks = Number.NEGATIVE_INFINITY;
    const never = await callsFrom(small, 'cluster2');
    t.match(never, {
      outcome: 'failed',
      found:
        /did not converge .*the proxy of cluster2 gives the gateways of network1 the weight of 1 of the 2 pods behind them \(in cluster1 and cluster3\)$/,
      traffic: { symptom: 'R', convergence: { converged: false, trouble: /the weight of 1 of the 2 pods/ } },
      diagnosis: { sentence: /remote secret for cluster3/, steps: ['remote-secret/cluster3-in-cluster2'] },
    });
  },
);
