import t from 'tap';
import { deployment, TestWorld } from '../test-world.ts';

t.test('a disruption budget that says nothing covers no pods', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web'));
  await world.readyPod('web-');
  world.create('poddisruptionbudgets.policy', { metadata: { name: 'empty', namespace: 'sample' } });
  await world.advance(1);
  t.match(world.client.get('poddisruptionbudgets.policy', 'sample', 'empty'), {
    spec: {},
    status: { expectedPods: 0, disruptionsAllowed: 0 },
  });
});
