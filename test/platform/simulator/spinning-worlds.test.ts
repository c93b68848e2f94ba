/** Worlds that spin end, by the platform's watchdog with a clock that runs faster; busy ones do not. */
import { setTimeout as later } from 'node:timers/promises';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { KubernetesClient } from '../../../harness/base/kubernetes-client.ts';
import { Activity } from '../../../harness/platform/simulator/activity.ts';
import { watchWorld } from '../../../harness/platform/simulator/watchdog.ts';
import type { ControllerContext } from '../../../harness/simulator/kubernetes/client/controller.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import { createWorld, type World } from '../../../harness/simulator/world.ts';

/** So much faster than the machine's is the watchdog's time: its minute is 0.3 s. */
const FASTER = 200;
const fast = {
  wall: {
    ...systemClock,
    kind: systemClock.kind,
    now: () => systemClock.now(),
    setTimeout: (callback: () => void, delayMs: number) => systemClock.setTimeout(callback, delayMs / FASTER),
    clearTimeout: (timer: Parameters<typeof systemClock.clearTimeout>[0]) => systemClock.clearTimeout(timer),
  },
  workedMs: () => performance.now() * FASTER,
};

async function watchedWorld(seed: string) {
  const clock = new VirtualClock();
  const activity = new Activity(clock);
  const watchdog = watchWorld(clock, activity, fast);
  clock.start();
  const world = await createWorld({
    seed,
    clock,
    observer: activity,
    networks: [{ name: 'n', range: '172.18.0.0/16' }],
    clusters: [
      { name: 'c', network: 'n', nodes: 1, podRange: '10.10.0.0/16', serviceRange: '10.255.0.0/24' },
    ],
  });
  return {
    clock,
    world,
    watchdog,
    async [Symbol.asyncDispose]() {
      watchdog.stop();
      await world[Symbol.asyncDispose]();
      clock.stop();
    },
  };
}

const aborted = ({ signal }: { readonly signal: AbortSignal }) =>
  new Promise<void>(resolve => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });

/** A controller that wants a value, and writes it whenever another one has written. */
const wanting = (value: string) => (context: ControllerContext) => {
  const { client, component } = context;
  const stop = client.watch('configmaps', {}, ({ type, object }) => {
    if (type === 'DELETED' || object.metadata.name !== 'victim' || object.data?.['value'] === value) return;
    component.soon({ key: 'a turn' }, () => {
      const now = client.get('configmaps', 'default', 'victim');
      if (now) client.update('configmaps', { ...now, data: { value } });
    });
  });
  return { stop };
};

function startQuarrel(world: World): void {
  const cluster = world.clusters.get('c');
  cluster?.startController('first', context => {
    context.client.create('configmaps', {
      metadata: { name: 'victim', namespace: 'default' },
      data: { value: '' },
    });
    return wanting('1')(context);
  });
  cluster?.startController('second', wanting('2'));
}

t.test('two controllers that undo what the other one does end the world, and are named', async t => {
  await using spinning = await watchedWorld('quarrel');
  startQuarrel(spinning.world);
  await aborted(spinning.watchdog);
  const each = String.raw`\d{3,} times (first|second) in c writes configmaps default/victim`;
  t.match(spinning.watchdog.signal.reason, {
    code: 'ERR_SIMULATOR_STALLED',
    message: new RegExp(`most often: ${each}; ${each}`),
  });
});

t.test('a proxy that leads to itself ends the world, and is named', async t => {
  await using spinning = await watchedWorld('mirror');
  const { machine } = spinning.world;
  // Whoever dials it makes it dial itself.
  const listener = machine.listen(15001, socket => {
    machine.connect(machine.address, 15001).on('error', () => {});
    socket.destroy();
  });
  machine.connect(machine.address, 15001).on('error', () => {});
  await aborted(spinning.watchdog);
  listener.close();
  const { name, address } = machine;
  t.match(spinning.watchdog.signal.reason, {
    code: 'ERR_SIMULATOR_STALLED',
    message: new RegExp(
      `most often: \\d{3,} times ${name} dials ${address}:15001 \\(TCP, connected at ${name}\\)`,
    ),
  });
});

t.test('as long as a busy world answers its user it is let through, and no longer', async t => {
  await using busy = await watchedWorld('busy');
  startQuarrel(busy.world);
  const { world, watchdog } = busy;
  const cluster = world.clusters.get('c');
  const dial = (host: string, port: number) => world.machine.connect(host, port);
  const client = new KubernetesClient(cluster?.kubeconfig() ?? '', { dial });
  const until = performance.now() + (3 * 60_000) / FASTER;
  while (performance.now() < until) {
    await client.request('GET', '/version', { signal: watchdog.signal });
    await later(1);
  }
  t.equal(watchdog.signal.aborted, false, 'three minutes of answers');
  await aborted(watchdog);
  t.match(watchdog.signal.reason, { code: 'ERR_SIMULATOR_STALLED' });
  client.close();
});
