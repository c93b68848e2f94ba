import t from 'tap';
import type { AdmissionPlugin } from '../../../../harness/simulator/kubernetes/registry/admission.ts';
import { ApiError } from '../../../../harness/simulator/kubernetes/registry/status.ts';
import { deployment, service, TestWorld } from '../test-world.ts';

const condition = (world: TestWorld, name: string, type: string) =>
  world.client
    .get('deployments.apps', 'sample', name)
    ?.status?.conditions?.find(entry => entry.type === type);

t.test('a namespace gets its service account and the root certificate', async t => {
  await using world = new TestWorld();
  await world.advance(1);
  t.ok(world.client.get('serviceaccounts', 'sample', 'default'));
  t.match(world.client.get('configmaps', 'sample', 'kube-root-ca.crt')?.data, { 'ca.crt': 'the root' });
  world.client.local.delete('configmaps', 'sample', 'kube-root-ca.crt');
  await world.advance(1);
  t.ok(world.client.get('configmaps', 'sample', 'kube-root-ca.crt'), 'it comes back');
});

t.test('a token secret is filled in, and goes when its account is gone', async t => {
  await using world = new TestWorld();
  world.create('serviceaccounts', { metadata: { name: 'reader', namespace: 'sample' } });
  world.create('secrets', {
    metadata: {
      name: 'reader-token',
      namespace: 'sample',
      annotations: { 'kubernetes.io/service-account.name': 'reader' },
    },
    type: 'kubernetes.io/service-account-token',
  });
  await world.advance(1);
  const secret = world.client.get('secrets', 'sample', 'reader-token');
  const read = (key: string) => Buffer.from(secret?.data?.[key] ?? '', 'base64').toString();
  t.equal(read('ca.crt'), 'the root');
  t.equal(read('namespace'), 'sample');
  t.match(JSON.parse(Buffer.from(read('token').split('.')[1] ?? '', 'base64url').toString()), {
    sub: 'system:serviceaccount:sample:reader',
  });
  world.client.local.delete('serviceaccounts', 'sample', 'reader');
  await world.advance(1);
  t.equal(world.client.get('secrets', 'sample', 'reader-token'), undefined);
});

t.test('a deployment tells how far it is', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', {}, { replicas: 2 }));
  await world.advance(0.1);
  t.match(condition(world, 'web', 'Available'), { status: 'False', reason: 'MinimumReplicasUnavailable' });
  await world.until(() => (condition(world, 'web', 'Available')?.status === 'True' ? true : undefined));
  await world.advance(5);
  const found = world.client.get('deployments.apps', 'sample', 'web');
  t.match(found?.status, {
    observedGeneration: 1,
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
  });
  t.equal(found?.metadata.annotations?.['deployment.kubernetes.io/revision'], '1');
  const [set] = world.client.list('replicasets.apps', { namespace: 'sample' });
  t.equal(set?.metadata.name, `web-${set?.metadata.labels?.['pod-template-hash']}`);
  t.match(condition(world, 'web', 'Progressing'), {
    status: 'True',
    reason: 'NewReplicaSetAvailable',
    message: `ReplicaSet "${set?.metadata.name}" has successfully progressed.`,
  });
  t.ok(world.pods().every(({ metadata }) => metadata.name?.startsWith(`${set?.metadata.name}-`)));
});

t.test('a new template is rolled out without going below what must be available', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', {}, { replicas: 4 }));
  await world.until(() =>
    condition(world, 'web', 'Progressing')?.reason === 'NewReplicaSetAvailable' ? true : undefined,
  );
  let least = 4;
  let most = 0;
  const stop = world.client.watch('deployments.apps', {}, ({ object }) => {
    least = Math.min(least, object.status?.availableReplicas ?? 0);
    most = Math.max(most, object.status?.replicas ?? 0);
  });
  world.client.local.modify('deployments.apps', 'sample', 'web', draft => {
    const spec = draft['spec'] as { template: { metadata: { labels: Record<string, string> } } };
    spec.template.metadata.labels['version'] = 'v2';
  });
  await world.until(() => {
    const { status } = world.client.get('deployments.apps', 'sample', 'web') ?? {};
    return status?.observedGeneration === 2 && status.updatedReplicas === 4 && status.replicas === 4
      ? true
      : undefined;
  });
  await world.advance(5);
  stop();
  t.equal(least, 3);
  t.equal(most, 5);
  t.ok(world.pods().every(({ metadata }) => metadata.labels?.['version'] === 'v2'));
  t.equal(world.pods().length, 4);
  const revisions = world.client
    .list('replicasets.apps', { namespace: 'sample' })
    .map(({ metadata, spec }) => [
      metadata.annotations?.['deployment.kubernetes.io/revision'],
      spec.replicas,
    ]);
  t.same(revisions.sort(), [
    ['1', 0],
    ['2', 4],
  ]);
});

t.test('a rollout that gets nowhere says so after its deadline', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', { image: 'nowhere' }, { progressDeadlineSeconds: 60 }));
  await world.advance(50);
  t.match(condition(world, 'web', 'Progressing'), { status: 'True' });
  await world.advance(20);
  t.match(condition(world, 'web', 'Progressing'), { status: 'False', reason: 'ProgressDeadlineExceeded' });
});

t.test('what admission says against a pod is told, and tried again later and later', async t => {
  let calls = 0;
  let isOpen = false;
  const reason = 'Internal error occurred: failed calling webhook "x": connection refused';
  const gate: AdmissionPlugin = {
    name: 'gate',
    handles: ({ type, operation }) => type.plural === 'pods' && operation === 'CREATE',
    validate() {
      calls += 1;
      if (!isOpen) throw new ApiError(500, 'InternalError', reason);
    },
  };
  await using world = new TestWorld({ plugins: [gate] });
  world.create('deployments.apps', deployment('web'));
  await world.advance(11);
  t.equal(world.pods().length, 0);
  t.match(condition(world, 'web', 'ReplicaFailure'), {
    status: 'True',
    reason: 'FailedCreate',
    message: reason,
  });
  t.match(condition(world, 'web', 'Available'), { status: 'False' });
  const [event] = world.events('ReplicaSet').filter(entry => entry.reason === 'FailedCreate');
  t.equal(event?.message, `Error creating: ${reason}`);
  t.ok(calls > 8 && calls < 20, `${calls} tries in 11 s: 5 ms doubling`);
  isOpen = true;
  await world.readyPod('web-');
  t.equal(condition(world, 'web', 'ReplicaFailure'), undefined);
});

t.test('scaling down removes pods, the ones that are not ready first', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', {}, { replicas: 2 }));
  await world.until(() => (condition(world, 'web', 'Available')?.status === 'True' ? true : undefined));
  await world.advance(3);
  const before = world.pods().map(({ metadata }) => metadata.name);
  const scale = (replicas: number) =>
    world.client.local.modify('deployments.apps', 'sample', 'web', draft => {
      (draft['spec'] as { replicas: number }).replicas = replicas;
    });
  scale(3);
  await world.advance(0.05);
  t.equal(world.pods().length, 3);
  scale(2);
  await world.advance(5);
  t.same(
    world.pods().map(({ metadata }) => metadata.name),
    before,
  );
});

t.test('a load balancer gets its address after a moment', async t => {
  await using world = new TestWorld();
  const address = () =>
    world.client.get('services', 'sample', 'gateway')?.status?.loadBalancer?.ingress?.[0]?.ip;
  world.create('deployments.apps', deployment('gateway'));
  world.create('deployments.apps', deployment('client', { command: ['/bin/sleep'] }));
  world.create('services', service('gateway', { type: 'LoadBalancer' }));
  await world.advance(0.5);
  t.equal(address(), undefined, 'not at once');
  await world.readyPod('gateway-');
  const client = await world.readyPod('client-');
  await world.advance(5);
  t.match(address(), /^172\.18\./);
  const port = world.client.get('services', 'sample', 'gateway')?.spec.ports?.[0]?.nodePort;
  for (const [host, number] of [
    [address(), 80],
    ['172.18.0.2', port],
  ]) {
    t.match(
      (await world.exec(client, 'main', 'get', String(host), String(number))).output,
      /^hello from gateway-/,
    );
  }
  const before = address();
  world.client.local.delete('services', 'sample', 'gateway');
  await world.advance(1);
  world.create('services', service('gateway', { type: 'LoadBalancer' }));
  await world.advance(5);
  t.match(address(), /^172\.18\./);
  t.not(address(), before, 'addresses are not reused while others are left');
});

t.test('a Service without a selector leads where its Endpoints say', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web'));
  world.create('deployments.apps', deployment('client', { command: ['/bin/sleep'] }));
  const web = await world.readyPod('web-');
  const client = await world.readyPod('client-');
  for (const [name, clusterIP] of [
    ['remote', undefined],
    ['headless', 'None'],
  ] as const) {
    world.create('services', {
      metadata: { name, namespace: 'sample' },
      spec: { ...(clusterIP && { clusterIP }), ports: [{ name: 'tcp-istiod', port: 8080 }] },
    });
    world.create('endpoints', {
      metadata: { name, namespace: 'sample' },
      subsets: [{ addresses: [{ ip: web.status?.podIP }], ports: [{ name: 'tcp-istiod', port: 8080 }] }],
    });
  }
  await world.advance(1);
  t.match((await world.exec(client, 'main', 'get', 'remote', '8080')).output, /^hello from web-/);
  t.match((await world.exec(client, 'main', 'get', 'headless', '8080')).output, /^hello from web-/);
  t.match(world.client.get('endpoints', 'sample', 'remote')?.subsets, [
    { addresses: [{ ip: web.status?.podIP }] },
  ]);
});

t.test('a Service whose pods are gone refuses', async t => {
  await using world = new TestWorld();
  world.create('services', service('web'));
  world.create('deployments.apps', deployment('client', { command: ['/bin/sleep'] }));
  const client = await world.readyPod('client-');
  t.equal((await world.exec(client, 'main', 'get', 'web', '80')).output, 'ECONNREFUSED\n');
});

t.test('what is owned goes with its owner', async t => {
  const rows = [
    { propagationPolicy: 'Background', sets: 0, pods: 0, isGoneAtOnce: true },
    { propagationPolicy: 'Foreground', sets: 0, pods: 0, isGoneAtOnce: false },
    { propagationPolicy: 'Orphan', sets: 1, pods: 1, isGoneAtOnce: false },
  ] as const;
  for (const { propagationPolicy, sets, pods, isGoneAtOnce } of rows) {
    await using world = new TestWorld();
    world.create('deployments.apps', deployment('web'));
    await world.readyPod('web-');
    const { gone } = world.client.local.delete('deployments.apps', 'sample', 'web', { propagationPolicy });
    t.equal(gone, isGoneAtOnce, propagationPolicy);
    await world.advance(10);
    t.equal(world.client.get('deployments.apps', 'sample', 'web'), undefined, propagationPolicy);
    t.equal(world.client.list('replicasets.apps').length, sets, propagationPolicy);
    t.equal(world.pods().length, pods, propagationPolicy);
  }
});

t.test('an object whose owner never was is garbage', async t => {
  await using world = new TestWorld();
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'nobody', uid: 'no-such-uid' };
  world.create('configmaps', { metadata: { name: 'child', namespace: 'sample', ownerReferences: [owner] } });
  await world.advance(1);
  t.equal(world.client.get('configmaps', 'sample', 'child'), undefined);
});

t.test('a namespace goes when its content has gone', async t => {
  await using world = new TestWorld();
  world.create('services', service('web'));
  world.create('deployments.apps', deployment('web', {}, { podSpec: { terminationGracePeriodSeconds: 5 } }));
  world.create(
    'deployments.apps',
    deployment('slow', { command: ['stubborn'] }, { podSpec: { terminationGracePeriodSeconds: 5 } }),
  );
  await world.readyPod('web-');
  await world.readyPod('slow-');
  world.create('configmaps', {
    metadata: { name: 'kept', namespace: 'sample', finalizers: ['example.org/wait'] },
  });
  world.client.local.delete('namespaces', '', 'sample');
  await world.advance(2);
  t.equal(world.client.get('namespaces', '', 'sample')?.status?.phase, 'Terminating');
  await world.advance(20);
  const { conditions } = world.client.get('namespaces', '', 'sample')?.status ?? {};
  const remaining = conditions?.find(({ type }) => type === 'NamespaceContentRemaining');
  t.match(remaining, { status: 'True', reason: 'SomeResourcesRemain' });
  t.match(remaining?.message, /configmaps\. has 1 resource instances/);
  t.ok(world.client.get('namespaces', '', 'sample'), 'a finalizer holds it');
  world.client.local.modify('configmaps', 'sample', 'kept', draft => {
    delete draft.metadata['finalizers'];
  });
  await world.until(() => (world.client.get('namespaces', '', 'sample') ? undefined : true));
  for (const kind of [
    'pods',
    'services',
    'endpoints',
    'endpointslices.discovery.k8s.io',
    'events',
    'configmaps',
  ] as const) {
    t.equal(world.client.list(kind, { namespace: 'sample' }).length, 0, kind);
  }
});

t.test('a pod that fits nowhere waits, and is told why', async t => {
  await using world = new TestWorld({ nodes: 2 });
  const requests = (cpu: string) => ({ resources: { requests: { cpu } } });
  world.create('deployments.apps', deployment('one', requests('5')));
  world.create('deployments.apps', deployment('two', requests('5')));
  await world.readyPod('one-');
  await world.readyPod('two-');
  t.equal(new Set(world.pods().map(({ spec }) => spec.nodeName)).size, 2, 'they are spread');
  world.create('deployments.apps', deployment('three', requests('5')));
  await world.advance(3);
  const message =
    '0/2 nodes are available: 2 Insufficient cpu. preemption: 0/2 nodes are available: 2 No preemption victims found for incoming pod.';
  const three = world.pods().find(({ metadata }) => metadata.name?.startsWith('three-'));
  t.match(three?.status, {
    phase: 'Pending',
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }],
  });
  t.match(
    world.events('Pod').find(({ reason }) => reason === 'FailedScheduling'),
    { message },
  );
  world.client.local.delete('deployments.apps', 'sample', 'one');
  await world.readyPod('three-');
});

t.test('the same seed gives the same cluster', async t => {
  const story = async () => {
    await using world = new TestWorld();
    const startedAt = world.clock.now();
    world.create('services', service('web', { type: 'LoadBalancer' }));
    world.create('deployments.apps', deployment('web', {}, { replicas: 3 }));
    world.create('deployments.apps', deployment('bad', { image: 'nope' }));
    const changes: string[] = [];
    for (const kind of [
      'pods',
      'events',
      'services',
      'replicasets.apps',
      'endpointslices.discovery.k8s.io',
    ] as const) {
      world.client.watch(kind, {}, ({ type, object: { metadata } }) => {
        changes.push(
          `${world.clock.now() - startedAt} ${type} ${kind} ${metadata.name} ${metadata.resourceVersion}`,
        );
      });
    }
    await world.advance(60);
    return changes;
  };
  t.same(await story(), await story());
});
