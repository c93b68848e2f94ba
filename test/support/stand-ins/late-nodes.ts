/**
 * Nodes and name servers that are ready only some time after kind has returned, as those of the real kind are
 * (real-kind-2026-11, section 4): until then pods stay pending, and the name server has no endpoint.
 */
import { systemClock, type Timer } from '../../../harness/base/clock.ts';
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';

/** Milliseconds of the wall's clock after kind has returned. */
export interface Lateness {
  readonly nodesMs: number;
  readonly nameServerMs: number;
}

const NODES = { apiVersion: 'v1', plural: 'nodes' };
const NAME_SERVER = { apiVersion: 'v1', plural: 'endpoints', namespace: 'kube-system', name: 'kube-dns' };

/** A cluster whose readiness is taken away, and given back in two parts. */
export class LateCluster {
  readonly #client: KubernetesClient;
  readonly #subsets: unknown;
  readonly #timers: Timer[] = [];

  private constructor(client: KubernetesClient, subsets: unknown) {
    this.#client = client;
    this.#subsets = subsets;
  }

  static async holdBack(kubeconfig: string): Promise<LateCluster> {
    const client = new KubernetesClient(kubeconfig);
    await setReady(client, false);
    const { subsets } = (await client.get(NAME_SERVER)) as { readonly subsets?: unknown };
    await client.patch(NAME_SERVER, 'merge', { subsets: null });
    return new LateCluster(client, subsets);
  }

  /** @param onReady - called when its nodes are ready, and when its name server answers */
  release({ nodesMs, nameServerMs }: Lateness, onReady: (what: 'nodes' | 'name server') => void): void {
    this.#after(nodesMs, async () => {
      await setReady(this.#client, true);
      onReady('nodes');
    });
    this.#after(nameServerMs, async () => {
      await this.#client.patch(NAME_SERVER, 'merge', { subsets: this.#subsets });
      onReady('name server');
    });
  }

  /** Leaves it as it is: it ends. */
  giveUp(): void {
    for (const timer of this.#timers) systemClock.clearTimeout(timer);
    this.#client.close();
  }

  #after(ms: number, work: () => Promise<void>): void {
    // Its cluster may be gone by then.
    this.#timers.push(systemClock.setTimeout(() => void work().catch(() => {}), ms));
  }
}

async function setReady(client: KubernetesClient, isReady: boolean): Promise<void> {
  const { items } = await client.list(NODES);
  await Promise.all(
    items.map(node =>
      client.patch({ ...NODES, name: node.metadata.name ?? '', subresource: 'status' }, 'merge', {
        status: { conditions: conditionsOf(node).map(each => withReady(each, isReady)) },
      }),
    ),
  );
}

interface Condition {
  readonly type: string;
}

const conditionsOf = (node: KubernetesObject): readonly Condition[] =>
  ((node['status'] ?? {}) as { readonly conditions?: readonly Condition[] }).conditions ?? []; // a NodeStatus

/** The words of a kubelet whose network plug-in is not there yet (pkg/kubelet/nodestatus/setters.go @v1.34.0). */
const withReady = (condition: Condition, isReady: boolean): Condition =>
  condition.type !== 'Ready'
    ? condition
    : isReady
      ? {
          ...condition,
          ...{ status: 'True', reason: 'KubeletReady', message: 'kubelet is posting ready status' },
        }
      : {
          ...condition,
          ...{ status: 'False', reason: 'KubeletNotReady', message: 'cni plugin not initialized' },
        };
