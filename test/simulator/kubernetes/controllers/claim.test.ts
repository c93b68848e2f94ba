import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { controllerOf, isActive, type Pod } from '../../../../harness/simulator/kubernetes/client/kinds.ts';
import { inRemovalOrder } from '../../../../harness/simulator/kubernetes/controllers/removal-order.ts';
import { deployment, TestWorld } from '../test-world.ts';

const LABELS = { app: 'web' };
const template = {
  metadata: { labels: LABELS },
  spec: { containers: [{ name: 'main', image: 'tiny:1' }] },
};

function replicaSet(name: string, metadata: Partial<KubernetesObject['metadata']> = {}): KubernetesObject {
  return {
    metadata: { name, namespace: 'sample', labels: LABELS, ...metadata },
    spec: { replicas: 2, selector: { matchLabels: LABELS }, template },
  };
}

function relabel(world: TestWorld, resource: string, name: string, labels: Record<string, string>): void {
  world.client.local.modify(resource, 'sample', name, draft => {
    draft.metadata.labels = labels;
  });
}

const namesOf = (pods: readonly Pod[]) => pods.map(({ metadata }) => metadata.name ?? '').sort();

t.test('a pod out of the selector is released and replaced; back again, one is too many', async t => {
  await using world = new TestWorld();
  world.create('replicasets.apps', replicaSet('web'));
  await world.advance(5);
  const active = () => world.pods().filter(isActive);
  const [taken = ''] = namesOf(active());
  t.equal(active().length, 2);

  relabel(world, 'pods', taken, { app: 'debug' });
  await world.advance(5);
  t.same(world.client.get('pods', 'sample', taken)?.metadata.ownerReferences, undefined);
  t.equal(active().filter(pod => controllerOf(pod)?.name === 'web').length, 2);
  t.equal(active().length, 3);

  relabel(world, 'pods', taken, LABELS);
  await world.advance(40);
  t.equal(active().length, 2);
  t.ok(active().every(pod => controllerOf(pod)?.name === 'web'));
});

t.test('an orphan that matches is adopted in full, beside its other owners', async t => {
  await using world = new TestWorld();
  const owner = world.client.create('configmaps', { metadata: { name: 'owner', namespace: 'sample' } });
  const other = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid: owner.metadata.uid ?? '' };
  const metadata = { name: 'orphan', namespace: 'sample', labels: LABELS, ownerReferences: [other] };
  world.create('pods', { metadata, spec: template.spec });
  world.create('replicasets.apps', replicaSet('web'));
  await world.advance(1);
  const { uid } = world.client.get('replicasets.apps', 'sample', 'web')?.metadata ?? {};
  const adopted = world.client.get('pods', 'sample', 'orphan')?.metadata.ownerReferences;
  const own = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'web', uid };
  t.same(adopted, [other, { ...own, controller: true, blockOwnerDeletion: true }]);
  t.equal(world.pods().filter(isActive).length, 2);
});

t.test('what is being deleted adopts and releases nothing', async t => {
  await using world = new TestWorld();
  world.create('replicasets.apps', replicaSet('web', { finalizers: ['example.com/hold'] }));
  await world.advance(5);
  world.client.local.delete('replicasets.apps', 'sample', 'web', { propagationPolicy: 'Orphan' });
  await world.advance(5);
  t.ok(world.client.get('replicasets.apps', 'sample', 'web'), 'its finalizer keeps it');
  t.equal(world.pods().filter(isActive).length, 2);
  t.ok(world.pods().every(pod => controllerOf(pod) === undefined));
});

t.test('a Deployment releases a ReplicaSet out of its selector, and makes another one', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web'));
  await world.readyPod('web-');
  const [before] = world.client.list('replicasets.apps', { namespace: 'sample' });
  const name = before?.metadata.name ?? '';
  relabel(world, 'replicasets.apps', name, { app: 'other' });
  await world.advance(5);
  const sets = world.client.list('replicasets.apps', { namespace: 'sample' });
  t.equal(sets.length, 2);
  t.same(
    sets.filter(set => controllerOf(set) === undefined).map(set => set.metadata.name),
    [name],
  );
  t.equal(world.client.get('deployments.apps', 'sample', 'web')?.status?.collisionCount, 1);
});

t.test('two ReplicaSets of the current template under one Deployment come to rest', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web'));
  const made = world.client.get('deployments.apps', 'sample', 'web');
  const controller = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    name: 'web',
    uid: made?.metadata.uid ?? '',
    controller: true,
  };
  for (const name of ['one', 'two']) {
    world.create('replicasets.apps', replicaSet(name, { ownerReferences: [controller] }));
  }
  await world.advance(30);
  const { resourceVersion } = world.machinery.client;
  await world.advance(30);
  t.equal(world.machinery.client.resourceVersion, resourceVersion);
});

t.test('pods are removed in the order of the real controller', t => {
  const now = Date.parse('2026-01-01T01:00:00Z');
  interface Row {
    readonly phase?: string;
    readonly node?: string;
    readonly readySince?: string;
    readonly cost?: string;
    readonly restarts?: number;
    readonly created?: string;
  }
  const at = (time: string) => `2026-01-01T00:${time}Z`;
  const pod = (uid: string, row: Row): Pod => ({
    metadata: {
      name: uid,
      uid,
      creationTimestamp: at(row.created ?? '00:00'),
      ...(row.cost !== undefined && {
        annotations: { 'controller.kubernetes.io/pod-deletion-cost': row.cost },
      }),
    },
    spec: { containers: [], ...(row.node !== '' && { nodeName: row.node ?? 'n1' }) },
    status: {
      phase: row.phase ?? 'Running',
      ...(row.readySince !== undefined && {
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: at(row.readySince) }],
      }),
      containerStatuses: [{ name: 'c', restartCount: row.restarts ?? 0 } as never], // all that counts here
    },
  });
  const ready = { readySince: '00:10' };
  const rows: readonly (readonly [string, Row, Row])[] = [
    ['without a node', { node: '' }, {}],
    ['pending before running', { phase: 'Pending', ...ready }, { phase: 'Running' }],
    ['not ready before ready', {}, ready],
    ['the cheaper', { cost: '-5', ...ready }, { ...ready, readySince: '59:00' }],
    ['a cost that is no number counts as 0', { cost: '1x', ...ready }, { cost: '1', ...ready }],
    ['ready for a shorter time by magnitude', { readySince: '59:00' }, { readySince: '00:10' }],
    ['restarted more often', { restarts: 2, ...ready }, { restarts: 1, ...ready }],
    ['younger by magnitude', { created: '59:00', ...ready }, { created: '00:00', ...ready }],
    ['by uid where magnitudes are the same', { created: '00:00' }, { created: '00:01' }],
  ];
  for (const [what, first, second] of rows) {
    const [a, b] = [pod('a', first), pod('b', second)];
    t.same(namesInOrder([b, a], []), ['a', 'b'], what);
  }
  const crowded = [pod('a', { node: 'n2', ...ready }), pod('b', { node: 'n1', readySince: '59:00' })];
  const third = pod('c', { node: 'n2', ...ready });
  t.same(namesInOrder(crowded, [...crowded, third]), ['a', 'b'], 'the node with more of them');
  t.end();

  function namesInOrder(pods: readonly Pod[], related: readonly Pod[]) {
    return inRemovalOrder(pods, related, now).map(({ metadata }) => metadata.name);
  }
});
