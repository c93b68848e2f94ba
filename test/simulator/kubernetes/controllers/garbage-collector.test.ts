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
