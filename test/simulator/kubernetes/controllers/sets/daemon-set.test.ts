import t from 'tap';
import type { DaemonSet } from '../../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../../test-world.ts';

const namespace = 'sample';

function makeSet(world: TestWorld, more: object = {}, podSpec: object = {}): void {
  world.create('daemonsets.apps', {
    metadata: { name: 'agent', namespace },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { containers: [{ name: 'main', image: 'tiny:1' }], ...podSpec },
      },
      ...more,
    },
  });
}

const set = (world: TestWorld): DaemonSet | undefined =>
  world.client.get('daemonsets.apps', namespace, 'agent');
const nodesOf = (world: TestWorld): readonly string[] =>
  world
    .pods()
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(({ spec }) => spec.nodeName ?? '')
    .sort();
const images = (world: TestWorld): readonly string[] =>
  world.pods().map(({ spec }) => spec.containers[0]?.image ?? '');
const available = (world: TestWorld, count: number) =>
  world.until(() => ((set(world)?.status?.numberAvailable ?? 0) === count ? true : undefined));

function setImage(world: TestWorld, image: string): void {
  world.client.local.modify('daemonsets.apps', namespace, 'agent', draft => {
    const spec = draft['spec'] as { template: { spec: { containers: { image: string }[] } } };
    for (const container of spec.template.spec.containers) container.image = image;
  });
}

const changeNode = (
  world: TestWorld,
  name: string,
  change: (node: { spec: object; labels: Record<string, string> }) => object,
) =>
  world.client.local.modify('nodes', '', name, draft => {
    const { spec = {}, ...rest } = change({
      spec: draft['spec'] as object,
      labels: draft.metadata.labels ?? {},
    }) as { spec?: object; labels?: Record<string, string> };
    draft['spec'] = spec;
    if (rest.labels) draft.metadata.labels = rest.labels;
  });

t.test('each node gets a pod, which the scheduler binds by its affinity', async t => {
  await using world = new TestWorld({ nodes: 3 });
  makeSet(world);
  await available(world, 3);
  t.same(nodesOf(world), ['c-control-plane', 'c-worker', 'c-worker2']);
  t.match(set(world)?.status, {
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    numberMisscheduled: 0,
    numberReady: 3,
    updatedNumberScheduled: 3,
    observedGeneration: 1,
  });
  t.equal(set(world)?.status?.numberUnavailable, undefined);
  const [pod] = world.pods();
  const [revision] = world.client.list('controllerrevisions.apps', { namespace });
  t.match(pod, {
    metadata: {
      labels: {
        'pod-template-generation': '1',
        'controller-revision-hash': revision?.metadata.labels?.['controller-revision-hash'],
      },
    },
  });
  const first = pod?.metadata.name ?? '';
  world.client.local.delete('pods', namespace, first);
  await world.advance(60);
  t.equal(nodesOf(world).length, 3, 'a pod that goes is replaced');
  const version = set(world)?.metadata.resourceVersion;
  await world.advance(60);
  t.equal(set(world)?.metadata.resourceVersion, version, 'it is at rest');
});

t.test('only nodes with the labels get a pod, and lose it with them', async t => {
  await using world = new TestWorld({ nodes: 2 });
  makeSet(world, {}, { nodeSelector: { disk: 'fast' } });
  await world.advance(1);
  t.same(nodesOf(world), []);
  changeNode(world, 'c-worker', ({ spec, labels }) => ({ spec, labels: { ...labels, disk: 'fast' } }));
  await available(world, 1);
  t.same(nodesOf(world), ['c-worker']);
  changeNode(world, 'c-worker', ({ spec, labels: { disk: _disk, ...labels } }) => ({ spec, labels }));
  await world.advance(60);
  t.same(nodesOf(world), []);
});

t.test('taints keep pods away, unless they tolerate them; a cordon does not', async t => {
  await using world = new TestWorld({ nodes: 2 });
  const taints = [{ key: 'own', value: 'x', effect: 'NoSchedule' }];
  changeNode(world, 'c-worker', ({ spec }) => ({ spec: { ...spec, taints } }));
  changeNode(world, 'c-control-plane', ({ spec }) => ({ spec: { ...spec, unschedulable: true } }));
  makeSet(world);
  await available(world, 1);
  t.same(nodesOf(world), ['c-control-plane']);
  changeNode(world, 'c-worker', ({ spec }) => ({ spec: { ...spec, taints: [] } }));
  await available(world, 2);
});

t.test('a new template is rolled out node by node', async t => {
  await using world = new TestWorld({ nodes: 3 });
  makeSet(world);
  await available(world, 3);
  let least = 3;
  const stop = world.client.watch('daemonsets.apps', {}, ({ object }) => {
    least = Math.min(least, object.status?.numberAvailable ?? 0);
  });
  setImage(world, 'tiny:2');
  await world.until(() => (set(world)?.status?.updatedNumberScheduled === 3 ? true : undefined));
  await available(world, 3);
  stop();
  t.ok(least >= 2, 'one at a time');
  await world.advance(40);
  t.same(images(world), ['tiny:2', 'tiny:2', 'tiny:2']);
});

t.test('a set that surges has a new pod before the old one goes', async t => {
  await using world = new TestWorld({ nodes: 2 });
  makeSet(world, {
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
  });
  await available(world, 2);
  let least = 2;
  const stop = world.client.watch('pods', { namespace }, () => {
    const ready = world
      .pods()
      .filter(({ status }) =>
        status?.conditions?.some(condition => condition.type === 'Ready' && condition.status === 'True'),
      );
    least = Math.min(least, ready.length);
  });
  setImage(world, 'tiny:2');
  await world.advance(90);
  stop();
  t.equal(least, 2);
  t.same(images(world), ['tiny:2', 'tiny:2']);
});
