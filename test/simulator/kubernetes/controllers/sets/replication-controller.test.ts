import t from 'tap';
import { TestWorld } from '../../test-world.ts';

const namespace = 'sample';

t.test('a ReplicationController keeps as many pods as it is told', async t => {
  await using world = new TestWorld();
  world.create('replicationcontrollers', {
    metadata: { name: 'old', namespace },
    spec: {
      replicas: 2,
      template: {
        metadata: { labels: { app: 'old' } },
        spec: { containers: [{ name: 'main', image: 'tiny' }] },
      },
    },
  });
  const controller = () => world.client.get('replicationcontrollers', namespace, 'old');
  await world.until(() => (controller()?.status?.readyReplicas === 2 ? true : undefined));
  t.match(controller(), {
    spec: { selector: { app: 'old' } },
    status: { replicas: 2, fullyLabeledReplicas: 2 },
  });
  t.match(world.pods()[0]?.metadata.ownerReferences, [{ apiVersion: 'v1', kind: 'ReplicationController' }]);
  world.client.local.delete('pods', namespace, world.pods()[0]?.metadata.name ?? '');
  world.client.local.modify('pods', namespace, world.pods()[1]?.metadata.name ?? '', draft => {
    draft.metadata.labels = { app: 'other' };
  });
  await world.advance(60);
  t.equal(world.pods().length, 3, 'one is replaced, one is released');
  world.client.local.modify('replicationcontrollers', namespace, 'old', draft => {
    draft['spec'] = { ...(draft['spec'] as object), replicas: 0 };
  });
  await world.advance(60);
  t.same(
    world.pods().map(({ metadata }) => metadata.labels?.['app']),
    ['other'],
  );
});
