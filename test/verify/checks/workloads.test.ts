import t from 'tap';
import { checksFor } from '../../../harness/verify/catalog.ts';
import { readPod } from '../../../harness/verify/pods.ts';
import {
  clusterSpec,
  pod,
  SAMPLE_PODS,
  type SmallMesh,
  smallMesh,
  twoClusters,
} from '../../support/small-mesh.ts';

async function run(mesh: SmallMesh, id: string) {
  const found = checksFor(mesh.context.topology).find(each => each.id === id);
  if (!found) throw new Error(`no check ${id}`);
  return await found.run(mesh.context);
}

t.test('each cluster gets checks for what it has', async t => {
  const ids = (topology: ReturnType<typeof twoClusters>) => checksFor(topology).map(({ id }) => id);
  t.same(ids(twoClusters()), [
    'cluster1-workloads-ready',
    'cluster2-workloads-ready',
    'versions-in-their-own-clusters',
    'cluster1-reaches-every-version',
    'cluster2-reaches-every-version',
  ]);
  const bare = twoClusters();
  t.same(
    ids({ ...bare, clusters: [...bare.clusters, clusterSpec(3, 1, { helloWorld: [], client: false })] }),
    ids(bare),
  );
});

t.test('pods that are 2/2 Running pass', async t => {
  await using mesh = await smallMesh();
  t.match(await run(mesh, 'cluster1-workloads-ready'), {
    outcome: 'passed',
    found: 'helloworld-v1-1 2/2 Running, sleep-1 2/2 Running',
  });
});

t.test('pods that are not as the guide shows them are refused, with the reason', async t => {
  const client = pod('sleep-1', { app: 'sleep' });
  const waiting = (reason: string, message: string) => ({
    phase: 'Pending',
    containerStatuses: [{ name: 'helloworld', ready: false, state: { waiting: { reason, message } } }],
  });
  const rows: readonly {
    readonly name: string;
    readonly pods: Parameters<Map<string, ReturnType<typeof pod>[]>['set']>[1];
    readonly outcome: string;
    readonly found: RegExp;
    readonly diagnosis?: RegExp;
  }[] = [
    {
      name: 'a pod without a sidecar',
      pods: [pod('helloworld-v1-1', { app: 'helloworld', version: 'v1', ready: '1/1' }), client],
      outcome: 'failed',
      found: /helloworld-v1-1 1\/1 Running \(it has no sidecar\)/,
      diagnosis: /have no sidecar/,
    },
    {
      name: 'a sidecar that is not ready',
      pods: [pod('helloworld-v1-1', { app: 'helloworld', version: 'v1', ready: '1/2' }), client],
      outcome: 'failed',
      found: /1\/2 Running \(its sidecar is not ready\)/,
      diagnosis: /sidecars in cluster1 are not ready/,
    },
    {
      name: 'no client',
      pods: [pod('helloworld-v1-1', { app: 'helloworld', version: 'v1' })],
      outcome: 'failed',
      found: /no pod of sleep/,
      diagnosis: /not deployed/,
    },
    {
      name: 'no workload',
      pods: [client],
      outcome: 'failed',
      found: /no pod of helloworld-v1/,
      diagnosis: /v1 was not deployed/,
    },
    {
      name: 'a stranger that is not ready',
      pods: [
        pod('helloworld-v1-1', { app: 'helloworld', version: 'v1' }),
        client,
        pod('other', { app: 'other', ready: '0/2' }),
      ],
      outcome: 'failed',
      found: /other 0\/2/,
    },
    {
      name: 'an image that cannot be pulled, which says nothing of the mesh',
      pods: [
        pod('helloworld-v1-1', {
          app: 'helloworld',
          version: 'v1',
          status: waiting('ErrImagePull', 'no such image'),
        }),
        client,
      ],
      outcome: 'unknown',
      found: /ErrImagePull \(no such image\)/,
    },
  ];
  for (const { name, pods, outcome, found, diagnosis } of rows) {
    await using mesh = await smallMesh();
    mesh.api('cluster1').objects.set(SAMPLE_PODS, pods);
    const result = await run(mesh, 'cluster1-workloads-ready');
    t.equal(result.outcome, outcome, name);
    t.match(result.found, found, name);
    if (diagnosis) t.match(result.diagnosis?.sentence, diagnosis, name);
  }
});

t.test('columns of a pod are those of kubectl', async t => {
  const init = pod('a', {
    app: 'sleep',
    status: {
      phase: 'Pending',
      initContainerStatuses: [
        { name: 'istio-init', state: { terminated: { exitCode: 0 } } },
        { name: 'istio-proxy', started: false, state: { running: {} } },
      ],
      containerStatuses: [{ name: 'sleep', ready: false, state: { waiting: { reason: 'PodInitializing' } } }],
    },
  });
  const spec = {
    containers: [{ name: 'sleep' }],
    initContainers: [{ name: 'istio-init' }, { name: 'istio-proxy', restartPolicy: 'Always' }],
  };
  t.match(readPod({ ...init, spec }), {
    status: 'Init:1/2',
    readyContainers: 0,
    containers: 2,
    hasSidecar: true,
  });
  const unscheduled = pod('b', {
    app: 'sleep',
    status: {
      phase: 'Pending',
      containerStatuses: [],
      conditions: [{ type: 'PodScheduled', status: 'False', message: '0/1 nodes are available' }],
    },
  });
  t.match(readPod(unscheduled), {
    status: 'Pending',
    blockedByEnvironment: true,
    message: '0/1 nodes are available',
  });
});

t.test('each version has to live in its own cluster only', async t => {
  await using good = await smallMesh();
  t.match(await run(good, 'versions-in-their-own-clusters'), {
    outcome: 'passed',
    found: 'v1 in cluster1; v2 in cluster2',
  });

  // What "kubectl apply -l app=helloworld" does with the sample of 1.8.0.
  await using both = await smallMesh();
  for (const api of both.apis.values()) {
    const pods = api.objects.get(SAMPLE_PODS) ?? [];
    for (const version of ['v1', 'v2']) pods.push(pod(`stray-${version}`, { app: 'helloworld', version }));
  }
  t.match(await run(both, 'versions-in-their-own-clusters'), {
    outcome: 'failed',
    found: 'cluster1 runs v1 and v2 instead of v1; cluster2 runs v1 and v2 instead of v2',
  });

  await using one = await smallMesh();
  const pods = one.api('cluster1').objects.get(SAMPLE_PODS) ?? [];
  pods.push(pod('stray', { app: 'helloworld', version: 'v2' }));
  one.api('cluster2').objects.set(SAMPLE_PODS, []);
  t.match(await run(one, 'versions-in-their-own-clusters'), {
    outcome: 'failed',
    found: /cluster2 runs no version instead of v2/,
    diagnosis: { sentence: /selector/ },
  });

  await using none = await smallMesh();
  none.api('cluster2').objects.set(SAMPLE_PODS, []);
  t.match(await run(none, 'versions-in-their-own-clusters'), {
    outcome: 'failed',
    found: 'cluster2 runs no version instead of v2',
    diagnosis: {
      sentence: /^A version has no pod in cluster2: it was not deployed, or no pod can be created there/,
    },
  });

  // A topology that asks for it is refused just so.
  await using asked = await smallMesh(
    twoClusters(1, [{ helloWorld: ['v1', 'v2'] }, { helloWorld: ['v1', 'v2'] }]),
  );
  t.match(await run(asked, 'versions-in-their-own-clusters'), {
    outcome: 'failed',
    found: /puts v1 and v2 into cluster1 together/,
  });
  await using same = await smallMesh(twoClusters(1, [{}, { helloWorld: ['v1'] }]));
  t.match(await run(same, 'versions-in-their-own-clusters'), {
    outcome: 'failed',
    found: /has v1 only, in every cluster/,
  });
});
