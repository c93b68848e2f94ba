import t from 'tap';
import { TestWorld } from '../test-world.ts';

const pod = (name: string, nodeName: string) => ({
  metadata: { name, namespace: 'sample' },
  spec: { nodeName, containers: [{ name: 'main', image: 'tiny:1' }] },
});

t.test('pods of a node that is no more are ended after 40 s', async t => {
  await using world = new TestWorld();
  const phaseOf = (name: string) => world.client.get('pods', 'sample', name)?.status?.phase;
  world.create('nodes', { metadata: { name: 'soon-gone' } });
  world.create('pods', pod('one', 'soon-gone'));
  world.create('pods', pod('nowhere', 'never-there'));
  world.create('pods', {
    ...pod('held', 'never-there'),
    metadata: { name: 'held', namespace: 'sample', finalizers: ['example.com/hold'] },
  });
  await world.advance(30);
  t.equal(phaseOf('one'), 'Pending');
  await world.advance(11);
  t.equal(phaseOf('nowhere'), undefined);
  t.equal(phaseOf('held'), 'Failed', 'a finalizer keeps it');
  t.match(world.client.get('pods', 'sample', 'held')?.status?.conditions, [
    { type: 'DisruptionTarget', reason: 'DeletionByPodGC' },
  ]);
  world.client.local.delete('nodes', '', 'soon-gone');
  await world.advance(39);
  t.equal(phaseOf('one'), 'Pending');
  await world.advance(2);
  t.equal(phaseOf('one'), undefined);
});

t.test('a node that comes again within that time keeps its pods', async t => {
  await using world = new TestWorld();
  world.create('pods', pod('one', 'late'));
  await world.advance(20);
  world.create('nodes', { metadata: { name: 'late' } });
  await world.advance(60);
  t.equal(world.client.get('pods', 'sample', 'one')?.status?.phase, 'Pending');
});
