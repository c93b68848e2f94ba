/**
 * What programs on @kubernetes/client-node do, with a cluster on this machine's loopback: typed calls,
 * patches, watches and streams.
 */
import net, { type AddressInfo } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import {
  ApiException,
  AppsV1Api,
  CoreV1Api,
  CustomObjectsApi,
  Exec,
  KubeConfig,
  KubernetesObjectApi,
  Log,
  PatchStrategy,
  PortForward,
  setHeaderOptions,
  type V1Status,
  Watch,
} from '@kubernetes/client-node';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { createRandom } from '../../../harness/base/random.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { createImageCatalog } from '../../../harness/simulator/images/catalog.ts';
import { startCluster } from '../../../harness/simulator/kubernetes/cluster.ts';
import { VirtualNetwork } from '../../../harness/simulator/network/virtual-network.ts';

const namespace = 'default';

async function clusterWorld(): Promise<{ readonly config: KubeConfig } & AsyncDisposable> {
  const random = createRandom('client-node');
  const ranges = { podRange: '10.10.0.0/16', serviceRange: '10.110.0.0/16' };
  const network = new VirtualNetwork({
    clock: systemClock,
    random: random.stream('network'),
    networks: [{ name: 'n', range: '172.18.0.0/16' }],
  });
  const cluster = await startCluster({
    name: 'c',
    nodes: 1,
    ...ranges,
    network: network.addCluster({ name: 'c', network: 'n', ...ranges }),
    clock: systemClock,
    random: random.stream('c'),
    images: createImageCatalog(),
  });
  const config = new KubeConfig();
  config.loadFromString(cluster.kubeconfig(`https://127.0.0.1:${await cluster.listen(0, '127.0.0.1')}`));
  return { config, [Symbol.asyncDispose]: () => cluster.stop() };
}

const until = <T>(what: string, probe: () => Promise<T | undefined>): Promise<T | undefined> =>
  waitUntil(what, probe, found => found !== undefined, {
    timeoutMs: 20_000,
    intervalMs: 20,
    clock: systemClock,
  });

/** `409 AlreadyExists`: what a call was refused with. */
async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    if (!(error instanceof ApiException)) throw error;
    const { reason } = JSON.parse(String(error.body)) as V1Status;
    return `${error.code} ${reason}`;
  }
}

t.test('typed calls, whose bodies have no kind', async t => {
  await using world = await clusterWorld();
  const core = world.config.makeApiClient(CoreV1Api);
  const metadata = { name: 'a' };
  const created = await core.createNamespacedConfigMap({ namespace, body: { metadata, data: { k: 'v' } } });
  t.match(created, { kind: 'ConfigMap', metadata: { namespace, creationTimestamp: Date } });
  t.equal(
    await refusalOf(core.createNamespacedConfigMap({ namespace, body: { metadata } })),
    '409 AlreadyExists',
  );
  t.equal((await core.readNamespacedConfigMap({ namespace, name: 'a' })).data?.['k'], 'v');
  t.equal(await refusalOf(core.readNamespacedConfigMap({ namespace, name: 'b' })), '404 NotFound');
  const { items } = await core.listNamespacedConfigMap({ namespace, fieldSelector: 'metadata.name=a' });
  t.equal(items.length, 1);
  await core.replaceNamespacedConfigMap({ namespace, name: 'a', body: { metadata, data: { k: 'w' } } });

  const patch = (body: unknown, strategy?: PatchStrategy, more = {}) =>
    core.patchNamespacedConfigMap(
      { namespace, name: 'a', body, ...more },
      ...(strategy ? [setHeaderOptions('Content-Type', strategy)] : []),
    );
  t.equal(await refusalOf(patch({ data: { k: 'x' } })), '400 BadRequest', 'its default is JSON Patch');
  await patch([{ op: 'replace', path: '/data/k', value: 'x' }]);
  await patch({ data: { l: 'y' } }, PatchStrategy.MergePatch);
  await patch({ data: { m: 'z' } }, PatchStrategy.StrategicMergePatch);
  const applied = { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { n: '1' } };
  const { data } = await patch(applied, PatchStrategy.ServerSideApply, { fieldManager: 'test', force: true });
  t.same(data, { k: 'x', l: 'y', m: 'z', n: '1' });

  await core.createNamespacedConfigMap({ namespace, body: { metadata: { name: 'b', labels: { x: 'y' } } } });
  const gone = await core.deleteCollectionNamespacedConfigMap({ namespace, labelSelector: 'x=y' });
  t.equal(gone.kind, 'ConfigMapList');
  t.match(await core.deleteNamespacedConfigMap({ namespace, name: 'a', gracePeriodSeconds: 0 }), {
    status: 'Success',
  });
});

t.test('untyped objects, by discovery, and custom ones', async t => {
  await using world = await clusterWorld();
  const objects = KubernetesObjectApi.makeApiClient(world.config);
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'ways.ex.io' },
    spec: {
      group: 'ex.io',
      scope: 'Namespaced',
      names: { kind: 'Way', plural: 'ways' },
      versions: [
        {
          name: 'v1',
          served: true,
          storage: true,
          // client-node's word for it.
          schema: { openAPIV3Schema: { type: 'object', x_kubernetes_preserve_unknown_fields: true } },
        },
      ],
    },
  };
  await objects.create(definition);
  const way = { apiVersion: 'ex.io/v1', kind: 'Way', metadata: { name: 'w', namespace }, spec: { to: 'a' } };
  await until('the definition', async () =>
    (await refusalOf(objects.list('ex.io/v1', 'Way'))) === 'none' ? true : undefined,
  );
  const custom = world.config.makeApiClient(CustomObjectsApi);
  const path = { group: 'ex.io', version: 'v1', namespace, plural: 'ways' };
  await custom.createNamespacedCustomObject({ ...path, body: way });
  t.match(await objects.read(way), { kind: 'Way', metadata: { name: 'w' } });
  t.equal(
    await refusalOf(objects.patch(way)),
    '415 UnsupportedMediaType',
    'custom resources have no strategic patches',
  );
  const merge = [undefined, undefined, undefined, undefined, PatchStrategy.MergePatch] as const;
  await objects.patch({ ...way, metadata: { ...way.metadata, labels: { a: 'b' } } }, ...merge);
  t.match(await custom.listNamespacedCustomObject(path), {
    kind: 'WayList',
    items: [{ kind: 'Way', metadata: { labels: { a: 'b' } }, spec: { to: 'a' } }],
  });
  await objects.delete(way);
  t.match(await custom.listNamespacedCustomObject(path), { items: [] });
});

t.test('watches, logs, exec and port-forward', async t => {
  await using world = await clusterWorld();
  const { config } = world;
  const core = config.makeApiClient(CoreV1Api);
  const apps = config.makeApiClient(AppsV1Api);
  const seen: string[] = [];
  const watch = await new Watch(config).watch(
    `/apis/apps/v1/namespaces/${namespace}/deployments`,
    {},
    (phase, { metadata }: { metadata: { name: string } }) => seen.push(`${phase} ${metadata.name}`),
    () => {},
  );
  const labels = { app: 'hello' };
  const image = 'docker.io/istio/examples-helloworld-v1';
  const containers = [
    { name: 'hello', image },
    { name: 'shell', image: 'governmentpaas/curl-ssl', command: ['/bin/sleep', '1d'] },
  ];
  await apps.createNamespacedDeployment({
    namespace,
    body: {
      metadata: { name: 'hello' },
      spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: { containers } } },
    },
  });
  const pod = await until('a ready pod', async () => {
    const { items } = await core.listNamespacedPod({ namespace, labelSelector: 'app=hello' });
    return items.find(({ status }) => status?.containerStatuses?.every(({ ready }) => ready));
  });
  const name = pod?.metadata?.name ?? '';
  await until('what was seen', async () => (seen.includes('MODIFIED hello') ? true : undefined));
  t.equal(seen[0], 'ADDED hello');
  watch.abort();

  const read = (stream: Readable) =>
    stream.setEncoding('utf8').reduce((text: string, chunk: string) => text + chunk, '');
  const log = new PassThrough();
  await new Log(config).log(namespace, name, 'hello', log, { follow: false, tailLines: 1 });
  t.match(await read(log), /Running on/);

  const exec = async (argv: string[], input?: string) => {
    const output = new PassThrough();
    const status = await new Promise<V1Status>((resolve, reject) => {
      const stdin = input === undefined ? null : Readable.from([Buffer.from(input)]);
      new Exec(config)
        .exec(namespace, name, 'shell', argv, output, output, stdin, false, resolve)
        .catch(reject);
    });
    output.end();
    return `${status.status} ${await read(output)}`;
  };
  t.equal(await exec(['echo', 'a', 'b']), 'Success a b\n');
  t.equal(await exec(['cat'], 'some words'), 'Success some words');
  t.match(await exec(['false']), /^Failure/);

  const forward = new PortForward(config);
  const server = net.createServer(
    socket => void forward.portForward(namespace, name, [5000], socket, null, socket),
  );
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  socket.write('GET /hello HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  await until('an answer', async () => (answer.includes('Hello version') ? true : undefined));
  t.match(answer, new RegExp(`Hello version: v1, instance: ${name}`));
  socket.destroy();
  server.close();
});
