import t from 'tap';
import { watchWorld } from '../../../harness/platform/simulator/watchdog.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';

const stalled = { code: 'ERR_SIMULATOR_STALLED' };

t.test('a world in which nothing can come any more is a defect, told at once', async t => {
  const clock = new VirtualClock(0);
  const watchdog = watchWorld(clock);
  clock.start();
  await new Promise(resolve => watchdog.signal.addEventListener('abort', resolve));
  t.match(watchdog.signal.reason, stalled);
  watchdog.stop();
  clock.stop();
});

t.test('a world whose time does not move on for a minute of work is a defect', async t => {
  const wall = new VirtualClock(0);
  const world = new VirtualClock(0);
  const watchdog = watchWorld(world, { wall, workedMs: () => wall.now() });
  wall.start();
  // The world's own pump never runs: as if something happened in it all the time.
  await new Promise(resolve => watchdog.signal.addEventListener('abort', resolve));
  t.match(watchdog.signal.reason, stalled);
  t.equal(wall.now(), 60_000);
  watchdog.stop();
  wall.stop();
});

t.test('a machine that has no time for it is no defect of the world', async t => {
  const wall = new VirtualClock(0);
  // A twentieth of a processor, as a run under load was seen to get.
  const watchdog = watchWorld(new VirtualClock(0), { wall, workedMs: () => wall.now() / 20 });
  wall.start();
  await new Promise<void>(resolve => wall.setTimeout(resolve, 600_000));
  t.equal(watchdog.signal.aborted, false);
  watchdog.stop();
  wall.stop();
});

t.test('a world that moves on is left alone', async t => {
  const wall = new VirtualClock(0);
  const world = new VirtualClock(0);
  const watchdog = watchWorld(world, { wall, workedMs: () => wall.now() });
  const tick = () => world.setTimeout(tick, 1000);
  tick();
  wall.start();
  world.start();
  await new Promise<void>(resolve => wall.setTimeout(resolve, 300_000));
  t.equal(watchdog.signal.aborted, false);
  watchdog.stop();
  wall.stop();
  world.stop();
});
