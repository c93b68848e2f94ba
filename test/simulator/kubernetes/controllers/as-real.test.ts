/** What the controllers of Kubernetes 1.34.3 wrote for the same objects. */
import t from 'tap';
import { printedSelector } from '../../../../harness/simulator/kubernetes/controllers/printed-selector.ts';
import { deployment, service, TestWorld } from '../test-world.ts';

const BUDGETS = 'poddisruptionbudgets.policy';
const TRIGGER_TIME = 'endpoints.kubernetes.io/last-change-trigger-time';

t.test('a paused Deployment says so, and that it goes on', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', {}, { paused: true }));
  const progressing = () =>
    world.client
      .get('deployments.apps', 'sample', 'web')
      ?.status?.conditions?.find(({ type }) => type === 'Progressing');
  await world.advance(1);
  t.match(progressing(), { status: 'Unknown', reason: 'DeploymentPaused', message: 'Deployment is paused' });
  world.client.local.modify('deployments.apps', 'sample', 'web', draft => {
    delete (draft['spec'] as Record<string, unknown>)['paused'];
  });
  await world.readyPod('web-');
  await world.advance(5);
  t.match(progressing(), { status: 'True', reason: 'NewReplicaSetAvailable' });
});

t.test('a ReplicaSet is not written again because nobody asked for a time of readiness', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', {}, { replicas: 0 }));
  await world.advance(5);
  const [set] = world.client.list('replicasets.apps', { namespace: 'sample' });
  t.equal(set?.metadata.generation, 1);
  t.notOk(set && 'minReadySeconds' in set.spec);
});

t.test('endpoints say whose they are, and which change they follow', async t => {
  await using world = new TestWorld();
  world.create('services', service('web'));
  await world.advance(1);
  const endpoints = () => world.client.get('endpoints', 'sample', 'web')?.metadata;
  const slice = () =>
    world.client.list('endpointslices.discovery.k8s.io', { namespace: 'sample' })[0]?.metadata;
  const created = world.client.get('services', 'sample', 'web')?.metadata.creationTimestamp;
  t.match(endpoints(), {
    labels: { 'endpoints.kubernetes.io/managed-by': 'endpoint-controller' },
    annotations: { [TRIGGER_TIME]: created },
  });
  t.match(slice(), { annotations: { [TRIGGER_TIME]: created } });
  await world.advance(30);
  world.create('deployments.apps', deployment('web', {}));
  const pod = await world.readyPod('web-');
  await world.advance(1);
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready')?.lastTransitionTime;
  t.equal(slice()?.annotations?.[TRIGGER_TIME], ready);
});

t.test('Endpoints by hand are mirrored with their annotations', async t => {
  await using world = new TestWorld();
  world.create('services', service('hand', { selector: undefined }));
  const annotations = { note: 'one', 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
  world.create('endpoints', {
    metadata: { name: 'hand', namespace: 'sample', annotations },
    subsets: [{ addresses: [{ ip: '192.0.2.1' }], ports: [{ port: 80 }] }],
  });
  await world.advance(1);
  const [slice] = world.client.list('endpointslices.discovery.k8s.io', { namespace: 'sample' });
  t.same(slice?.metadata.annotations, { note: 'one' });
});

t.test('a budget tells of no pods, of pods without a controller, and of what it can not count', async t => {
  await using world = new TestWorld();
  const pod = (name: string, metadata = {}) =>
    world.create('pods', {
      metadata: { name, namespace: 'sample', labels: { app: name }, ...metadata },
      spec: { containers: [{ name: 'main', image: 'tiny:1' }] },
    });
  const budget = (name: string, spec: Record<string, unknown>) =>
    world.create(BUDGETS, {
      metadata: { name, namespace: 'sample' },
      spec: { selector: { matchLabels: { app: name } }, ...spec },
    });
  pod('lone');
  const job = { apiVersion: 'batch/v1', kind: 'Job', name: 'job', uid: 'some', controller: true };
  pod('of-a-job', { ownerReferences: [job], finalizers: ['example.com/hold'] });
  budget('nothing', { minAvailable: 1 });
  budget('lone', { maxUnavailable: 1 });
  budget('of-a-job', { minAvailable: '50%' });
  await world.advance(5);
  const statusOf = (name: string) => world.client.get(BUDGETS, 'sample', name)?.status;
  const told = world.events('PodDisruptionBudget').map(({ reason, message }) => `${reason}: ${message}`);
  t.ok(told.includes('NoPods: No matching pods found'));
  const unmanaged = told.find(text => text.startsWith('UnmanagedPods'));
  t.match(unmanaged, '(selector: &LabelSelector{MatchLabels:map[string]string{app: lone,},');
  t.match(statusOf('lone'), { expectedPods: 0, desiredHealthy: 0, disruptionsAllowed: 0 });
  const why = 'batch/v1, Resource=jobs does not implement the scale subresource';
  t.ok(
    told.includes(`CalculateExpectedPodCountFailed: Failed to calculate the number of expected pods: ${why}`),
  );
  t.match(statusOf('of-a-job')?.conditions, [{ status: 'False', reason: 'SyncFailed', message: why }]);
});

t.test('a selector is printed as Go prints it', t => {
  const matchExpressions = [{ key: 'a', operator: 'In', values: ['x', 'y'] }];
  t.equal(
    printedSelector({ matchLabels: { b: '2', a: '1' }, matchExpressions }),
    '&LabelSelector{MatchLabels:map[string]string{a: 1,b: 2,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:a,Operator:In,Values:[x y],},},}',
  );
  t.end();
});

t.test('a slice without endpoints and ports has nulls, and hurts neither proxy nor name server', async t => {
  await using world = new TestWorld();
  world.create('services', service('empty'));
  world.create('services', service('headless', { clusterIP: 'None', selector: undefined }));
  world.create('endpointslices.discovery.k8s.io', {
    metadata: { name: 'bare', namespace: 'sample', labels: { 'kubernetes.io/service-name': 'headless' } },
    addressType: 'IPv4',
  });
  world.create('deployments.apps', deployment('client', { command: ['/bin/sleep'] }));
  const client = await world.readyPod('client-');
  for (const slice of world.client.list('endpointslices.discovery.k8s.io', { namespace: 'sample' }))
    t.match(slice, { endpoints: null, ports: null }, slice.metadata.name ?? '');
  const ask = async (name: string) => (await world.exec(client, 'main', 'get', name, '80')).output.trim();
  t.equal(await ask('empty'), 'ECONNREFUSED');
  t.equal(await ask('headless'), 'ENOTFOUND');
});
