/** What the watchdog takes for a stall, by a clock of its own that tests drive. */
import t from 'tap';
import { Activity } from '../../../harness/platform/simulator/activity.ts';
import { ownWork } from '../../../harness/platform/simulator/own-work.ts';
import { watchWorld } from '../../../harness/platform/simulator/watchdog.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';

const stalled = { code: 'ERR_SIMULATOR_STALLED' };

/** A world whose pump never runs, as if something happened in it all the time, and its watchdog. */
function spinning(workedMs = (wallMs: number) => wallMs) {
  const wall = new VirtualClock(0);
  const world = new VirtualClock(0);
  const activity = new Activity(world);
  const watchdog = watchWorld(world, activity, { wall, workedMs: () => workedMs(wall.now()) });
  wall.start();
  return {
    wall,
    world,
    activity,
    watchdog,
    /** Does something again and again, and waits. */
    async every(intervalMs: number, untilMs: number, work: (turn: number) => void) {
      for (let turn = 0; wall.now() < untilMs; turn++) {
        work(turn);
        await new Promise<void>(resolve => wall.setTimeout(resolve, intervalMs));
      }
    },
    end: () => {
      watchdog.stop();
      wall.stop();
      world.stop();
    },
  };
}

const untilAborted = ({ signal }: { readonly signal: AbortSignal }) =>
  new Promise(resolve => signal.addEventListener('abort', resolve));

const dialled = (from: string, address: string) =>
  ({
    atMs: 0,
    protocol: 'TCP',
    from,
    fromAddress: '10.10.0.5',
    to: { address, port: 5000 },
    via: [],
    arrivedAt: undefined,
    outcome: 'connected',
  }) as const;
const asked = (username: string, url: string) => ({
  method: 'GET',
  url,
  username,
  code: 200,
  atMs: 0,
  durationMs: 0,
});

t.test('a world in which nothing can come any more is a defect, told at once', async t => {
  const clock = new VirtualClock(0);
  const watchdog = watchWorld(clock, new Activity(clock));
  clock.start();
  await untilAborted(watchdog);
  t.match(watchdog.signal.reason, stalled);
  watchdog.stop();
  clock.stop();
});

t.test('a world that gets no further for a minute of work is a defect', async t => {
  const { wall, watchdog, end } = spinning();
  await untilAborted(watchdog);
  t.match(watchdog.signal.reason, { ...stalled, message: /for 60 s.* nobody in it dials/ });
  t.equal(wall.now(), 60_000);
  end();
});

t.test('a machine that has no time for it is no defect of the world', async t => {
  // A twentieth of a processor, as a run under load was seen to get.
  const { watchdog, every, end } = spinning(wallMs => wallMs / 20);
  await every(10_000, 600_000, () => {});
  t.equal(watchdog.signal.aborted, false);
  end();
});

t.test('a world that moves on is left alone', async t => {
  const { world, watchdog, every, end } = spinning();
  const tick = () => world.setTimeout(tick, 1000);
  tick();
  world.start();
  await every(1000, 300_000, () => {});
  t.equal(watchdog.signal.aborted, false);
  end();
});

t.test('a busy world is let through: what it does is new', async t => {
  const { activity, watchdog, every, end } = spinning();
  await every(1000, 300_000, turn => activity.onConnection(dialled(`sleep-${turn % 50}`, `10.10.${turn}.9`)));
  t.equal(watchdog.signal.aborted, false);
  end();
});

t.test('a world that answers its user is let through', async t => {
  for (const answer of [
    (activity: Activity) => activity.onExecOutput(),
    (activity: Activity) => activity.onRequest('cluster1', asked('kubernetes-admin', '/api/v1/pods')),
  ]) {
    const { activity, watchdog, every, end } = spinning();
    await every(1000, 300_000, () => answer(activity));
    t.equal(watchdog.signal.aborted, false);
    end();
  }
});

t.test('a world that repeats itself ends, and its message names who does what', async t => {
  const { wall, activity, watchdog, every, end } = spinning();
  const ended = untilAborted(watchdog);
  const user = 'system:serviceaccount:istio-system:istiod';
  await Promise.race([
    ended,
    every(100, 300_000, turn => {
      activity.onWrite('cluster2', 'deployment', {
        resource: 'replicasets.apps',
        key: `sample/sleep-${turn}`,
      });
      if (turn % 2 === 0) activity.onConnection(dialled('sleep', '10.255.10.7'));
      if (turn % 3 === 0)
        activity.onRequest('cluster1', asked(user, `/api/v1/namespaces/a/pods/p-${turn}?w=1`));
      if (turn % 5 === 0) activity.onConnection(dialled('idle', '10.255.10.8'));
    }),
  ]);
  t.match(watchdog.signal.reason, {
    ...stalled,
    message: new RegExp(
      'most often: \\d+ times deployment in cluster2 writes replicasets.apps sample/sleep-0; ' +
        '\\d+ times sleep dials 10.255.10.7:5000 \\(TCP, connected\\); ' +
        `\\d+ times ${user} asks cluster1 for GET /api/v1/namespaces/a/pods/p-0\\.$`,
    ),
    hint: /loop of your own configuration/,
  });
  // A hundred times of each, the rarest every half second, and then a minute.
  t.ok(wall.now() >= 109_000 && wall.now() <= 115_000, `after ${wall.now()} ms`);
  end();
});

t.test('what was done before the clock jumped counts as new again, and is not told', t => {
  const clock = new VirtualClock(0);
  const activity = new Activity(clock);
  const dial = (times: number, from: string) => {
    for (let turn = 0; turn < times; turn++) activity.onConnection(dialled(from, '10.255.10.7'));
  };
  dial(1000, 'a');
  t.equal(activity.progress, 100);
  clock.setTimeout(() => {
    dial(1000, 'b');
    t.equal(activity.progress, 201, 'with the jump');
    t.match(activity.mostFrequent, ['1000 times b dials 10.255.10.7:5000 (TCP, connected)']);
    t.equal(activity.mostFrequent.length, 1);
    clock.stop();
    t.end();
  }, 1000);
  clock.start();
});

t.test('neither the work of other threads nor that of other programs counts as own work', t => {
  let cpu = 1000;
  let active = 50;
  const worked = ownWork(
    () => cpu,
    () => active,
  );
  t.equal(worked(), 0);
  // Two threads at full speed.
  cpu += 200;
  active += 100;
  t.equal(worked(), 100);
  // A twentieth of a processor.
  cpu += 50;
  active += 1000;
  t.equal(worked(), 150);
  t.end();
});
