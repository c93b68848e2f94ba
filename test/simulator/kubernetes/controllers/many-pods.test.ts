/** A set that asks for more pods than there is room for: the others go on meanwhile. */
import t from 'tap';
import { Supervisor } from '../../../../harness/simulator/kubernetes/client/supervisor.ts';
import { WorkQueue } from '../../../../harness/simulator/kubernetes/client/work-queue.ts';
import { VirtualClock } from '../../../../harness/simulator/network/virtual-clock.ts';
import { deployment, TestWorld } from '../test-world.ts';

t.test('a node takes no more pods than it has room for', async t => {
  await using world = new TestWorld();
  const [node] = world.client.list('nodes');
  const allocatable = { ...node?.status?.allocatable, pods: '3' };
  if (node) world.client.updateStatus('nodes', { ...node, status: { ...node.status, allocatable } });
  world.create('deployments.apps', deployment('web', {}, { replicas: 5 }));
  const placed = () => world.pods().filter(({ spec }) => spec.nodeName !== undefined);
  const refused = () => world.events('Pod').filter(({ reason }) => reason === 'FailedScheduling');
  await world.until(() => (refused().length === 2 ? true : undefined));
  t.equal(placed().length, 3);
  t.match(refused()[0]?.message, /^0\/1 nodes are available: 1 Too many pods\. preemption: /);
  const [first] = placed();
  world.client.local.delete('pods', 'sample', first?.metadata.name ?? '', { gracePeriodSeconds: 0 });
  await world.until(() => (placed().length === 3 ? true : undefined));
  t.equal(world.pods().length, 5, 'what has ended makes room');
});

t.test('30 pods are made at once, and then 20 in a second', async t => {
  await using world = new TestWorld();
  world.create('deployments.apps', deployment('web', {}, { replicas: 70 }));
  await world.until(() => (world.pods().length > 0 ? true : undefined));
  t.ok(world.pods().length <= 32, `${world.pods().length} at first`);
  await world.advance(1);
  t.ok(world.pods().length > 45 && world.pods().length < 55, `${world.pods().length} after a second`);
  await world.advance(1.5);
  t.equal(world.pods().length, 70);
});

t.test('keys that cannot be forgotten yet are not looked through for each new one', async t => {
  const clock = new VirtualClock();
  const component = new Supervisor(clock, () => {}).component('test');
  let done = 0;
  const queue = new WorkQueue(component, () => {
    done += 1;
  });
  const startedAt = process.cpuUsage().user;
  for (let index = 0; index < 50_000; index++) queue.add(String(index));
  const seconds = (process.cpuUsage().user - startedAt) / 1e6;
  t.ok(seconds < 2, `${seconds} s of CPU for 50,000 keys`); // it was 12
  queue.stop();
  t.equal(done, 0);
});
