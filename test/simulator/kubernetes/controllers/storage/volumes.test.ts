import t from 'tap';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
} from '../../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../../test-world.ts';

const namespace = 'sample';

function makeClaim(world: TestWorld, more: object = {}): void {
  world.create('persistentvolumeclaims', {
    metadata: { name: 'data', namespace, finalizers: ['kubernetes.io/pvc-protection'] },
    spec: {
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '1Gi' } },
      storageClassName: 'standard',
      ...more,
    },
  });
}

function makeVolume(world: TestWorld, name: string, storage: string, more: object = {}): void {
  world.create('persistentvolumes', {
    metadata: { name, finalizers: ['kubernetes.io/pv-protection'] },
    spec: {
      accessModes: ['ReadWriteOnce'],
      capacity: { storage },
      hostPath: { path: '/x' },
      storageClassName: 'by-hand',
      ...more,
    },
  });
}

function makePod(world: TestWorld, name: string): void {
  world.create('pods', {
    metadata: { name, namespace },
    spec: {
      containers: [{ name: 'main', image: 'tiny', volumeMounts: [{ name: 'v', mountPath: '/data' }] }],
      volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'data' } }],
    },
  });
}

const claim = (world: TestWorld): PersistentVolumeClaim | undefined =>
  world.client.get('persistentvolumeclaims', namespace, 'data');
const volumes = (world: TestWorld): readonly PersistentVolume[] => world.client.list('persistentvolumes');
const phases = (world: TestWorld) =>
  volumes(world).map(({ metadata, status }) => `${metadata.name} ${status?.phase}`);

t.test('a claim of the standard class gets its volume with the first pod', async t => {
  await using world = new TestWorld({ nodes: 2 });
  makeClaim(world);
  await world.advance(1);
  t.equal(claim(world)?.status?.phase, 'Pending');
  t.match(world.events('PersistentVolumeClaim'), [{ reason: 'WaitForFirstConsumer' }]);
  makePod(world, 'writer');
  const pod = await world.readyPod('writer');
  t.match(claim(world)?.status, {
    phase: 'Bound',
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
  });
  const [volume] = volumes(world);
  t.match(volume, {
    metadata: { name: `pvc-${claim(world)?.metadata.uid}` },
    spec: {
      claimRef: { kind: 'PersistentVolumeClaim', name: 'data', namespace },
      persistentVolumeReclaimPolicy: 'Delete',
      nodeAffinity: {
        required: { nodeSelectorTerms: [{ matchExpressions: [{ values: [pod.spec.nodeName] }] }] },
      },
    },
    status: { phase: 'Bound' },
  });
  t.match(
    world.events('PersistentVolumeClaim').map(({ reason }) => reason),
    ['WaitForFirstConsumer', 'ExternalProvisioning', 'Provisioning', 'ProvisioningSucceeded'],
  );
  const version = claim(world)?.metadata.resourceVersion;
  await world.advance(60);
  t.equal(claim(world)?.metadata.resourceVersion, version, 'it is at rest');
});

t.test('what one pod writes the next one reads, until the claim is gone', async t => {
  await using world = new TestWorld({ nodes: 2 });
  makeClaim(world);
  makePod(world, 'first');
  const first = await world.readyPod('first');
  await world.exec(first, 'main', '/bin/write', '/data/note', 'kept');
  world.client.local.delete('persistentvolumeclaims', namespace, 'data');
  await world.advance(1);
  t.ok(claim(world), 'a claim in use stays');
  makePod(world, 'late');
  await world.advance(1);
  const late = world.client.get('pods', namespace, 'late');
  t.match(late?.status?.conditions?.[0]?.message, 'persistentvolumeclaim "data" is being deleted');
  world.client.local.delete('pods', namespace, 'first');
  await world.advance(40);
  t.equal(claim(world), undefined);
  t.same(volumes(world), [], 'the volume went with it');
});

t.test('a pod that comes later finds the files', async t => {
  await using world = new TestWorld();
  makeClaim(world);
  makePod(world, 'first');
  const first = await world.readyPod('first');
  await world.exec(first, 'main', '/bin/write', '/data/note', 'kept');
  world.client.local.delete('pods', namespace, 'first');
  await world.advance(40);
  makePod(world, 'second');
  const second = await world.readyPod('second');
  const { output } = await world.exec(second, 'main', '/bin/cat', '/data/note');
  t.equal(output, 'kept');
});

t.test('a claim takes the smallest volume that does, and one that is kept stays', async t => {
  await using world = new TestWorld();
  makeVolume(world, 'large', '9Gi');
  makeVolume(world, 'small', '500Mi');
  makeVolume(world, 'fitting', '2Gi');
  makeClaim(world, { storageClassName: 'by-hand' });
  await world.advance(1);
  t.same(phases(world), ['fitting Bound', 'large Available', 'small Available']);
  t.match(claim(world), { spec: { volumeName: 'fitting' }, status: { capacity: { storage: '2Gi' } } });
  world.client.local.delete('persistentvolumes', '', 'fitting');
  await world.advance(1);
  t.ok(world.client.get('persistentvolumes', '', 'fitting'), 'a volume that is bound stays');
  world.client.local.delete('persistentvolumeclaims', namespace, 'data');
  await world.advance(1);
  t.same(phases(world), ['large Available', 'small Available']);
  makeClaim(world, { storageClassName: 'by-hand' });
  await world.advance(1);
  world.client.local.delete('persistentvolumeclaims', namespace, 'data');
  await world.advance(1);
  t.same(phases(world), ['large Released', 'small Available'], 'what is retained waits for people');
});

t.test('a pod waits for a claim that finds no volume, and says so', async t => {
  await using world = new TestWorld();
  makeClaim(world, { storageClassName: 'by-hand' });
  makePod(world, 'pod');
  await world.advance(1);
  const message = () => world.pods()[0]?.status?.conditions?.[0]?.message;
  t.match(message(), 'pod has unbound immediate PersistentVolumeClaims');
  makeVolume(world, 'late', '1Gi');
  await world.readyPod('pod');
});
