import t from 'tap';
import type { KubernetesObject } from '../../../../harness/base/kubernetes-client.ts';
import { TestWorld } from '../test-world.ts';

const HOLD = 'example.com/hold';

function release(world: TestWorld, resource: string, name: string): void {
  world.client.local.modify(resource, 'sample', name, draft => {
    delete draft.metadata['finalizers'];
  });
}

const heldMap = (name: string): KubernetesObject => ({
  metadata: { name, namespace: 'sample', finalizers: [HOLD] },
});
const stateOf = (world: TestWorld) => world.client.get('namespaces', '', 'sample');
const messageOf = (world: TestWorld, wanted: string) =>
  stateOf(world)?.status?.conditions?.find(({ type }) => type === wanted)?.message;

t.test('the content of a namespace is deleted after five seconds, and then the namespace', async t => {
  await using world = new TestWorld();
  world.create('configmaps', { metadata: { name: 'data', namespace: 'sample' } });
  world.client.local.delete('namespaces', '', 'sample');
  await world.advance(4.5);
  t.match(stateOf(world), { status: { phase: 'Terminating' } });
  t.same(stateOf(world)?.metadata['deletionGracePeriodSeconds'], undefined);
  t.ok(world.client.get('configmaps', 'sample', 'data'));
  await world.advance(1);
  t.equal(stateOf(world), undefined);
  t.equal(world.client.get('configmaps', 'sample', 'data'), undefined);
});

t.test('pods go first; what keeps its finalizer keeps the namespace, which says so', async t => {
  await using world = new TestWorld();
  world.create('configmaps', heldMap('held'));
  world.create('pods', {
    metadata: { name: 'pod', namespace: 'sample', finalizers: [HOLD] },
    spec: { containers: [{ name: 'main', image: 'tiny:1' }] },
  });
  await world.advance(5);
  world.client.local.delete('namespaces', '', 'sample');
  await world.advance(50);
  t.ok(world.client.get('configmaps', 'sample', 'kube-root-ca.crt'), 'nothing else is touched as yet');
  t.equal(messageOf(world, 'NamespaceContentRemaining'), 'All content successfully removed');

  release(world, 'pods', 'pod');
  await world.advance(20);
  t.equal(world.client.get('configmaps', 'sample', 'kube-root-ca.crt'), undefined);
  const remaining = 'Some resources are remaining: configmaps. has 1 resource instances';
  t.equal(messageOf(world, 'NamespaceContentRemaining'), remaining);
  const finalizers = `Some content in the namespace has finalizers remaining: ${HOLD} in 1 resource instances`;
  t.equal(messageOf(world, 'NamespaceFinalizersRemaining'), finalizers);

  const { resourceVersion } = world.machinery.client;
  await world.advance(60);
  t.equal(world.machinery.client.resourceVersion, resourceVersion, 'waiting writes nothing');
  release(world, 'configmaps', 'held');
  await world.advance(20);
  t.equal(stateOf(world), undefined);
});

t.test('the controller takes its own finalizer alone', async t => {
  await using world = new TestWorld();
  const spec = { finalizers: ['example.com/content'] };
  world.create('namespaces', { metadata: { name: 'two', finalizers: [HOLD] }, spec });
  const two = () => world.client.get('namespaces', '', 'two');
  t.same(two()?.spec?.finalizers, ['example.com/content', 'kubernetes']);
  world.client.local.delete('namespaces', '', 'two');
  await world.advance(30);
  t.same(two()?.spec?.finalizers, ['example.com/content']);
  const finalize = () => ({ metadata: { name: 'two', finalizers: [HOLD] }, spec: {} });
  const type = world.machinery.registry.require('namespaces');
  world.machinery.objects.updateDirectly(type, '', 'two', finalize, 'finalize');
  t.same(two()?.spec, {}, 'the finalizer of its metadata is another matter');
  world.client.local.modify('namespaces', '', 'two', draft => {
    delete draft.metadata['finalizers'];
  });
  t.equal(two(), undefined);
});
