import t from 'tap';
import type { Container, Pod } from '../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../test-world.ts';

const amounts = (cpu: string, memory = '64Mi') => ({ requests: { cpu, memory } });

function pod(name: string, container: Partial<Container> = {}) {
  const main = { name: 'main', image: 'tiny:1', resources: amounts('1'), ...container };
  return { metadata: { name, namespace: 'sample' }, spec: { containers: [main] } };
}

const find = (world: TestWorld, name: string): Pod => {
  const found = world.client.get('pods', 'sample', name);
  if (!found) throw new Error(`no ${name}`);
  return found;
};
const condition = (world: TestWorld, name: string, type: string) =>
  find(world, name).status?.conditions?.find(each => each.type === type);
const mainOf = (world: TestWorld, name: string) => find(world, name).status?.containerStatuses?.[0];

/** Writes as `pods/resize` does. */
function resize(world: TestWorld, name: string, resources: Container['resources']): void {
  world.client.local.modify('pods', 'sample', name, draft => {
    const [main] = (draft['spec'] as { containers: Record<string, unknown>[] }).containers;
    Object.assign(main ?? {}, { resources });
  });
}

t.test('a running container gets what it is given, without a restart', async t => {
  await using world = new TestWorld();
  world.create('pods', pod('a'));
  const before = await world.readyPod('a');
  t.equal(before.metadata.generation, 1, 'a binding does not count');
  t.equal(before.status?.observedGeneration, 1);
  t.match(mainOf(world, 'a'), { resources: amounts('1'), allocatedResources: amounts('1').requests });
  for (const { type, observedGeneration } of before.status?.conditions ?? [])
    t.equal(observedGeneration, 1, type);

  resize(world, 'a', amounts('2'));
  await world.advance(0.5);
  t.match(find(world, 'a').status, { observedGeneration: 2 });
  t.match(condition(world, 'a', 'PodResizeInProgress'), { status: 'True', observedGeneration: 2 });
  t.match(mainOf(world, 'a'), {
    resources: { requests: { cpu: '1' } },
    allocatedResources: { cpu: '2' },
  });
  await world.advance(1);
  t.equal(condition(world, 'a', 'PodResizeInProgress'), undefined);
  t.match(mainOf(world, 'a'), { resources: { requests: { cpu: '2' } }, restartCount: 0 });
  t.match(
    world.events('Pod').find(({ reason }) => reason === 'ResizeCompleted'),
    {
      message:
        'Pod resize completed: {"containers":[{"name":"main","resources":{"requests":{"cpu":"2","memory":"64Mi"}}}]}',
    },
  );
});

t.test('a container whose policy asks for it is restarted', async t => {
  await using world = new TestWorld();
  const resizePolicy = [{ resourceName: 'memory', restartPolicy: 'RestartContainer' }];
  world.create('pods', pod('a', { resizePolicy }));
  await world.readyPod('a');
  resize(world, 'a', amounts('2'));
  await world.advance(10);
  t.equal(mainOf(world, 'a')?.restartCount, 0, 'not for its CPU');
  resize(world, 'a', amounts('2', '128Mi'));
  await world.until(() => (mainOf(world, 'a')?.restartCount === 1 ? true : undefined));
  t.match(
    world.events('Pod').find(({ reason }) => reason === 'Killing'),
    { message: 'Container main resize requires restart' },
  );
});

t.test('what the node has not is refused, what it has not now waits', async t => {
  await using world = new TestWorld();
  world.create('pods', pod('a', { resources: amounts('5') }));
  world.create('pods', pod('b'));
  await world.readyPod('a');
  await world.readyPod('b');
  resize(world, 'b', amounts('9'));
  await world.advance(2);
  t.match(condition(world, 'b', 'PodResizePending'), {
    status: 'True',
    reason: 'Infeasible',
    message: "Node didn't have enough capacity: cpu, requested: 9000, capacity: 8000",
  });
  resize(world, 'b', amounts('4'));
  await world.advance(2);
  t.match(condition(world, 'b', 'PodResizePending'), {
    reason: 'Deferred',
    message: "Node didn't have enough resource: cpu, requested: 4000, used: 5000, capacity: 8000",
    observedGeneration: 3,
  });
  t.match(mainOf(world, 'b'), { resources: { requests: { cpu: '1' } }, allocatedResources: { cpu: '1' } });
  world.client.local.delete('pods', 'sample', 'a');
  await world.until(() => (mainOf(world, 'b')?.resources?.requests?.['cpu'] === '4' ? true : undefined), 60);
  t.equal(condition(world, 'b', 'PodResizePending'), undefined);
});

t.test('a pod that waits for room gets what another gives back', async t => {
  await using world = new TestWorld();
  world.create('pods', pod('a', { resources: amounts('7') }));
  await world.readyPod('a');
  world.create('pods', pod('b', { resources: amounts('3') }));
  await world.advance(5);
  t.equal(find(world, 'b').spec.nodeName, undefined);
  resize(world, 'a', amounts('2'));
  await world.readyPod('b');
});
