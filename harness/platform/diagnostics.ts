/** What a failed run leaves for people to read: pods, events, logs, what the proxies say. Redacted, and never more than 25 MB. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf } from '../base/errors.ts';
import { KubernetesClient, type KubernetesObject } from '../base/kubernetes-client.ts';
import { redact } from '../base/redact.ts';
import { runProcess } from '../process/run.ts';
import type { Cluster, Programs } from './platform.ts';

const MAX_BYTES = 25 * 1024 * 1024;
const MAX_LOG_LINES = '2000';
const ASK_MS = 30_000;
const NAMESPACES = ['istio-system', 'sample'];

/** Writes files into one folder until the budget is spent. */
export class Bundle {
  readonly #folder: string;
  #left = MAX_BYTES;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Never throws: what can not be had is what the file says. */
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
    await mkdir(join(file, '..'), { recursive: true });
    await writeFile(file, bytes, { mode: 0o600 });
  }
}

/** What every cluster can be asked. */
export async function describeClusters(
  bundle: Bundle,
  clusters: Iterable<Cluster>,
  programs: Programs | undefined,
  kubeconfigFile: (cluster: Cluster) => string | undefined,
): Promise<void> {
  await Promise.all([...clusters].map(cluster => describe(bundle, cluster, programs, kubeconfigFile(cluster))));
}

async function describe(
  bundle: Bundle,
  cluster: Cluster,
  programs: Programs | undefined,
  kubeconfig: string | undefined,
): Promise<void> {
  const signal = AbortSignal.timeout(3 * ASK_MS);
  const { name, dial } = cluster;
  const client = new KubernetesClient(cluster.kubeconfig('this-machine'), dial ? { dial } : {});
  try {
    const list = (plural: string, namespace?: string) =>
      client.list({ apiVersion: 'v1', plural, ...(namespace !== undefined && { namespace }) }, {}, signal);
    let pods: readonly KubernetesObject[] = [];
    await bundle.add(`${name}/nodes.json`, async () => json((await list('nodes')).items));
    await bundle.add(`${name}/pods.json`, async () => {
      pods = (await list('pods')).items;
      return json(pods);
    });
    await bundle.add(`${name}/services.json`, async () => json((await list('services')).items));
    await bundle.add(`${name}/events.json`, async () => json((await list('events')).items));
    if (programs && kubeconfig !== undefined) {
      const istioctl = async (...args: readonly string[]) => {
        const result = await runProcess(programs.istioctl, ['--kubeconfig', kubeconfig, ...args], {
          env: programs.env,
          timeoutMs: ASK_MS,
          signal,
        });
        return `${result.stdout}${result.stderr}`;
      };
      await bundle.add(`${name}/proxy-status.txt`, () => istioctl('proxy-status'));
      for (const { metadata } of pods.filter(({ metadata }) => metadata.namespace === 'sample')) {
        for (const what of ['clusters', 'endpoints', 'listeners']) {
          await bundle.add(`${name}/proxy-config/${metadata.name}-${what}.txt`, () =>
            istioctl('proxy-config', what, `${metadata.name}.${metadata.namespace}`),
          );
        }
      }
    }
    for (const pod of pods.filter(({ metadata }) => NAMESPACES.includes(metadata.namespace ?? ''))) {
      const { namespace = '', name: podName = '' } = pod.metadata;
      for (const container of containersOf(pod)) {
        await bundle.add(`${name}/logs/${namespace}/${podName}/${container}.log`, () =>
          client.logs(namespace, podName, { container, tailLines: MAX_LOG_LINES }, signal),
        );
      }
    }
  } finally {
    client.close();
  }
}

function containersOf(pod: KubernetesObject): readonly string[] {
  // A PodSpec.
  const spec = (pod['spec'] ?? {}) as Readonly<Record<string, readonly { readonly name: string }[] | undefined>>;
  return [...(spec['initContainers'] ?? []), ...(spec['containers'] ?? [])].map(({ name }) => name);
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 1)}\n`;
