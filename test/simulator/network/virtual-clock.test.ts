import t from 'tap';
import { sleep } from '../../../harness/base/clock.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';

const START = 1_600_000_000_000;

/** A running clock that stops with the test. */
function running(t: { teardown: (undo: () => void) => void }): VirtualClock {
  const clock = new VirtualClock(START);
  clock.start();
  t.teardown(() => clock.stop());
  return clock;
}

t.test('time stands still until nothing happens, then jumps to the next timer', async t => {
  const clock = running(t);
  const seen: number[] = [];
  for (const delay of [60_000, 1000, 300_000]) clock.setTimeout(() => seen.push(clock.now() - START), delay);
  t.equal(clock.now(), START);
  await sleep(clock, 400_000);
  t.same(seen, [1000, 60_000, 300_000]);
  t.equal(clock.jumps, 4);
});

t.test('timers that are due together fire in the order in which they were set', async t => {
  const clock = running(t);
  const seen: string[] = [];
  clock.setTimeout(() => {
    seen.push('first');
    clock.setTimeout(() => seen.push('set at the same time'), 0);
    clock.clearTimeout(cleared);
  }, 500);
  clock.setTimeout(() => seen.push('second'), 500);
  const cleared = clock.setTimeout(() => seen.push('cleared'), 500);
  clock.setTimeout(() => seen.push('third'), 500);
  await sleep(clock, 501);
  t.same(seen, ['first', 'second', 'third', 'set at the same time']);
});

t.test('activity holds the time', async t => {
  const clock = running(t);
  let fired = false;
  clock.setTimeout(() => {
    fired = true;
  }, 1);
  for (let turn = 0; turn < 50; turn++) {
    await new Promise(resolve => setImmediate(resolve));
    clock.bump();
  }
  t.notOk(fired);
  t.equal(clock.now(), START);
  await sleep(clock, 1);
  t.ok(fired);
});

t.test('a world in which nothing can happen any more is told of once, and can go on', async t => {
  const clock = new VirtualClock(START);
  t.teardown(() => clock.stop());
  let stalls = 0;
  const stalled = new Promise<void>(resolve => {
    clock.onStall = () => {
      stalls++;
      resolve();
    };
  });
  clock.start();
  await stalled;
  t.equal(stalls, 1);
  await sleep(clock, 10);
  t.equal(clock.now(), START + 10);
});

t.test('sleep is cancelled by its signal, and its timer forgotten', async t => {
  const clock = running(t);
  const cancel = new AbortController();
  const asleep = sleep(clock, 1000, cancel.signal);
  cancel.abort(new Error('enough'));
  await t.rejects(asleep, { message: 'enough' });
  t.equal(clock.pendingTimers, 0);
});

t.test('an infinite delay never ends and never moves the time', async t => {
  const clock = running(t);
  let fired = false;
  clock.setTimeout(() => {
    fired = true;
  }, Number.POSITIVE_INFINITY);
  await sleep(clock, 1);
  t.notOk(fired);
  t.equal(clock.pendingTimers, 0);
});

t.test('many timers in any order fire in order, also when most are cleared', async t => {
  const clock = running(t);
  const seen: number[] = [];
  let state = 7;
  const next = () => {
    state = (state * 1103515245 + 12345) % 2147483648;
    return state;
  };
  const timers = Array.from({ length: 3000 }, () => {
    const delay = next() % 5000;
    return clock.setTimeout(() => seen.push(delay), delay);
  });
  const cleared = timers.filter((_, index) => index % 3 !== 0);
  for (const timer of cleared) clock.clearTimeout(timer);
  clock.clearTimeout(cleared[0]);
  t.equal(clock.pendingTimers, 1000);
  await sleep(clock, 5001);
  t.equal(seen.length, 1000);
  t.same(
    seen,
    [...seen].sort((a, b) => a - b),
  );
});

t.test('it goes by as the wall from a moment on, timers that wait among them', async t => {
  const clock = running(t);
  // The wall is a clock that the test moves, as long as nothing happens: it runs, too.
  const wall = new VirtualClock(START + 300_000);
  const seen: (readonly [string, number])[] = [];
  const note = (what: string) => seen.push([what, clock.now() - START]);
  await sleep(clock, 250_000);
  clock.setTimeout(() => note('overdue'), 40_000);
  clock.setTimeout(() => note('later'), 60_000);
  const cleared = clock.setTimeout(() => note('never'), 55_000);
  clock.followWall(wall);
  t.equal(clock.now(), wall.now(), 'what is behind jumps');
  clock.clearTimeout(cleared);
  clock.setTimeout(() => {
    note('first');
    clock.setTimeout(() => note('after it'), 0);
  }, 100);
  t.same(seen, [], 'and nothing fires at once');
  wall.start();
  await sleep(wall, 20_000);
  t.same(seen, [
    ['overdue', 300_000],
    ['first', 300_100],
    ['after it', 300_100],
    ['later', 310_000],
  ]);
  clock.setTimeout(() => note('too late'), 10);
  clock.stop();
  await sleep(wall, 1000);
  wall.stop();
  t.equal(seen.length, 4);
});

t.test('what is ahead of the wall stays ahead', async t => {
  const clock = running(t);
  const wall = new VirtualClock(START);
  await sleep(clock, 5000);
  clock.followWall(wall);
  wall.start();
  await sleep(wall, 1000);
  wall.stop();
  t.equal(clock.now(), START + 6000);
  t.equal(new VirtualClock(START, 'wall').kind, 'wall');
});
