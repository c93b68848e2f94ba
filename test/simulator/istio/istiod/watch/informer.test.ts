import t from 'tap';
import type { WatchEvent, WatchOptions } from '../../../../../harness/base/api-client.ts';
import { systemClock } from '../../../../../harness/base/clock.ts';
import {
  KubernetesApiError,
  type KubernetesClient,
  type KubernetesObject,
} from '../../../../../harness/base/kubernetes-client.ts';
import { createRandom } from '../../../../../harness/base/random.ts';
import { Informer } from '../../../../../harness/simulator/istio/istiod/watch/informer.ts';

const pod = (name: string, version: string): KubernetesObject => ({
  metadata: { name, namespace: 'sample', resourceVersion: version },
});
const end = (version: string): WatchEvent => ({
  type: 'BOOKMARK',
  object: { metadata: { resourceVersion: version, annotations: { 'k8s.io/initial-events-end': 'true' } } },
});
const added = (name: string, version: string): WatchEvent => ({ type: 'ADDED', object: pod(name, version) });
const BY_WATCH = {
  sendInitialEvents: true,
  resourceVersionMatch: 'NotOlderThan',
  allowWatchBookmarks: true,
};

/** What a watch sends, until it is broken off or for so long as it says. */
type Stream = (send: (event: WatchEvent) => void) => void | Promise<void>;

/** An informer of a client whose watches are these, one after the other; the last one stays open. */
function informerOf(streams: readonly Stream[], listed: readonly KubernetesObject[] = []) {
  const asked: (WatchOptions | 'list')[] = [];
  const changes: string[] = [];
  const failures: string[] = [];
  const ending = new AbortController();
  const left = [...streams];
  const client = {
    server: 'https://api',
    streamsLists: true,
    list: async () => {
      asked.push('list');
      return { items: listed, resourceVersion: '50' };
    },
    watch: async (_path: unknown, options: WatchOptions, onEvent: (event: WatchEvent) => void) => {
      asked.push(options);
      const isLast = left.length <= 1;
      await left.shift()?.(onEvent);
      if (isLast) await new Promise(resolve => ending.signal.addEventListener('abort', resolve));
    },
  };
  const informer = new Informer<string>({
    client: () => client as unknown as KubernetesClient,
    path: { apiVersion: 'v1', plural: 'pods' },
    kind: 'Pod',
    clock: systemClock,
    random: createRandom('informer'),
    signal: ending.signal,
    keep: object => object.metadata.resourceVersion,
    onChange: (key, now) => changes.push(`${key} ${now ?? 'gone'}`),
    onFailure: message => failures.push(message),
  });
  return { informer, asked, changes, failures, end: () => ending.abort() };
}

t.test('list and watch are one request', async t => {
  let send: (event: WatchEvent) => void = () => {};
  const {
    informer,
    asked,
    changes,
    failures,
    end: stop,
  } = informerOf([
    one => {
      send = one;
      send(added('a', '3'));
    },
  ]);
  await new Promise(resolve => setImmediate(resolve));
  t.notOk(informer.hasSynced, 'what has come so far may not be all');
  t.same(changes, []);
  send(added('b', '4'));
  send(end('9'));
  await informer.synced;
  send({ type: 'MODIFIED', object: pod('a', '10') });
  send({ type: 'DELETED', object: pod('b', '11') });
  t.same(changes, ['sample/a 3', 'sample/b 4', 'sample/a 10', 'sample/b gone']);
  t.same(asked, [BY_WATCH]);
  t.same(failures, []);
  stop();
});

const refuses = () => {
  throw new KubernetesApiError(422, { message: 'sendInitialEvents is forbidden' });
};
for (const [what, first] of [
  ['refuses', refuses],
  ['ends too early', () => {}],
  [
    'loses its state',
    (send: (event: WatchEvent) => void) => send({ type: 'ERROR', object: { metadata: {} } }),
  ],
] as const)
  t.test(`a server that ${what} is asked for a list`, async t => {
    const { informer, asked, changes, failures, end: stop } = informerOf([first, () => {}], [pod('a', '3')]);
    await informer.synced;
    await new Promise(resolve => setImmediate(resolve));
    t.same(asked, [BY_WATCH, 'list', { resourceVersion: '50', allowWatchBookmarks: true }]);
    t.same(changes, ['sample/a 3']);
    t.same(failures, []);
    stop();
  });

t.test('what went while a watch was too old goes', async t => {
  const {
    informer,
    asked,
    changes,
    end: stop,
  } = informerOf([
    send => {
      for (const event of [added('a', '3'), added('b', '4'), end('9')]) send(event);
      send({ type: 'ERROR', object: { metadata: {} } });
    },
    send => {
      for (const event of [added('b', '4'), added('c', '12'), end('12')]) send(event);
    },
  ]);
  await informer.synced;
  await new Promise(resolve => setImmediate(resolve));
  t.same(changes, ['sample/a 3', 'sample/b 4', 'sample/c 12', 'sample/a gone']);
  t.same(asked, [BY_WATCH, BY_WATCH]);
  stop();
});

t.test('a server that cannot be reached is told of as with a list, and asked again', async t => {
  const {
    informer,
    asked,
    failures,
    end: stop,
  } = informerOf([
    () => {
      throw Object.assign(new Error('connect ECONNREFUSED 10.0.0.1:443'), { code: 'ECONNREFUSED' });
    },
    send => send(end('1')),
  ]);
  await informer.tried;
  t.same(asked, [BY_WATCH]);
  t.match(failures, [/failed to list \*v1\.Pod/i]);
  await informer.synced;
  t.same(asked, [BY_WATCH, BY_WATCH]);
  stop();
});
