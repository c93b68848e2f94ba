import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import type { ConfigMap, OwnerReference } from '../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../test-world.ts';

/** What blocks the deletion of this owner. */
const referenceTo = ({ metadata: { name = '', uid = '' } }: ConfigMap): OwnerReference => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  name,
  uid,
  blockOwnerDeletion: true,
});

t.test('an owner that waits goes when what held it up has let go of it', async t => {
  const changes: readonly ((reference: OwnerReference) => readonly OwnerReference[])[] = [
    () => [],
    reference => [{ ...reference, blockOwnerDeletion: false }],
  ];
  for (const change of changes) {
    await using world = new TestWorld();
    const map = (name: string, metadata: Partial<KubernetesObject['metadata']> = {}) =>
      world.client.create('configmaps', { metadata: { name, namespace: 'sample', ...metadata } });
    const owner = map('owner');
    const reference = referenceTo(owner);
    map('child', { ownerReferences: [reference], finalizers: ['example.com/hold'] });
    world.client.local.delete('configmaps', 'sample', 'owner', { propagationPolicy: 'Foreground' });
    await world.advance(1);
    t.ok(world.client.get('configmaps', 'sample', 'owner'), 'it waits');
    world.client.local.modify('configmaps', 'sample', 'child', draft => {
      draft.metadata.ownerReferences = [...change(reference)];
    });
    await world.advance(1);
    t.equal(world.client.get('configmaps', 'sample', 'owner'), undefined);
  }
});

t.test('objects that own each other go all the same, however they are deleted', async t => {
  for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
    await using world = new TestWorld();
    const names = ['a', 'b', 'c'];
    const maps = names.map(name =>
      world.client.create('configmaps', { metadata: { name, namespace: 'sample' } }),
    );
    for (const [index, name] of names.entries()) {
      const owner = maps[(index + 1) % maps.length];
      if (!owner) throw new RangeError('no owner');
      world.client.local.modify('configmaps', 'sample', name, draft => {
        draft.metadata.ownerReferences = [referenceTo(owner)];
      });
    }
    world.client.local.delete('configmaps', 'sample', 'a', { propagationPolicy });
    await world.advance(5);
    t.same(
      names.filter(name => world.client.get('configmaps', 'sample', name)),
      propagationPolicy === 'Orphan' ? ['b', 'c'] : [],
      propagationPolicy,
    );
  }
});

/** The reference of an owner with other words in it. */
const owned = (world: TestWorld, name: string, reference: Partial<OwnerReference>, namespace = 'sample') => {
  const owner = world.client.get('configmaps', 'sample', 'owner') as ConfigMap;
  const { blockOwnerDeletion: _blocks, ...right } = referenceTo(owner);
  const ownerReferences = [{ ...right, ...reference }];
  world.client.create('configmaps', { metadata: { name, namespace, ownerReferences } });
};

t.test('an owner is one by name, kind and namespace; a type that is not served decides nothing', async t => {
  await using world = new TestWorld();
  const isThere = (name: string, namespace = 'sample') =>
    world.client.get('configmaps', namespace, name) !== undefined;
  world.client.create('configmaps', { metadata: { name: 'owner', namespace: 'sample' } });
  owned(world, 'right', {});
  owned(world, 'misnamed', { name: 'other' });
  owned(world, 'another-kind', { kind: 'Secret' });
  owned(world, 'unknown-kind', { apiVersion: 'example.com/v1', kind: 'Thing' });
  owned(world, 'stray', {}, 'default');
  const role = { metadata: { name: 'cluster-wide', ownerReferences: [] as OwnerReference[] } };
  role.metadata.ownerReferences.push({ apiVersion: 'v1', kind: 'ConfigMap', name: 'gone', uid: 'gone' });
  world.create('clusterroles.rbac.authorization.k8s.io', role);
  await world.advance(5);
  t.same(
    ['right', 'misnamed', 'another-kind', 'unknown-kind'].filter(name => isThere(name)),
    ['right', 'unknown-kind'],
  );
  t.notOk(isThere('stray', 'default'));
  t.ok(world.client.local.get('clusterroles.rbac.authorization.k8s.io', '', 'cluster-wide'));
  const [event] = world.client.list('events', { namespace: 'default', fieldSelector: 'type=Warning' });
  t.match(event, {
    reason: 'OwnerRefInvalidNamespace',
    message:
      /^ownerRef \[v1\/ConfigMap, namespace: default, name: owner, uid: .*\] does not exist in namespace "default"$/,
    involvedObject: { kind: 'ConfigMap', name: 'stray' },
    source: { component: 'garbage-collector-controller' },
  });
});

t.test('of two owners the one that is gone is taken out; garbage goes by its earlier policy', async t => {
  await using world = new TestWorld();
  const { local } = world.client;
  const map = (name: string, metadata: Partial<KubernetesObject['metadata']> = {}) =>
    referenceTo(world.client.create('configmaps', { metadata: { name, namespace: 'sample', ...metadata } }));
  const [one, two] = [map('one'), map('two')];
  map('both', { ownerReferences: [one, two] });
  const parent = map('parent', { ownerReferences: [two], finalizers: ['orphan'] });
  map('child', { ownerReferences: [parent] });
  local.delete('configmaps', 'sample', 'one');
  await world.advance(1);
  t.same(world.client.get('configmaps', 'sample', 'both')?.metadata.ownerReferences, [two]);
  local.delete('configmaps', 'sample', 'two');
  await world.advance(1);
  t.equal(world.client.get('configmaps', 'sample', 'parent'), undefined);
  t.same(world.client.get('configmaps', 'sample', 'child')?.metadata.ownerReferences, undefined);
});
