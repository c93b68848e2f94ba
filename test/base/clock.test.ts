import t from 'tap';
import { systemClock } from '../../harness/base/clock.ts';

t.test('a timer longer than Node can hold does not fire, and can be called off', async t => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => void warnings.push(warning);
  process.on('warning', onWarning);
  let fired = false;
  const tenYears = systemClock.setTimeout(() => {
    fired = true;
  }, 3650 * 86_400_000);
  await new Promise<void>(resolve => systemClock.setTimeout(resolve, 20));
  systemClock.clearTimeout(tenYears);
  process.off('warning', onWarning);
  t.equal(fired, false);
  t.same(warnings, []);
});

t.test('clearing nothing, or what has fired, does nothing', async t => {
  const fired = await new Promise(resolve => {
    const timer = systemClock.setTimeout(() => resolve(timer), 0);
  });
  t.doesNotThrow(() => systemClock.clearTimeout(undefined));
  t.doesNotThrow(() => systemClock.clearTimeout(fired as Parameters<typeof systemClock.clearTimeout>[0]));
});
