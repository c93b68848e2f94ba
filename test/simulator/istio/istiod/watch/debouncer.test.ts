import t from 'tap';
import { sleep } from '../../../../../harness/base/clock.ts';
import { Debouncer } from '../../../../../harness/simulator/istio/istiod/watch/debouncer.ts';
import { VirtualClock } from '../../../../../harness/simulator/network/virtual-clock.ts';

t.test('changes are gathered until it is quiet, but not for ever', async t => {
  const clock = new VirtualClock(0);
  clock.start();
  t.teardown(() => clock.stop());
  const runs: number[] = [];
  let running = 0;
  const debouncer = new Debouncer({
    clock,
    afterMs: 100,
    maxMs: 1000,
    run: async () => {
      t.equal(++running, 1, 'one run at a time');
      runs.push(clock.now());
      await sleep(clock, 30);
      running--;
    },
  });
  debouncer.trigger();
  await sleep(clock, 60);
  debouncer.trigger();
  await sleep(clock, 500);
  t.strictSame(runs.splice(0), [160], '100 ms after the last of two changes');

  const start = clock.now();
  for (let at = 0; at < 1500; at += 50) {
    debouncer.trigger();
    await sleep(clock, 50);
  }
  t.equal(runs[0], start + 1000, 'changes that never stop wait no longer than the maximum');
  await sleep(clock, 1000);
  runs.length = 0;

  debouncer.trigger();
  await sleep(clock, 110);
  debouncer.trigger(); // while it runs
  await sleep(clock, 500);
  t.equal(runs.length, 2, 'a change during a run leads to another');
  debouncer.trigger();
  debouncer.stop();
  await sleep(clock, 500);
  t.equal(runs.length, 2, 'none after the end');
});
