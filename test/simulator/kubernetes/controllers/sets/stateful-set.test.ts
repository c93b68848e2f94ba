import t from 'tap';
import type { StatefulSet } from '../../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../../test-world.ts';

const namespace = 'sample';

function makeSet(world: TestWorld, more: object = {}, container: object = {}): void {
  world.create('statefulsets.apps', {
    metadata: { name: 'web', namespace },
    spec: {
      serviceName: 'web',
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: 'tiny:1', ...container }] },
      },
      ...more,
    },
  });
}

const set = (world: TestWorld): StatefulSet | undefined =>
  world.client.get('statefulsets.apps', namespace, 'web');
const names = (world: TestWorld): readonly string[] =>
  world.pods().map(({ metadata }) => metadata.name ?? '');
const images = (world: TestWorld): readonly string[] =>
  world.pods().map(({ spec }) => spec.containers[0]?.image ?? '');
const ready = (world: TestWorld, count: number) =>
  world.until(() => (set(world)?.status?.readyReplicas === count ? true : undefined));

/** Changes the spec as a user does. */
function change(world: TestWorld, spec: object): void {
  world.client.local.modify('statefulsets.apps', namespace, 'web', draft => {
    draft['spec'] = { ...(draft['spec'] as object), ...spec };
  });
}

function setImage(world: TestWorld, image: string): void {
  const template = set(world)?.spec.template;
  change(world, {
    template: { ...template, spec: { ...template?.spec, containers: [{ name: 'main', image }] } },
  });
}

t.test('pods come one after another, each with its number', async t => {
  await using world = new TestWorld();
  makeSet(world, { replicas: 3 });
  await world.advance(0.2);
  t.same(names(world), ['web-0'], 'the second waits for the first');
  await ready(world, 3);
  t.same(names(world), ['web-0', 'web-1', 'web-2']);
  const [first] = world.pods();
  const revision = set(world)?.status?.currentRevision;
  t.match(first, {
    metadata: {
      labels: {
        'statefulset.kubernetes.io/pod-name': 'web-0',
        'apps.kubernetes.io/pod-index': '0',
        'controller-revision-hash': revision,
      },
    },
    spec: { hostname: 'web-0', subdomain: 'web' },
  });
  const { status } = set(world) ?? {};
  t.match(status, {
    replicas: 3,
    availableReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    updateRevision: revision,
    collisionCount: 0,
    observedGeneration: 1,
  });
  const [stored] = world.client.list('controllerrevisions.apps', { namespace });
  t.match(stored, { revision: 1, metadata: { name: revision, ownerReferences: [{ kind: 'StatefulSet' }] } });
  t.equal(world.events('StatefulSet').at(-1)?.message, 'create Pod web-2 in StatefulSet web successful');
  const version = set(world)?.metadata.resourceVersion;
  await world.advance(60);
  t.equal(set(world)?.metadata.resourceVersion, version, 'it is at rest');
});

t.test('pods go in the other order when there are too many, and come back by name', async t => {
  await using world = new TestWorld();
  makeSet(world, { replicas: 3 }, { command: ['/bin/stubborn'] });
  await ready(world, 3);
  change(world, { replicas: 1 });
  await world.advance(1);
  t.ok(names(world).includes('web-1'), 'the last one goes first');
  await world.advance(90);
  t.same(names(world), ['web-0']);
  const before = world.pods()[0]?.metadata.uid;
  world.client.local.delete('pods', namespace, 'web-0');
  await world.advance(60);
  t.same(names(world), ['web-0']);
  t.not(world.pods()[0]?.metadata.uid, before);
});

t.test('in parallel all pods come at once', async t => {
  await using world = new TestWorld();
  makeSet(world, { replicas: 3, podManagementPolicy: 'Parallel', ordinals: { start: 5 } });
  await world.advance(0.2);
  t.same(names(world), ['web-5', 'web-6', 'web-7']);
});

t.test('a new template is rolled out from the last pod on, down to the partition', async t => {
  await using world = new TestWorld();
  makeSet(world, { replicas: 3, updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 1 } } });
  await ready(world, 3);
  const old = set(world)?.status?.currentRevision;
  setImage(world, 'tiny:2');
  await world.until(() => (images(world).includes('tiny:2') ? true : undefined));
  t.same(images(world), ['tiny:1', 'tiny:1', 'tiny:2'].slice(0, images(world).length));
  await world.until(() => (set(world)?.status?.updatedReplicas === 2 ? true : undefined));
  await ready(world, 3);
  await world.advance(60);
  t.same(images(world), ['tiny:1', 'tiny:2', 'tiny:2']);
  t.match(set(world)?.status, { currentRevision: old, currentReplicas: 1, updatedReplicas: 2 });
  change(world, { updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } } });
  await world.until(() => (set(world)?.status?.updatedReplicas === 3 ? true : undefined));
  await ready(world, 3);
  t.equal(set(world)?.status?.currentRevision, set(world)?.status?.updateRevision);
  setImage(world, 'tiny:1');
  await world.advance(5);
  const revisions = world.client.list('controllerrevisions.apps', { namespace });
  t.same(revisions.map(({ revision }) => revision).sort(), [2, 3], 'the old revision is the newest again');
});

t.test('OnDelete leaves pods until somebody removes them', async t => {
  await using world = new TestWorld();
  makeSet(world, { replicas: 1, updateStrategy: { type: 'OnDelete' } });
  await ready(world, 1);
  setImage(world, 'tiny:2');
  await world.advance(60);
  t.same(images(world), ['tiny:1']);
  world.client.local.delete('pods', namespace, 'web-0');
  await world.advance(60);
  t.same(images(world), ['tiny:2']);
});

t.test('each pod has claims of its own, which stay or go as the policy says', async t => {
  await using world = new TestWorld();
  const claim = {
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const policy = { whenDeleted: 'Retain', whenScaled: 'Delete' };
  makeSet(world, {
    replicas: 2,
    podManagementPolicy: 'Parallel',
    volumeClaimTemplates: [claim],
    persistentVolumeClaimRetentionPolicy: policy,
  });
  await world.advance(1);
  const claims = () => world.client.list('persistentvolumeclaims', { namespace });
  t.same(
    claims().map(({ metadata }) => metadata.name),
    ['data-web-0', 'data-web-1'],
  );
  t.match(world.pods()[0]?.spec.volumes, [
    { name: 'data', persistentVolumeClaim: { claimName: 'data-web-0' } },
  ]);
  change(world, { replicas: 1 });
  await world.advance(1);
  t.same(
    claims().map(({ metadata }) => metadata.name),
    ['data-web-0'],
    'the other went with its pod',
  );
  t.equal(claims()[0]?.metadata.ownerReferences, undefined);
});
