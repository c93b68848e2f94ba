import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';
import { HarnessError } from '../../harness/base/errors.ts';
import { waitUntil } from '../../harness/base/wait.ts';

t.test('a wait that ends in vain tells what it last saw', async t => {
  const error = await waitUntil(
    'the third of two',
    () => 2,
    value => value === 3,
    {
      timeoutMs: 5,
      intervalMs: 1,
      clock: systemClock,
    },
  ).catch((caught: unknown) => caught);
  t.ok(error instanceof HarnessError);
  t.match(error, { code: 'ERR_TIMEOUT', message: /for the third of two, in vain. Last seen: 2/ });
});

t.test('several successes in a row are asked for where the world flickers', async t => {
  const answers = [true, false, true, true];
  let probes = 0;
  await waitUntil(
    'two in a row',
    () => answers[probes++] === true,
    value => value,
    {
      timeoutMs: 1000,
      intervalMs: 1,
      clock: systemClock,
      inARow: 2,
    },
  );
  t.equal(probes, 4);
});
