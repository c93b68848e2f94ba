import t from 'tap';
import { loadScenario } from '../../harness/index.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { prepareSession } from '../../harness/session.ts';
import { armTripwire } from '../support/tripwire.ts';

t.test('nothing that is awaited leaves the event loop while a world runs', async t => {
  const events: RunEvent[] = [];
  const session = await prepareSession({
    topology: await loadScenario('primary-remote-multi-network'),
    requests: 300,
    extended: true,
    listeners: [event => void events.push(event)],
  });
  using wire = armTripwire();
  await session.start();
  // Each kind once: the places, not how often they were passed.
  const places = [...new Set(wire.trips.map(({ type, stack }) => `${type}\n${stack}`))];
  t.same(places, []);
  t.ok(events.length > 10, 'and it was a whole run');
});
