import t from 'tap';
import { sleep } from '../../../harness/base/clock.ts';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../harness/base/random.ts';
import type { PodStatus } from '../../../harness/simulator/kubernetes/client/kinds.ts';
import { startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import type { RequestRecord } from '../../../harness/simulator/kubernetes/http/server/server.ts';
import { VirtualClock } from '../../../harness/simulator/network/virtual-clock.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';
import { deployment, images, service } from './test-world.ts';

const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments', namespace: 'sample' };
const PODS = { apiVersion: 'v1', plural: 'pods', namespace: 'sample' };
const NAMESPACES = { apiVersion: 'v1', plural: 'namespaces' };

async function startWorld(name = 'cluster1') {
  const clock = new VirtualClock();
  const random = createRandom('cluster test');
  const network = new VirtualNetwork({ clock, random, networks: [{ name: 'n', range: '172.18.0.0/16' }] });
  const machine = network.addMachine('laptop');
  const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.255.0.0/16' };
  const records: RequestRecord[] = [];
  const outputs: number[] = [];
  clock.start();
  const cluster = await startCluster({
    name,
    nodes: 1,
    ...ranges,
    network: network.addCluster({ name, network: 'n', ...ranges }),
    clock,
    random,
    images,
    onRequest: record => records.push(record),
    onExecOutput: () => outputs.push(clock.now()),
  });
  const client = new KubernetesClient(cluster.kubeconfig(), {
    dial: (host, port) => machine.connect(host, port),
  });
  const readyPod = async (prefix: string): Promise<KubernetesObject> => {
    for (let tries = 0; tries < 300; tries++) {
      const { items } = await client.list(PODS);
      const found = items.find(({ metadata, status }) => {
        const { conditions = [] } = status as { conditions?: { type: string; status: string }[] };
        return (
          metadata.name?.startsWith(prefix) && conditions.some(c => c.type === 'Ready' && c.status === 'True')
        );
      });
      if (found) return found;
      await sleep(clock, 500);
    }
    throw new Error(`no pod ${prefix} became ready`);
  };
  return {
    clock,
    cluster,
    client,
    machine,
    records,
    outputs,
    readyPod,
    [Symbol.asyncDispose]: async () => {
      client.close();
      await cluster.stop();
      clock.stop();
    },
  };
}

t.test('a whole cluster, through its API server only', async t => {
  await using world = await startWorld();
  const { client, clock, readyPod } = world;
  t.match(client.server, /^https:\/\/172\.18\.\d+\.\d+:6443$/);
  const nodes = await client.list({ apiVersion: 'v1', plural: 'nodes' });
  t.match(nodes.items, [{ metadata: { name: 'cluster1-control-plane' }, spec: { podCIDR: '10.10.0.0/24' } }]);

  await client.create(NAMESPACES, { metadata: { name: 'sample' } });
  await client.create(
    DEPLOYMENTS,
    deployment('web', { ports: [{ name: 'web', containerPort: 8080 }] }, { replicas: 2 }),
  );
  await client.create(
    { apiVersion: 'v1', plural: 'services', namespace: 'sample' },
    service('web', { ports: [{ port: 80, targetPort: 'web' }] }),
  );
  await client.create(DEPLOYMENTS, deployment('client', { command: ['/bin/sleep', '1d'] }));
  await readyPod('web-');
  const { metadata } = await readyPod('client-');
  const name = metadata.name ?? '';
  await sleep(clock, 5_000);

  const seen = new Set<string>();
  for (let call = 0; call < 20; call++) {
    const { exitCode, stdout } = await client.exec('sample', name, 'main', ['get', 'web', '80']);
    t.equal(exitCode, 0);
    seen.add(stdout);
  }
  const webs = (await client.list(PODS, { labelSelector: 'app=web' })).items.map(
    pod => pod.metadata.name ?? '',
  );
  t.equal(world.outputs.length, 20, 'each answer of a program that the user runs is noticed');
  t.same([...seen].sort(), webs.map(pod => `hello from ${pod}\n`).sort(), 'both pods answer');

  t.equal((await client.exec('sample', name, undefined, ['fail', '3'])).exitCode, 3);
  await t.rejects(client.exec('sample', name, 'main', ['bash']), /executable file not found in \$PATH/);
  t.equal(await client.logs('sample', webs[0] ?? ''), 'listening as 101\n');
  t.match(
    (await client.exec('sample', name, 'main', ['get', 'kubernetes.default', '443'])).stdout,
    /^Client sent an HTTP request to an HTTPS server\.\n$/,
  );

  await client.delete({ ...NAMESPACES, name: 'sample' });
  for (let tries = 0; (await client.find({ ...NAMESPACES, name: 'sample' })) && tries < 100; tries++) {
    await sleep(clock, 500);
  }
  t.equal(await client.find({ ...NAMESPACES, name: 'sample' }), undefined);
  t.same((await client.list(PODS)).items, []);
});

t.test('a pod that cannot start tells why, and one that is not ready runs', async t => {
  await using world = await startWorld();
  const { client, clock } = world;
  await client.create(NAMESPACES, { metadata: { name: 'sample' } });
  await client.create(DEPLOYMENTS, deployment('unknown', { image: 'example.org/nothing:1' }));
  const volumes = [{ name: 'root', configMap: { name: 'nope' } }];
  await client.create(DEPLOYMENTS, deployment('unmounted', {}, { podSpec: { volumes } }));
  const readinessProbe = { httpGet: { port: 1, path: '/' }, periodSeconds: 2 };
  const containers = [
    { name: 'main', image: 'tiny' },
    { name: 'proxy', image: 'tiny', readinessProbe, env: [{ name: 'PORT', value: '9000' }] },
  ];
  await client.create(DEPLOYMENTS, deployment('half', {}, { podSpec: { containers } }));
  await sleep(clock, 9_000);
  const rows = (await client.list(PODS)).items.map(({ metadata, status }) => {
    const { phase, containerStatuses = [] } = status as PodStatus;
    const ready = containerStatuses.filter(container => container.ready).length;
    const waiting = containerStatuses.find(container => container.state.waiting)?.state.waiting?.reason;
    return [metadata.name?.split('-')[0], `${ready}/${containerStatuses.length}`, waiting ?? phase];
  });
  t.same(rows, [
    ['half', '1/2', 'Running'],
    ['unknown', '0/1', 'ImagePullBackOff'],
    ['unmounted', '0/1', 'ContainerCreating'],
  ]);
});

t.test('once stopped, nothing is left that would move the clock', async t => {
  const world = await startWorld();
  await world.client.create(NAMESPACES, { metadata: { name: 'sample' } });
  await world.client.create(DEPLOYMENTS, deployment('web', { readinessProbe: { httpGet: { port: 8080 } } }));
  await world.client.create(DEPLOYMENTS, deployment('bad', { image: 'nowhere' }));
  await world.readyPod('web-');
  await world[Symbol.asyncDispose]();
  await new Promise(resolve => setImmediate(resolve));
  t.equal(world.clock.pendingTimers, 0);
});

t.test('an API server that is stopped refuses, and comes back with what it holds', async t => {
  await using world = await startWorld();
  const { client, cluster, clock, readyPod } = world;
  await client.create(NAMESPACES, { metadata: { name: 'sample' } });
  await client.create(DEPLOYMENTS, deployment('web'));
  const { metadata } = await readyPod('web');
  let broke: unknown;
  const watch = client
    .watch(PODS, {}, () => {}, new AbortController().signal)
    .catch(error => {
      broke = error;
    });
  await sleep(clock, 100);
  const starts = [cluster.stopApiServer(), cluster.stopApiServer()];
  await watch;
  t.ok(broke !== undefined, 'a watch breaks');
  await t.rejects(client.list(PODS), { code: 'ECONNREFUSED' });
  const main = { namespace: 'sample', app: 'web', container: 'main' };
  const { signal } = new AbortController();
  t.match(await cluster.execOnNode(main, ['env'], signal), { exitCode: 0, stdout: /FROM_IMAGE=yes/ });
  t.equal(await cluster.execOnNode({ ...main, app: 'none' }, ['env'], signal), undefined);
  starts[0]?.();
  starts[0]?.();
  await t.rejects(client.list(PODS), { code: 'ECONNREFUSED' }, 'somebody else has stopped it, too');
  starts[1]?.();
  t.equal((await client.list(PODS)).items[0]?.metadata.name, metadata.name);
});
