/**
 * Nodes and name servers that are ready only some time after kind has returned, as those of the real kind are
 * (real-kind-2026-11, section 4): until then pods stay pending, and the name server has no endpoint.
 */
import { KubernetesClient, type KubernetesObject } from '../../../harness/base/kubernetes-client.ts';

/** What is waited for from the moment at which kind returns. */
export interface Lateness {
  readonly nodes: () => Promise<void>;
  readonly nameServer: () => Promise<void>;
}

const NODES = { apiVersion: 'v1', plural: 'nodes' };
const NAME_SERVER = { apiVersion: 'v1', plural: 'endpoints', namespace: 'kube-system', name: 'kube-dns' };

/** A cluster whose readiness is taken away, and given back in two parts. */
export class LateCluster {
  readonly #client: KubernetesClient;
  readonly #subsets: unknown;

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
  release({ nodes, nameServer }: Lateness, onReady: (what: 'nodes' | 'name server') => void): void {
    this.#after(nodes(), async () => {
      await setReady(this.#client, true);
      onReady('nodes');
    });
    this.#after(nameServer(), async () => {
      await this.#client.patch(NAME_SERVER, 'merge', { subsets: this.#subsets });
      onReady('name server');
    });
  }

  /** Leaves it as it is: it ends. */
  giveUp(): void {
    this.#client.close();
  }

  #after(awaited: Promise<void>, work: () => Promise<void>): void {
    void awaited.then(work).catch(() => {}); // its cluster may be gone by then
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
