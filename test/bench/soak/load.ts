/** What people do to clusters that are up: reads, changes, watches, workloads and calls, side by side. */
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { systemClock } from '../../../harness/base/clock.ts';
import type { KubernetesClient, KubernetesObject } from '../../../harness/base/kubernetes-client.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import type { SoakWorld } from './world.ts';

/** How long requests of two sorts took, in milliseconds. */
export interface Latencies {
  readonly gets: number[];
  readonly calls: number[];
}

/** A sort of work in one cluster, done again and again, with a pause between two times. */
interface Lane {
  readonly pauseMs: number;
  readonly work: (at: Surroundings) => Promise<void>;
}

interface Surroundings {
  readonly client: KubernetesClient;
  readonly context: string;
  readonly kubeconfigFile: string;
  readonly latencies: Latencies;
  /** Grows from time to time: names that were never used. */
  readonly count: number;
}

const NAMESPACE = 'sample';
const pods = { apiVersion: 'v1', plural: 'pods', namespace: NAMESPACE };
const configMaps = { apiVersion: 'v1', plural: 'configmaps', namespace: NAMESPACE };
const deployments = { apiVersion: 'apps/v1', plural: 'deployments', namespace: NAMESPACE };
const WATCHED_MS = 1000;
const READY_MS = 30_000;
const CALLS_IN_A_ROW = 20;

/** Does something. @returns how long it took, in milliseconds */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

async function get({ client, latencies }: Surroundings): Promise<void> {
  const { items } = await client.list(pods);
  for (const { metadata } of items) {
    if (metadata.labels?.['app'] === 'soak') continue; // it may be gone by now
    latencies.gets.push(await timed(() => client.get({ ...pods, name: metadata.name })));
  }
}

async function change({ client, count }: Surroundings): Promise<void> {
  const name = `soak-${count}`;
  const at = { ...configMaps, name };
  const body = (value: string) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name },
    data: { value },
  });
  await client.create(configMaps, body('created'));
  await client.patch(at, 'apply', body('applied'), { fieldManager: 'soak', force: 'true' });
  await client.patch(at, 'merge', { data: { more: 'patched' } });
  await client.delete(at);
}

async function watch({ client }: Surroundings): Promise<void> {
  const { resourceVersion } = await client.list(pods);
  const end = AbortSignal.timeout(WATCHED_MS);
  await client
    .watch(pods, { resourceVersion, allowWatchBookmarks: true }, () => {}, end)
    .catch(error => {
      if (!end.aborted) throw error;
    });
}

const workload = (name: string): KubernetesObject => ({
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: 'soak' } },
    template: {
      metadata: { labels: { app: 'soak' } },
      spec: {
        terminationGracePeriodSeconds: 1,
        containers: [{ name: 'pause', image: 'registry.k8s.io/pause:3.10' }],
      },
    },
  },
});

/** Brings up a pod with its proxy, waits until it is ready, and takes it away. */
async function deploy({ client, count }: Surroundings): Promise<void> {
  const name = `soak-${count}`;
  await client.create(deployments, workload(name));
  await waitUntil(
    `deployment ${name} to be ready`,
    () => client.get({ ...deployments, name }),
    ({ status }) => (status as { readonly readyReplicas?: number } | undefined)?.readyReplicas === 1,
    { timeoutMs: READY_MS, intervalMs: 200, clock: systemClock },
  );
  await client.delete({ ...deployments, name });
}

/** Calls a workload from a cluster. @throws Error for any other answer than its own */
async function callFrom(client: KubernetesClient): Promise<void> {
  const { items } = await client.list(pods, { labelSelector: 'app=sleep' });
  const name = items[0]?.metadata.name ?? '';
  const argv = ['curl', '-sS', '--fail', 'http://helloworld.sample:5000/hello'];
  const { exitCode, stdout, stderr } = await client.exec(NAMESPACE, name, 'sleep', argv);
  if (exitCode !== 0 || !stdout.startsWith('Hello version: '))
    throw new Error(`curl: ${exitCode} ${stdout} ${stderr}`);
}

async function call({ client, latencies }: Surroundings): Promise<void> {
  latencies.calls.push(await timed(() => callFrom(client)));
}

/** Waits until all proxies know all endpoints: calls from each cluster succeed. */
export async function waitForMesh(world: SoakWorld): Promise<void> {
  for (const context of world.contexts) {
    const client = world.client(context);
    const limits = { timeoutMs: READY_MS, intervalMs: 50, inARow: CALLS_IN_A_ROW, clock: systemClock };
    await waitUntil(
      `calls from ${context}`,
      () => callFrom(client),
      () => true,
      limits,
    ).finally(() => client.close());
  }
}

/** With the real kubectl. */
async function kubectl({ kubeconfigFile, context, count }: Surroundings): Promise<void> {
  const own = ['--kubeconfig', kubeconfigFile, '--context', context, '-n', NAMESPACE];
  const name = `kubectl-${count}`;
  for (const argv of [
    ['get', 'pods', '-o', 'wide'],
    ['create', 'configmap', name, '--from-literal=key=value'],
    ['delete', 'configmap', name],
    ['exec', 'deploy/sleep', '-c', 'sleep', '--', 'curl', '-sS', 'http://helloworld:5000/hello'],
  ]) {
    await execa('kubectl', [...own, ...argv], { stdin: 'ignore' });
  }
}

const LANES: readonly Lane[] = [
  { pauseMs: 100, work: get },
  { pauseMs: 5000, work: change },
  { pauseMs: 250, work: watch },
  { pauseMs: 120_000, work: deploy },
  { pauseMs: 250, work: call },
];
const LANE_OF_KUBECTL: Lane = { pauseMs: 10_000, work: kubectl };

export interface LoadOptions {
  readonly durationMs: number;
  readonly hasKubectl: boolean;
  /** Ends the load with its reason. */
  readonly signal: AbortSignal;
}

let count = 0;
/** When a lane of a cluster has its next turn: the pauses go on while the world is measured. */
const dueAt = new Map<string, number>();

/**
 * Keeps all clusters busy for a while. When it returns nothing is under way, and no client is connected.
 * @throws Error if anything is answered otherwise than in a mesh that works
 */
export async function load(
  world: SoakWorld,
  { durationMs, hasKubectl, signal }: LoadOptions,
): Promise<Latencies> {
  const latencies: Latencies = { gets: [], calls: [] };
  const end = performance.now() + durationMs;
  const failure = new AbortController();
  const ended = AbortSignal.any([failure.signal, signal]);
  setMaxListeners(0, ended);
  const lanes = [...LANES, ...(hasKubectl ? [LANE_OF_KUBECTL] : [])];
  const { kubeconfigFile } = world;
  await Promise.all(
    world.contexts.map(async context => {
      const client = world.client(context);
      const repeat = async ({ pauseMs, work }: Lane) => {
        const key = `${context} ${work.name}`;
        for (;;) {
          const next = Math.min(end, dueAt.get(key) ?? 0);
          await sleep(Math.max(0, next - performance.now()), undefined, { signal: ended });
          if (performance.now() >= end) return;
          count += 1;
          await work({ client, context, kubeconfigFile, latencies, count });
          dueAt.set(key, performance.now() + pauseMs);
        }
      };
      try {
        await Promise.all(lanes.map(lane => repeat(lane).catch(error => failure.abort(error))));
      } finally {
        client.close();
      }
    }),
  );
  ended.throwIfAborted();
  return latencies;
}
