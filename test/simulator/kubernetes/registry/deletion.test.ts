import t from 'tap';
import { TestWorld } from '../test-world.ts';

t.test('an Event goes at once, whatever is to become of what it owns', async t => {
  for (const propagationPolicy of ['Background', 'Foreground', 'Orphan'] as const) {
    await using world = new TestWorld();
    world.create('events', { metadata: { name: 'noted', namespace: 'sample' } });
    const { gone } = world.client.local.delete('events', 'sample', 'noted', { propagationPolicy });
    t.equal(gone, true, propagationPolicy);
  }
});
