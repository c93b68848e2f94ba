/** Takes away what a run has made in someone's cluster: what was not there before, and nothing else. */
import type { Clock } from '../../base/clock.ts';
import { messageOf } from '../../base/errors.ts';
import {
  isNotFound,
  KubernetesClient,
  type KubernetesObject,
  type ResourcePath,
} from '../../base/kubernetes-client.ts';
import { waitUntil } from '../../base/wait.ts';
import type { ExistingEntry } from '../ledger.ts';
import { managerOf, managersOf, type Removed } from '../marks.ts';
import {
  CLUSTER_SCOPED,
  type ClusterScopedKind,
  isIstioDefinition,
  isOfIstio,
  NAMESPACES,
  probeNamespaceOf,
  ROOT_CONFIG_MAPS,
} from './ownership.ts';

export interface RemoveOptions {
  readonly kubeconfig: string;
  readonly runId: string;
  readonly entry: Pick<ExistingEntry, 'uid' | 'before' | 'isMarked'>;
  /**
   * By the run itself, at its end: a namespace without anyone's mark was made by its istioctl then. Later it
   * may be anyone's.
   */
  readonly atTheEnd: boolean;
  readonly clock: Clock;
}

const GONE_MS = 100_000;
const POLL_MS = 250;

export async function removeFromCluster(options: RemoveOptions): Promise<Removed> {
  const client = new KubernetesClient(options.kubeconfig);
  try {
    return await new Removal(client, options).run();
  } catch (error) {
    return { failures: [messageOf(error)], left: [] };
  } finally {
    client.close();
  }
}

class Removal {
  readonly #client: KubernetesClient;
  readonly #options: RemoveOptions;
  readonly #failures: string[] = [];
  readonly #left: string[] = [];

  constructor(client: KubernetesClient, options: RemoveOptions) {
    this.#client = client;
    this.#options = options;
  }

  async run(): Promise<Removed> {
    const { entry, runId, atTheEnd } = this.#options;
    const system = await this.#client.get(namespacePath('kube-system'));
    if (system.metadata.uid !== entry.uid) {
      return { failures: ['the context names another cluster now: nothing was removed'], left: [] };
    }
    const own: string[] = [];
    let isMeshOwn = atTheEnd;
    for (const name of [probeNamespaceOf(runId), ...NAMESPACES]) {
      const namespace = await this.#client.find(namespacePath(name));
      if (!namespace) continue;
      const isOwn = this.#isOwn(namespace);
      if (isOwn) own.push(name);
      else this.#left.push(`namespace ${name}, which this run has not made`);
      if (name === 'istio-system') isMeshOwn = isOwn;
    }
    // Without the namespace of this run's Istio, or with someone else's, what is there of Istio is not this
    // run's: the namespaces go last.
    if (isMeshOwn) {
      for (const kind of CLUSTER_SCOPED) await this.#removeNew(kind);
      await this.#removeConfigMaps(own);
    }
    for (const name of own) await this.#remove(namespacePath(name));
    for (const name of own) await this.#gone(name);
    // Once more: an istiod that was just writing.
    if (isMeshOwn) await this.#removeConfigMaps(own);
    return { failures: this.#failures, left: this.#left };
  }

  /**
   * Tells whether the run created a namespace. Those of its plan carry its mark from their first moment on,
   * also if the run was killed then.
   */
  #isOwn(namespace: KubernetesObject): boolean {
    const { entry, runId, atTheEnd } = this.#options;
    const managers = managersOf(namespace);
    if (!entry.isMarked || managers.includes(managerOf(runId))) return true;
    return atTheEnd && !managers.some(name => name === 'kubectl-create' || name.startsWith(managerOf('')));
  }

  async #removeNew({ apiVersion, plural, optional }: ClusterScopedKind): Promise<void> {
    const before = this.#options.entry.before[plural] ?? [];
    try {
      const { items } = await this.#client.list({ apiVersion, plural });
      for (const item of items) {
        const { name = '' } = item.metadata;
        const isNew = (isOfIstio(item) || isIstioDefinition(name)) && !before.includes(name);
        if (isNew) await this.#remove({ apiVersion, plural, name });
      }
    } catch (error) {
      if (!optional || !isNotFound(error)) this.#failures.push(`${plural}: ${messageOf(error)}`);
    }
  }

  /** @param except - namespaces that go away as a whole */
  async #removeConfigMaps(except: readonly string[]): Promise<void> {
    const before = this.#options.entry.before['configmaps'] ?? [];
    for (const name of ROOT_CONFIG_MAPS) {
      const path = { apiVersion: 'v1', plural: 'configmaps' };
      const { items } = await this.#client.list(path, { fieldSelector: `metadata.name=${name}` });
      for (const { metadata } of items) {
        const { namespace = '' } = metadata;
        if (except.includes(namespace) || before.includes(`${namespace}/${name}`)) continue;
        await this.#remove({ ...path, namespace, name });
      }
    }
  }

  async #remove(path: ResourcePath): Promise<void> {
    try {
      await this.#client.delete(path);
    } catch (error) {
      if (!isNotFound(error)) this.#failures.push(`${path.plural}/${path.name}: ${messageOf(error)}`);
    }
  }

  async #gone(name: string): Promise<void> {
    try {
      await waitUntil(
        `namespace ${name} to be gone`,
        () => this.#client.find(namespacePath(name)),
        found => found === undefined,
        {
          timeoutMs: GONE_MS,
          intervalMs: POLL_MS,
          clock: this.#options.clock,
          describe: found => (found === undefined ? 'gone' : 'still there'),
        },
      );
    } catch (error) {
      this.#failures.push(messageOf(error));
    }
  }
}

const namespacePath = (name: string): ResourcePath => ({ apiVersion: 'v1', plural: 'namespaces', name });
