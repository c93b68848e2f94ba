/**
 * What a failed run leaves for people to read: pods, events, logs, what the proxies say. Redacted, and never
 * more than 25 MB.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type Clock, systemClock } from '../base/clock.ts';
import { messageOf } from '../base/errors.ts';
import { KubernetesClient, type KubernetesObject } from '../base/kubernetes-client.ts';
import { redact } from '../base/redact.ts';
import type { Cluster, Programs } from './platform.ts';

export const MAX_BUNDLE_BYTES = 25 * 1024 * 1024;
const MAX_LOG_LINES = '2000';
const ASK_MS = 30_000;
const CLUSTER_MS = 3 * ASK_MS;
/** What does not answer this soon is not asked for the rest. */
const FIRST_MS = 10_000;
const OWNER_ONLY = 0o600;
const OWNER_ONLY_FOLDER = 0o700;
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
 * Writes files into one folder until the budget is spent. Nothing is awaited for the disk: a simulated world
 * would go on meanwhile.
 */
export class Bundle {
  readonly #folder: string;
  #left: number;

  constructor(folder: string, maxBytes = MAX_BUNDLE_BYTES) {
    this.#folder = folder;
    this.#left = maxBytes;
  }

  /** Never throws: what cannot be had is what the file says. */
  async add(name: string, read: () => Promise<string>): Promise<void> {
    let text: string;
    try {
      text = await read();
    } catch (error) {
      text = `not obtained: ${messageOf(error)}\n`;
    }
    const bytes = Buffer.from(redact(text)).subarray(0, this.#left);
    this.#left -= bytes.length;
    if (bytes.length === 0) return;
    const file = join(this.#folder, name);
    mkdirSync(dirname(file), { recursive: true, mode: OWNER_ONLY_FOLDER });
    writeFileSync(file, bytes, { mode: OWNER_ONLY });
  }
}

/**
 * What every cluster can be asked.
 * @param programs - where the real istioctl can be asked too
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
      await bundle.add(`${name}/proxy-status.txt`, async () => {
        // Only where real programs are: what starts processes is not loaded into a simulated run.
        const { runProcess } = await import('../process/run.ts');
        const argv = ['proxy-status', '--kubeconfig', kubeconfig];
        const { stdout, stderr } = await runProcess(programs.istioctl, argv, {
          env: programs.env,
          timeoutMs: ASK_MS,
          signal,
        });
        return `${stdout}${stderr}`;
      });
    }
    const ours = pods.filter(({ metadata }) => NAMESPACES.includes(metadata.namespace ?? ''));
    for (const pod of ours.filter(each => containersOf(each).includes(PROXY))) {
      const { namespace = '', name: podName = '' } = pod.metadata;
      // The proxy's own words. Envoy leaves keys out of them (envoyproxy/envoy
      // api/envoy/admin/v3/config_dump.proto).
      for (const [file, path] of [
        ['clusters.txt', 'clusters'],
        ['config.json', 'config_dump?include_eds=on'],
      ] as const) {
        await bundle.add(`${name}/proxies/${namespace}/${podName}/${file}`, async () => {
          const argv = ['pilot-agent', 'request', 'GET', path];
          const { stdout, stderr } = await client.exec(namespace, podName, PROXY, argv, {
            clock,
            signal,
            timeoutMs: ASK_MS,
          });
          return `${stdout}${stderr}`;
        });
      }
    }
    for (const pod of ours) {
      const { namespace = '', name: podName = '' } = pod.metadata;
      for (const container of containersOf(pod)) {
        await bundle.add(`${name}/logs/${namespace}/${podName}/${container}.log`, () =>
          client.logs(namespace, podName, { container, tailLines: MAX_LOG_LINES }, signal),
        );
      }
    }
  } finally {
    clock.clearTimeout(late);
    client.close();
  }
}

/** Who changed which field fills most of a list, and tells little. */
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
