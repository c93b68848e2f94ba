import t from 'tap';
import { sleep } from '../../../harness/base/clock.ts';
import { Supervisor } from '../../../harness/simulator/kubernetes/client/supervisor.ts';
import { WorkQueue } from '../../../harness/simulator/kubernetes/client/work-queue.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';

/** What a key waits on the wall's clock; in milliseconds. */
const BEAT_MS = 50;

for (const kind of ['wall', 'virtual'] as const) {
  t.test(`a queue on a ${kind} clock ${kind === 'wall' ? 'waits a beat' : 'works at once'}`, async t => {
    const clock = new VirtualClock(0, kind);
    const component = new Supervisor(clock, ({ error }) => t.fail(error.message)).component('test');
    const times: number[] = [];
    const queue = new WorkQueue(component, () => void times.push(clock.now()));
    const hasty = new WorkQueue(component, () => void times.push(-1), undefined, 0);
    clock.start();
    queue.add('key');
    queue.add('key');
    hasty.add('key');
    await sleep(clock, 1000);
    t.same(times, kind === 'wall' ? [-1, BEAT_MS] : [0, -1], 'many askings count as one');
    queue.add('key');
    queue.stop();
    await sleep(clock, 1000);
    t.equal(times.length, 2, 'a queue that was stopped does nothing more');
    clock.stop();
  });
}
