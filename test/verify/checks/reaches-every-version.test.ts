import t from 'tap';
import type { Plan } from '../../../harness/plan/step.ts';
import { checksFor } from '../../../harness/verify/catalog.ts';
import type { Check } from '../../../harness/verify/check.ts';
import {
  curlOutput,
  hello,
  NAMESPACES,
  pod,
  requestsOf,
  SAMPLE_PODS,
  type SmallMesh,
  smallMesh,
  twoClusters,
} from '../../support/small-mesh.ts';

const STEP_IDS = [
  'make-certificates',
  'cluster1/install-istio',
  'cluster1/install-gateway',
  'cluster1/expose-services',
  'cluster2/install-gateway',
  'cluster2/expose-services',
  'remote-secret/cluster2-in-cluster1',
  'remote-secret/cluster1-in-cluster2',
  'cluster1/create-sample-namespace',
  'cluster1/enable-injection',
  'cluster1/create-helloworld-service',
  'cluster2/create-helloworld-service',
  'cluster1/deploy-helloworld-v1',
  'cluster2/deploy-helloworld-v2',
  'cluster1/deploy-sleep',
];
// Of a plan, checks read the ids of its steps.
const PLAN = { steps: STEP_IDS.map(id => ({ id })) } as unknown as Pick<Plan, 'steps'>;

function check(mesh: SmallMesh, id: string): Check {
  const found = checksFor(mesh.context.topology, PLAN).find(each => each.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return found;
}

const run = (mesh: SmallMesh) => check(mesh, 'cluster1-reaches-every-version').run(mesh.context);

t.test('a healthy mesh passes, with one sample that is taken once', async t => {
  await using mesh = await smallMesh();
  const result = await run(mesh);
  t.match(result, {
    outcome: 'passed',
    found: /300 of 300 calls answered: 150 from cluster1, 150 from cluster2/,
    traffic: {
      from: 'cluster1',
      symptom: 'BOTH',
      convergence: { converged: true, batches: 3, batchSize: 10 },
      sample: {
        requests: 300,
        errors: [],
        switches: 299,
        sequence: /^(ab){150}$/,
        legend: { a: 'cluster1 → helloworld v1', b: 'cluster2 → helloworld v2' },
        shares: [
          { cluster: 'cluster1', count: 150, share: 0.5, expected: 0.5, band: [105, 195] },
          { cluster: 'cluster2', count: 150, share: 0.5, expected: 0.5, band: [105, 195] },
        ],
        remote: { count: 150, share: 0.5 },
      },
    },
  });
  const sizes = mesh.api('cluster1').calls.map(requestsOf);
  t.same(sizes, [10, 20, 300]);
  t.doesNotThrow(() => JSON.stringify(result));
});

t.test('the sample is never retried: one error in it fails the check', async t => {
  await using mesh = await smallMesh();
  const api = mesh.api('cluster1');
  const healthy = api.run;
  api.run = (argv, at) => {
    const outcome = healthy(argv, at);
    if (requestsOf(argv) !== 300) return outcome;
    return {
      ...outcome,
      stdout: outcome.stdout.replace(/^.*\n\n<call 200/, 'no healthy upstream\n<call 503'),
    };
  };
  const result = await run(mesh);
  t.match(result, { outcome: 'failed', found: /1 of 300 calls failed.*503 no healthy upstream/ });
  t.equal(result.traffic?.symptom, 'ERRORS');
  t.same(api.calls.map(requestsOf).filter(Boolean), [10, 20, 300]);
});

t.test('the second batch and the third go together, and each of them has to be good', async t => {
  await using mesh = await smallMesh();
  const api = mesh.api('cluster1');
  const healthy = api.run;
  let isFirst = true;
  api.run = (argv, at) => {
    const outcome = healthy(argv, at);
    if (requestsOf(argv) !== 20 || !isFirst) return outcome;
    isFirst = false;
    return { ...outcome, stdout: outcome.stdout.replace(/<call 200(?=[^<]*$)/, '<call 503') };
  };
  const result = await run(mesh);
  t.match(result, {
    outcome: 'passed',
    traffic: { convergence: { batches: 6, total: { requests: 60, errors: [{ count: 1 }] } } },
  });
  t.same(api.calls.map(requestsOf).filter(Boolean), [10, 20, 10, 20, 300]);
});

t.test('a share outside of the band is refused', async t => {
  await using mesh = await smallMesh();
  const api = mesh.api('cluster1');
  api.run = argv => {
    const every = requestsOf(argv) === 300 ? 4 : 2;
    return curlOutput(
      Array.from({ length: requestsOf(argv) }, (_, n) => [
        n % every === 0 ? hello('v2', 'helloworld-v2-2') : hello('v1', 'helloworld-v1-1'),
        200,
      ]),
    );
  };
  const result = await run(mesh);
  t.match(result, { outcome: 'failed', found: /cluster2 gave 75 answers where 105 to 195 are accepted/ });
  t.equal(result.traffic?.symptom, 'SKEWED');
});

t.test('answers of instances that live elsewhere, or nowhere, are refused', async t => {
  await using mesh = await smallMesh();
  // Both versions in both clusters: each version is seen, and cluster1 answers them all.
  const pods = mesh.api('cluster1').objects.get(SAMPLE_PODS) ?? [];
  pods.push(pod('helloworld-v2-stray', { app: 'helloworld', version: 'v2' }));
  const answers = [hello('v1', 'helloworld-v1-1'), hello('v2', 'helloworld-v2-stray')];
  mesh.api('cluster1').run = argv =>
    curlOutput(Array.from({ length: requestsOf(argv) }, (_, n) => [answers[n % 2] ?? '', 200]));
  const stray = await run(mesh);
  t.match(stray, { outcome: 'failed', found: /v2 was answered from cluster1 \(helloworld-v2-stray\)/ });
  t.equal(stray.traffic?.symptom, 'MISPLACED');
  t.match(stray.diagnosis?.sentence, /cluster1 runs HelloWorld v2/);
  t.match(stray.diagnosis?.steps, ['cluster1/deploy-helloworld-v1']);

  answers[1] = hello('v2', 'helloworld-v2-ghost');
  t.match(await run(mesh), {
    outcome: 'failed',
    found: /helloworld-v2-ghost, which is no pod of any cluster/,
  });
});

t.test('a mesh that converges late is waited for, and the time is told', async t => {
  await using mesh = await smallMesh();
  const api = mesh.api('cluster1');
  const healthy = api.run;
  let batches = 0;
  api.run = (argv, at) => {
    batches += 1;
    if (batches > 4) return healthy(argv, at);
    return curlOutput(Array.from({ length: requestsOf(argv) }, () => [hello('v1', 'helloworld-v1-1'), 200]));
  };
  const result = await run(mesh);
  t.equal(result.outcome, 'passed');
  t.equal(result.traffic?.convergence.batches, 7);
  t.ok((result.traffic?.convergence.afterMs ?? 0) >= 7500, 'pauses of 0.5, 1, 2 and 4 s');
});

const local = (argv: readonly string[]) =>
  Array.from({ length: requestsOf(argv) }, () => hello('v1', 'helloworld-v1-1'));
const CLUSTERS_LINE = 'outbound|5000||helloworld.sample.svc.cluster.local';
const endpoints = (...hosts: readonly string[]) => ({
  exitCode: 0,
  stderr: '',
  stdout: hosts
    .map(host => `${CLUSTERS_LINE}::${host}::cx_connect_fail::3\n${CLUSTERS_LINE}::${host}::rq_total::9\n`)
    .join(''),
});

t.test('what is seen is named in the words of the failure table, and traced to a step', async t => {
  const rows: readonly {
    readonly name: string;
    readonly networks?: 1 | 2;
    readonly break: (mesh: SmallMesh) => void;
    readonly symptom: string;
    readonly sentence: RegExp;
    readonly step: string;
  }[] = [
    {
      name: 'no remote secret',
      break: mesh => {
        mesh.api('cluster1').objects.set('/api/v1/namespaces/istio-system/secrets', []);
        mesh.api('cluster1').run = argv =>
          argv[0] === 'curl' ? curlOutput(local(argv).map(body => [body, 200])) : endpoints('10.10.0.5:5000');
      },
      symptom: 'R',
      sentence: /cluster1 has no remote secret for cluster2/,
      step: 'remote-secret/cluster2-in-cluster1',
    },
    {
      name: 'no Service in the other cluster',
      break: mesh => {
        mesh.api('cluster2').objects.set('/api/v1/namespaces/sample/services', []);
        mesh.api('cluster1').run = argv =>
          argv[0] === 'curl' ? curlOutput(local(argv).map(body => [body, 200])) : endpoints('10.10.0.5:5000');
      },
      symptom: 'R',
      sentence: /Service helloworld does not exist in cluster2/,
      step: 'cluster2/create-helloworld-service',
    },
    {
      name: 'different roots',
      break: mesh => {
        for (const [index, api] of [...mesh.apis.values()].entries()) {
          api.objects.set('/api/v1/namespaces/sample/configmaps', [
            { metadata: { name: 'istio-ca-root-cert' }, data: { 'root-cert.pem': `root ${index}` } },
          ]);
        }
        mesh.api('cluster1').run = argv =>
          argv[0] === 'curl'
            ? curlOutput(local(argv).map(body => [body, 200]))
            : endpoints('10.10.0.5:5000', '10.20.0.5:5000');
      },
      symptom: 'X',
      sentence: /trust different roots/,
      step: 'make-certificates',
    },
    {
      name: 'nothing exposes services at the gateway',
      networks: 2,
      break: mesh => {
        mesh.api('cluster2').objects.set('/api/v1/namespaces/istio-system/services', [
          {
            metadata: { name: 'istio-eastwestgateway' },
            status: { loadBalancer: { ingress: [{ ip: '172.19.0.200' }] } },
          },
        ]);
        mesh
          .api('cluster2')
          .objects.set('/api/v1/namespaces/istio-system/pods', [
            pod('istiod-1', { app: 'istiod', ready: '1/1' }),
            pod('istio-eastwestgateway-1', { app: 'istio-eastwestgateway', ready: '1/1' }),
          ]);
        mesh.api('cluster1').run = argv =>
          argv[0] === 'curl'
            ? curlOutput(local(argv).map(body => [body, 200]))
            : endpoints('10.10.0.5:5000', '172.19.0.200:15443');
      },
      symptom: 'X',
      sentence: /gateway of cluster2 refuses calls of services/,
      step: 'cluster2/expose-services',
    },
    {
      name: 'no gateway on the other network, Istio 1.8.0',
      networks: 2,
      break: mesh => {
        mesh.api('cluster1').run = argv =>
          argv[0] === 'curl'
            ? curlOutput(
                local(argv).map((body, n) =>
                  n % 2 === 0
                    ? [body, 200]
                    : [
                        'upstream connect error or disconnect/reset before headers. reset reason: local reset',
                        503,
                        10,
                      ],
                ),
              )
            : endpoints('10.10.0.5:5000', '10.20.0.5:5000');
      },
      symptom: 'B',
      sentence: /cluster2 has no east-west gateway/,
      step: 'cluster2/install-gateway',
    },
    {
      name: 'the client has no sidecar',
      break: mesh => {
        mesh.api('cluster1').objects.set(NAMESPACES, [{ metadata: { name: 'sample' } }]);
        mesh
          .api('cluster1')
          .objects.set(SAMPLE_PODS, [
            pod('helloworld-v1-1', { app: 'helloworld', version: 'v1', ready: '1/1' }),
            pod('sleep-1', { app: 'sleep', ready: '1/1' }),
          ]);
        mesh.api('cluster1').run = argv => curlOutput(local(argv).map(body => [body, 200]));
      },
      symptom: 'LOC-plain',
      sentence: /no label istio-injection/,
      step: 'cluster1/enable-injection',
    },
    {
      name: 'no such name',
      break: mesh => {
        mesh.api('cluster1').objects.set('/api/v1/namespaces/sample/services', []);
        mesh.api('cluster1').run = argv => ({
          exitCode: 6,
          stdout: '\n<call 000 0.001>\n'.repeat(requestsOf(argv)),
          stderr: 'curl: (6) Could not resolve host: helloworld.sample\n'.repeat(requestsOf(argv)),
        });
      },
      symptom: 'DNS',
      sentence: /helloworld.sample is unknown in cluster1/,
      step: 'cluster1/create-helloworld-service',
    },
    {
      name: 'the sidecar has no configuration',
      break: mesh => {
        mesh.api('cluster1').objects.set(SAMPLE_PODS, [pod('sleep-1', { app: 'sleep', ready: '1/2' })]);
        mesh.api('cluster1').objects.set('/api/v1/namespaces/istio-system/pods', []);
        mesh.api('cluster1').run = argv => ({
          exitCode: 7,
          stdout: '\n<call 000 0.001>\n'.repeat(requestsOf(argv)),
          stderr: 'curl: (7) Failed to connect to helloworld.sample port 5000: Connection refused\n'.repeat(
            requestsOf(argv),
          ),
        });
      },
      symptom: 'CFG',
      sentence: /no istiod is ready in cluster1/,
      step: 'cluster1/install-istio',
    },
    {
      name: 'nobody to ask from',
      break: mesh => {
        mesh.api('cluster1').objects.set(SAMPLE_PODS, []);
      },
      symptom: 'NOPOD',
      sentence: /it was not deployed there/,
      step: 'cluster1/deploy-sleep',
    },
    {
      name: 'only the other cluster answers',
      break: mesh => {
        mesh.api('cluster1').objects.set(SAMPLE_PODS, [pod('sleep-1', { app: 'sleep' })]);
        mesh.api('cluster1').run = argv =>
          curlOutput(Array.from({ length: requestsOf(argv) }, () => [hello('v2', 'helloworld-v2-2'), 200]));
      },
      symptom: 'REMOTE-ONLY',
      sentence: /HelloWorld in cluster1 does not answer its own cluster/,
      step: 'cluster1/deploy-helloworld-v1',
    },
  ];
  for (const { name, networks = 1, break: breakIt, symptom, sentence, step } of rows) {
    await using mesh = await smallMesh(twoClusters(networks));
    breakIt(mesh);
    const result = await run(mesh);
    t.equal(result.outcome, 'failed', name);
    t.equal(
      result.unproved,
      symptom === 'NOPOD' ? true : undefined,
      `${name}: who asks nobody refutes nothing`,
    );
    t.equal(result.traffic?.symptom, symptom, name);
    t.match(result.diagnosis?.sentence, sentence, name);
    t.equal(result.diagnosis?.steps[0], step, name);
    t.notOk(result.traffic?.convergence.converged, name);
    t.ok((result.traffic?.convergence.afterMs ?? 0) >= 120_000, `${name}: the deadline was used`);
    t.equal(result.traffic?.sample, undefined, `${name}: no sample of a mesh that did not converge`);
  }
});

t.test('an API server that refuses leaves the check unknown', async t => {
  await using mesh = await smallMesh();
  mesh.api('cluster1').refuseWith = 403;
  t.match(await run(mesh), { outcome: 'unknown', found: /refused by the test/ });
});

t.test(
  'a kubelet that the API server does not reach leaves the check unknown, a pod that takes no exec does not',
  async t => {
    await using mesh = await smallMesh();
    mesh.api('cluster1').kubeletLost =
      'Get "https://172.18.0.3:10250/containerLogs/sample/sleep-1/sleep?tailLines=1": dial tcp 172.18.0.3:10250: connect: connection refused';
    t.match(await run(mesh), {
      outcome: 'unknown',
      found: /exec into sleep-1: .*dial tcp 172.18.0.3:10250: connect: connection refused/,
    });
    mesh.api('cluster1').kubeletLost = 'container sleep is not running';
    t.match(await run(mesh), { outcome: 'failed', found: /exec into sleep-1 was refused/ });
  },
);

t.test('an interruption ends a check at once', async t => {
  await using mesh = await smallMesh();
  const interruption = new AbortController();
  interruption.abort(new Error('stopped'));
  await t.rejects(
    check(mesh, 'cluster1-reaches-every-version').run({ ...mesh.context, signal: interruption.signal }),
    {
      message: 'stopped',
    },
  );
});
