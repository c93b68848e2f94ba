/** What a failed run asks its clusters for people to read: pods, events, logs, what the proxies say. */
import { type Clock, systemClock } from '../base/clock.ts';
import { KubernetesClient, type KubernetesObject } from '../base/kubernetes-client.ts';
import type { Bundle } from './bundle.ts';
import type { Cluster, Programs } from './platform.ts';

const MAX_LOG_LINES = '2000';
const ASK_MS = 30_000;
const CLUSTER_MS = 3 * ASK_MS;
/** A cluster that does not answer this soon is not asked for the rest. */
const FIRST_MS = 10_000;
const NAMESPACES = ['istio-system', 'sample'];
const PROXY = 'istio-proxy';

/** Collections that are small, and tell most of what goes wrong. */
const COLLECTIONS = [
  { apiVersion: 'v1', plural: 'nodes' },
  { apiVersion: 'v1', plural: 'pods' },
  { apiVersion: 'v1', plural: 'services' },
  { apiVersion: 'v1', plural: 'endpoints' },
  { apiVersion: 'v1', plural: 'events' },
  { apiVersion: 'apps/v1', plural: 'deployments' },
] as const;

/**
 * Adds to a bundle what every cluster can be asked.
 * @param programs - present if the real istioctl can be asked too
 * @param clock - the clusters' own: a simulated world has its own time
 */
export async function describeClusters(
  bundle: Bundle,
  clusters: Iterable<Cluster>,
  programs: Programs | undefined,
  kubeconfigFile: (cluster: Cluster) => string | undefined,
  clock: Clock = systemClock,
): Promise<void> {
  await Promise.all(
    [...clusters].map(cluster =>
      describe(bundle, cluster, { programs, kubeconfig: kubeconfigFile(cluster), clock }),
    ),
  );
}

interface Asked {
  readonly programs: Programs | undefined;
  readonly kubeconfig: string | undefined;
  readonly clock: Clock;
}

async function describe(
  bundle: Bundle,
  cluster: Cluster,
  { clock, programs, kubeconfig }: Asked,
): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  const giveUpAfter = (ms: number) =>
    clock.setTimeout(() => controller.abort(new Error(`no answer within ${ms / 1000} s`)), ms);
  let late = giveUpAfter(FIRST_MS);
  const { name, dial } = cluster;
  const client = new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {});
  try {
    let pods: readonly KubernetesObject[] = [];
    for (const path of COLLECTIONS) {
      await bundle.add(`${name}/${path.plural}.json`, async () => {
        const { items } = await client.list(path, {}, signal);
        if (path.plural === 'pods') pods = items;
        return json(items.map(withoutNoise));
      });
      if (path !== COLLECTIONS[0]) continue;
      clock.clearTimeout(late);
      late = giveUpAfter(CLUSTER_MS);
    }
    if (programs && kubeconfig !== undefined) {
      await bundle.add(`${name}/proxy-status.txt`, () => proxyStatus(programs, kubeconfig, signal));
    }
    const ours = pods.filter(({ metadata }) => NAMESPACES.includes(metadata.namespace ?? ''));
    const asking = { bundle, name, client, clock, signal };
    for (const pod of ours) if (containersOf(pod).includes(PROXY)) await addProxy(pod, asking);
    for (const pod of ours) await addLogs(pod, asking);
  } finally {
    clock.clearTimeout(late);
    client.close();
  }
}

interface AskedCluster {
  readonly bundle: Bundle;
  /** The cluster's: its folder in the bundle. */
  readonly name: string;
  readonly client: KubernetesClient;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Asks the real istioctl what istiod has sent to each proxy. */
async function proxyStatus(programs: Programs, kubeconfig: string, signal: AbortSignal): Promise<string> {
  // Loaded here: a simulated run must not load what starts processes.
  const { runProcess } = await import('../process/run.ts');
  const argv = ['proxy-status', '--kubeconfig', kubeconfig];
  const { stdout, stderr } = await runProcess(programs.istioctl, argv, {
    env: programs.env,
    timeoutMs: ASK_MS,
    signal,
  });
  return `${stdout}${stderr}`;
}

/**
 * Adds what a proxy says of itself. Envoy leaves keys out of it (envoyproxy/envoy
 * api/envoy/admin/v3/config_dump.proto).
 */
async function addProxy(
  { metadata }: KubernetesObject,
  { bundle, name, client, ...options }: AskedCluster,
): Promise<void> {
  const { namespace = '', name: pod = '' } = metadata;
  for (const [file, path] of [
    ['clusters.txt', 'clusters'],
    ['config.json', 'config_dump?include_eds=on'],
  ] as const) {
    await bundle.add(`${name}/proxies/${namespace}/${pod}/${file}`, async () => {
      const argv = ['pilot-agent', 'request', 'GET', path];
      const { stdout, stderr } = await client.exec(namespace, pod, PROXY, argv, {
        ...options,
        timeoutMs: ASK_MS,
      });
      return `${stdout}${stderr}`;
    });
  }
}

/** Adds the log of each container of a pod. */
async function addLogs(pod: KubernetesObject, { bundle, name, client, signal }: AskedCluster): Promise<void> {
  const { namespace = '', name: podName = '' } = pod.metadata;
  for (const container of containersOf(pod)) {
    await bundle.add(`${name}/logs/${namespace}/${podName}/${container}.log`, () =>
      client.logs(namespace, podName, { container, tailLines: MAX_LOG_LINES }, signal),
    );
  }
}

/** Drops who changed which field: it fills most of a list, and tells little. */
function withoutNoise({ metadata, ...rest }: KubernetesObject): KubernetesObject {
  const { managedFields: _managedFields, ...kept } = metadata;
  return { metadata: kept, ...rest };
}

function containersOf(pod: KubernetesObject): readonly string[] {
  // A PodSpec.
  const spec = (pod['spec'] ?? {}) as Readonly<
    Record<string, readonly { readonly name: string }[] | undefined>
  >;
  return [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])].map(({ name }) => name);
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
