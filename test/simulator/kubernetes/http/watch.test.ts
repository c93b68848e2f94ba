import t from 'tap';
import type { WatchEvent } from '../../../../harness/base/api-client.ts';
import type { KubernetesClient, ResourcePath } from '../../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../../harness/base/wait.ts';
import { type ApiWorld, apiWorld, configMap, configMaps, refusalOf } from '../api-world.ts';

interface Watching {
  readonly events: WatchEvent[];
  /** `ADDED a`, in order. */
  readonly seen: () => string[];
  readonly closed: Promise<unknown>;
  stop(): void;
}

async function startWatch(
  client: KubernetesClient,
  path: ResourcePath,
  query: Record<string, unknown> = {},
): Promise<Watching> {
  const events: WatchEvent[] = [];
  const controller = new AbortController();
  let closed: Promise<unknown> = Promise.resolve();
  await new Promise<void>((resolve, reject) => {
    closed = client
      .watch(path, query, event => events.push(event), controller.signal, resolve)
      .catch((error: unknown) => {
        reject(error);
        return error;
      });
  });
  return {
    events,
    seen: () => events.map(({ type, object }) => `${type} ${object.metadata.name ?? ''}`.trim()),
    closed,
    stop: () => controller.abort(new Error('enough')),
  };
}

const until = (world: ApiWorld, what: string, test: () => boolean) =>
  waitUntil(what, test, ok => ok, { timeoutMs: 10_000, intervalMs: 10, clock: world.world.clock });

t.test('a watch without a version tells what is there, then what changes', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const watching = await startWatch(world.admin, configMaps);
  await world.admin.create(configMaps, configMap('b'));
  await world.admin.patch({ ...configMaps, name: 'b' }, 'merge', { data: { k: 'w' } });
  await world.admin.patch({ ...configMaps, name: 'b' }, 'merge', { data: { k: 'w' } });
  await world.admin.delete({ ...configMaps, name: 'b' });
  await until(world, 'four events', () => watching.events.length === 4);
  t.same(
    watching.seen(),
    ['ADDED a', 'ADDED b', 'MODIFIED b', 'DELETED b'],
    'a write without effect is no event',
  );
  const versions = watching.events.map(({ object }) => Number(object.metadata.resourceVersion));
  t.same(
    [...versions].sort((a, b) => a - b),
    versions,
    'each has a newer version, the deletion too',
  );
  t.equal(watching.events[0]?.object.kind, 'ConfigMap', 'objects carry their kind');
  watching.stop();
});

t.test('an object that starts or stops to match is added or deleted', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a', { metadata: { labels: { in: 'no' } } }));
  const watching = await startWatch(world.admin, configMaps, { labelSelector: 'in=yes' });
  for (const value of ['yes', 'no']) {
    await world.admin.patch({ ...configMaps, name: 'a' }, 'merge', { metadata: { labels: { in: value } } });
  }
  await until(world, 'two events', () => watching.events.length === 2);
  t.same(watching.seen(), ['ADDED a', 'DELETED a']);
  const [added, deleted] = watching.events;
  t.equal(deleted?.object.metadata.labels?.['in'], 'yes', 'it goes in its old state');
  t.ok(
    Number(deleted?.object.metadata.resourceVersion) > Number(added?.object.metadata.resourceVersion),
    'with the version of the change',
  );
  watching.stop();
});

t.test('a watch goes on where a list ended, without loss or repetition', async t => {
  await using world = await apiWorld();
  const { resourceVersion } = await world.admin.list(configMaps);
  for (let index = 0; index < 50; index++) await world.admin.create(configMaps, configMap(`m${index}`));
  const watching = await startWatch(world.admin, configMaps, { resourceVersion });
  for (let index = 50; index < 100; index++) await world.admin.create(configMaps, configMap(`m${index}`));
  await until(world, 'all events', () => watching.events.length >= 100);
  t.same(
    watching.seen(),
    Array.from({ length: 100 }, (_, index) => `ADDED m${index}`),
  );
  watching.stop();
});

t.test('a version that is too old ends in an error of 410', async t => {
  await using world = await apiWorld();
  const { client } = world.api.machinery;
  client.create('configmaps', configMap('a', { metadata: { namespace: 'sample' } }));
  for (let index = 0; index < 800; index++) {
    client.modify('configmaps', 'sample', 'a', draft => {
      draft['data'] = { k: String(index).padEnd(30_000) };
    });
  }
  const watching = await startWatch(world.admin, configMaps, { resourceVersion: '5' });
  await watching.closed;
  t.equal(watching.events.length, 1);
  const [event] = watching.events;
  t.equal(event?.type, 'ERROR');
  t.match(event?.object, {
    kind: 'Status',
    code: 410,
    reason: 'Expired',
    message: /^too old resource version: 5 \(\d+\)$/,
  });
});

t.test('10,000 changes reach every watcher in order', async t => {
  await using world = await apiWorld();
  const { client } = world.api.machinery;
  const watches = await Promise.all(Array.from({ length: 5 }, () => startWatch(world.admin, configMaps)));
  client.create('configmaps', configMap('a', { metadata: { namespace: 'sample' } }));
  for (let index = 0; index < 9_999; index++) {
    client.modify('configmaps', 'sample', 'a', draft => {
      draft['data'] = { k: String(index) };
    });
    // Not all in one turn: watches are served while writes go on.
    if (index % 1000 === 0) await world.admin.get({ ...configMaps, name: 'a' });
  }
  await until(world, 'all events', () => watches.every(({ events }) => events.length >= 10_000));
  for (const { events, stop } of watches) {
    t.equal(events.length, 10_000);
    t.same(
      events
        .slice(1)
        .findIndex(({ object }, index) => (object['data'] as Record<string, string>)['k'] !== String(index)),
      -1,
      'none is lost, repeated or out of order',
    );
    stop();
  }
});

t.test('a watch closes when its time is up, after a last bookmark', async t => {
  await using world = await apiWorld();
  const watching = await startWatch(world.admin, configMaps, {
    timeoutSeconds: 30,
    allowWatchBookmarks: true,
  });
  const before = world.world.clock.now();
  await watching.closed;
  t.equal(world.world.clock.now() - before, 30_000);
  t.same(watching.seen(), ['BOOKMARK']);
  t.match(watching.events[0]?.object, {
    kind: 'ConfigMap',
    apiVersion: 'v1',
    metadata: { resourceVersion: /^\d+$/ },
  });
});

t.test('initial events end with the bookmark that informers wait for', async t => {
  await using world = await apiWorld();
  await world.admin.create(configMaps, configMap('a'));
  const watching = await startWatch(world.admin, configMaps, {
    sendInitialEvents: true,
    resourceVersionMatch: 'NotOlderThan',
    allowWatchBookmarks: true,
  });
  await until(world, 'the bookmark', () => watching.events.length === 2);
  t.same(watching.seen(), ['ADDED a', 'BOOKMARK']);
  t.equal(watching.events[1]?.object.metadata.annotations?.['k8s.io/initial-events-end'], 'true');
  watching.stop();
  t.match(
    await refusalOf(startWatch(world.admin, configMaps, { sendInitialEvents: true })),
    /^422 Invalid: ListOptions.meta.k8s.io "" is invalid: resourceVersionMatch: Forbidden/,
    'it needs the match that goes with it',
  );
});

t.test('200 watches at once', async t => {
  await using world = await apiWorld();
  const watches = await Promise.all(Array.from({ length: 200 }, () => startWatch(world.admin, configMaps)));
  await world.admin.create(configMaps, configMap('a'));
  await until(world, 'all of them', () => watches.every(({ events }) => events.length === 1));
  t.pass();
  for (const { stop } of watches) stop();
});
