/**
 * What clusters that are up hold before and after much work: JSON on standard output, in MB. Run by bench.mjs,
 * or by hand:
 *
 *   npm run build && node --import=./test/support/loader.mjs test/bench/up.ts [--minutes 11]
 *
 * The work is 10,000 calls through the mesh and 1,500 objects that are applied and deleted, from both clusters
 * alike. An API server keeps old changes for watches up to ten minutes, as a real one does, and they are in
 * what is seen at once; --minutes says how long to rest before each look. Linux only.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { KubernetesClient, KubernetesObject } from '../../harness/base/kubernetes-client.ts';
import { waitForMesh } from './soak/load.ts';
import { type Held, type SoakWorld, soakWorld } from './soak/world.ts';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '0' } } });

const CALLS = 10_000;
/** In one process of curl. */
const CALLS_IN_A_ROW = 100;
const OBJECTS = 1500;
/** How many requests are under way at a time. */
const SIDE_BY_SIDE = 10;
const NAMESPACE = 'sample';
/** Until connections are closed. */
const REST_MS = 5000;

/** Kinds that people apply: of Services istiod is told, and so are all proxies. */
const KINDS: readonly {
  readonly share: number;
  readonly apiVersion: string;
  readonly kind: string;
  readonly plural: string;
  readonly rest: object;
}[] = [
  {
    share: 0.6,
    apiVersion: 'v1',
    kind: 'ConfigMap',
    plural: 'configmaps',
    rest: { data: { key: 'x'.repeat(500) } },
  },
  {
    share: 0.2,
    apiVersion: 'v1',
    kind: 'Secret',
    plural: 'secrets',
    rest: { stringData: { key: 'x'.repeat(500) } },
  },
  {
    share: 0.2,
    apiVersion: 'v1',
    kind: 'Service',
    plural: 'services',
    rest: { spec: { selector: { app: 'nobody' }, ports: [{ name: 'http', port: 80 }] } },
  },
];

/** Does something so many times, a few at a time. */
async function times(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: SIDE_BY_SIDE }, worker));
}

/** Calls HelloWorld from a pod. @throws Error unless all calls are answered */
async function call(client: KubernetesClient, count: number): Promise<void> {
  const pods = { apiVersion: 'v1', plural: 'pods', namespace: NAMESPACE };
  const { items } = await client.list(pods, { labelSelector: 'app=sleep' });
  const name = items[0]?.metadata.name ?? '';
  for (let left = count; left > 0; left -= CALLS_IN_A_ROW) {
    const argv = ['curl', '-sS', '--fail', `http://helloworld.sample:5000/hello?[1-${CALLS_IN_A_ROW}]`];
    const { exitCode, stdout, stderr } = await client.exec(NAMESPACE, name, 'sleep', argv);
    const answers = stdout.match(/Hello version: /g)?.length ?? 0;
    if (exitCode !== 0 || answers !== CALLS_IN_A_ROW)
      throw new Error(`curl: ${exitCode}, ${answers} ${stderr}`);
  }
}

/** Applies an object, and deletes it. */
async function applyAndDelete(client: KubernetesClient, index: number, count: number): Promise<void> {
  let before = 0;
  for (const { share, apiVersion, kind, plural, rest } of KINDS) {
    before += share * count;
    if (index >= before) continue;
    const name = `bench-${index}`;
    const path = { apiVersion, plural, namespace: NAMESPACE, name };
    const object: KubernetesObject = { apiVersion, kind, metadata: { name, namespace: NAMESPACE }, ...rest };
    await client.patch(path, 'apply', object, { fieldManager: 'bench' });
    await client.delete(path);
    return;
  }
}

/** Lets each cluster do its share of the work. */
async function work(world: SoakWorld, { calls, objects }: { calls: number; objects: number }): Promise<void> {
  const clusters = world.contexts.length;
  for (const context of world.contexts) {
    const client = world.client(context);
    try {
      await call(client, calls / clusters);
      const count = objects / clusters;
      await times(count, index => applyAndDelete(client, index, count));
    } finally {
      client.close();
    }
  }
}

const MEBIBYTE = 2 ** 20;

await using world = await soakWorld();
await waitForMesh(world);
// What is made on first use is no growth.
await work(world, { calls: 1000, objects: 100 });
const rest = () => sleep(REST_MS + Number(values.minutes) * 60_000);
await rest();
const before = await world.held();
await work(world, { calls: CALLS, objects: OBJECTS });
await rest();
const after = await world.held();
const figures = (held: Held) => ({ heap: held.heapBytes / MEBIBYTE, rss: held.rssBytes / MEBIBYTE });
console.log(JSON.stringify({ before: figures(before), after: figures(after) }));
