import t from 'tap';
import { loadScenario } from '../../harness/index.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import { EDITION_NAMES } from '../plan/scenarios.ts';
import { armTripwire } from '../support/tripwire.ts';

for (const edition of EDITION_NAMES) {
  t.test(`nothing that is awaited leaves the event loop while a world runs, edition ${edition}`, async t => {
    const events: RunEvent[] = [];
    const session = await prepareSession({
      topology: await loadScenario('primary-remote-multi-network'),
      edition,
      requests: 100, // what leaves does so in the first
      risk: 1e-3,
      extended: true,
      listeners: [event => void events.push(event)],
    });
    using wire = armTripwire();
    await session.start();
    // Each kind once: the places, not how often they were passed.
    // The watchdog looks at the wall's clock every few seconds, which a loaded machine lets a run take;
    // nothing waits for it.
    const awaited = wire.trips.filter(({ stack }) => !stack.includes('/watchdog.ts'));
    const places = [...new Set(awaited.map(({ type, stack }) => `${type}\n${stack}`))];
    t.same(places, []);
    t.ok(events.length > 10, 'and it was a whole run');
  });
}
