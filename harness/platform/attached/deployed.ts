/** Takes the guide's workloads out of a cluster again: those that were not there before. */
import { READ_MS } from '../../base/answer-deadline.ts';
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import {
  isNotFound,
  KubernetesClient,
  type KubernetesObject,
  type ResourcePath,
} from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ClusterName } from '../../model/names.ts';
import type { DeployedEntry } from '../ledger.ts';
import { hasLabelled, managersOf, type Removed } from '../marks.ts';

const NAMESPACE = 'sample';
/** What the samples consist of. */
const KINDS = [
  { apiVersion: 'apps/v1', plural: 'deployments' },
  { apiVersion: 'v1', plural: 'services' },
  { apiVersion: 'v1', plural: 'serviceaccounts' },
] as const;
/** The names of their objects; others in the namespace are someone else's. */
const OURS = /^(helloworld|helloworld-v\d+|sleep|curl)$/;
const GONE_MS = 100_000;
const POLL_MS = 250;

/** How a cluster was before the workloads were deployed. */
export type Before = DeployedEntry['before'];

/** Notes how the clusters are. It only reads. */
export async function lookBefore(
  clients: ReadonlyMap<ClusterName, KubernetesClient>,
  signal: AbortSignal,
): Promise<ReadonlyMap<ClusterName, Before>> {
  const all = [...clients].map(async ([name, client]) => [name, await lookAt(client, signal)] as const);
  return new Map(await Promise.all(all));
}

async function lookAt(client: KubernetesClient, signal: AbortSignal): Promise<Before> {
  const system = await client.get(systemPath, signal);
  const namespace = await client.find(namespacePath, signal);
  const objects = await Promise.all(
    KINDS.map(async kind => {
      const { items } = await client.list({ ...kind, namespace: NAMESPACE }, {}, signal);
      return items.map(({ metadata }) => `${kind.plural}/${metadata.name}`);
    }),
  );
  return {
    uid: system.metadata.uid ?? '',
    hadNamespace: namespace !== undefined,
    labels: namespace?.metadata.labels ?? {},
    objects: objects.flat(),
  };
}

/** How to remove. */
interface RemovalOptions {
  readonly clock: Clock;
  /**
   * The manager that the API server noted of all that was deployed: nothing without it is touched. Absent at
   * the end of the run itself.
   */
  readonly mark?: string;
}

/**
 * Removes what was deployed since: the namespace if there was none, else the samples' objects and labels.
 * @returns what could not be removed, and what was left as it has not the mark
 */
export async function removeDeployed(
  client: KubernetesClient,
  before: Before,
  options: RemovalOptions,
): Promise<Removed> {
  return await new Removal(client, before, options).run();
}

/** Does the same by what a killed run has noted; the cluster may be another one by now. */
export async function removeNoted(
  kubeconfig: string,
  before: Before,
  { clock, mark }: Required<RemovalOptions>,
): Promise<Removed> {
  const client = new KubernetesClient(kubeconfig, { limit: { clock, readMs: READ_MS } });
  try {
    return await removeDeployed(client, before, { clock, mark });
  } finally {
    client.close();
  }
}

class Removal {
  readonly #client: KubernetesClient;
  readonly #before: Before;
  readonly #options: RemovalOptions;
  readonly #failures: string[] = [];
  readonly #left: string[] = [];

  constructor(client: KubernetesClient, before: Before, options: RemovalOptions) {
    this.#client = client;
    this.#before = before;
    this.#options = options;
  }

  async run(): Promise<Removed> {
    await this.#attempt('the cluster', async () => {
      const { metadata } = await this.#client.get(systemPath);
      if (metadata.uid !== this.#before.uid) throw new Error('it is another one now: nothing was removed');
      const namespace = await this.#client.find(namespacePath);
      if (!namespace) return;
      if (this.#before.hadNamespace) await this.#removeObjects();
      else await this.#removeNamespace(namespace);
    });
    return { failures: this.#failures, left: this.#left };
  }

  async #attempt(what: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (!isNotFound(error)) this.#failures.push(`${what}: ${messageOf(error)}`);
    }
  }

  #isOurs(object: KubernetesObject): boolean {
    const { mark } = this.#options;
    return mark === undefined || managersOf(object).includes(mark);
  }

  async #removeNamespace(namespace: KubernetesObject): Promise<void> {
    if (!this.#isOurs(namespace)) {
      this.#left.push(`namespace ${NAMESPACE}, which this run has not made`);
      return;
    }
    await this.#attempt(`namespace ${NAMESPACE}`, async () => {
      await this.#client.delete(namespacePath);
      await gone(this.#client, this.#options.clock);
    });
  }

  async #removeObjects(): Promise<void> {
    for (const kind of KINDS) {
      await this.#attempt(kind.plural, async () => {
        const { items } = await this.#client.list({ ...kind, namespace: NAMESPACE });
        for (const item of items) await this.#removeObject(kind, item);
      });
    }
    await this.#attempt(`the labels of namespace ${NAMESPACE}`, () => this.#restoreLabels());
  }

  async #removeObject(kind: (typeof KINDS)[number], object: KubernetesObject): Promise<void> {
    const { name = '' } = object.metadata;
    const what = `${kind.plural}/${name}`;
    if (!OURS.test(name) || this.#before.objects.includes(what)) return;
    if (this.#isOurs(object))
      await this.#attempt(what, () => this.#client.delete({ ...kind, namespace: NAMESPACE, name }));
    else this.#left.push(`${what} in ${NAMESPACE}, which this run has not made`);
  }

  async #restoreLabels(): Promise<void> {
    const { labels } = this.#before;
    const { mark } = this.#options;
    const now = await this.#client.get(namespacePath);
    const changed = [...new Set([...Object.keys(now.metadata.labels ?? {}), ...Object.keys(labels)])]
      .filter(key => now.metadata.labels?.[key] !== labels[key])
      .filter(key => mark === undefined || hasLabelled(now, mark, key));
    if (changed.length === 0) return;
    const patch = Object.fromEntries(changed.map(key => [key, labels[key] ?? null]));
    await this.#client.patch(namespacePath, 'merge', { metadata: { labels: patch } });
  }
}

async function gone(client: KubernetesClient, clock: Clock): Promise<void> {
  await waitUntil(
    `namespace ${NAMESPACE} to be gone`,
    () => client.find(namespacePath),
    found => found === undefined,
    {
      timeoutMs: GONE_MS,
      intervalMs: POLL_MS,
      clock,
      describe: found => (found === undefined ? 'gone' : 'still there'),
    },
  );
}

const namespacePath: ResourcePath = { apiVersion: 'v1', plural: 'namespaces', name: NAMESPACE };
const systemPath: ResourcePath = { ...namespacePath, name: 'kube-system' };
