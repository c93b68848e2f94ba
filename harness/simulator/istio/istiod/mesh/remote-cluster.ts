/** One remote cluster: what a kubeconfig of a remote secret becomes. */
import { linkedSignal } from '../../../../base/deadline.ts';
import { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Dial } from '../../../../base/kubernetes-transport.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';

/** How far istiod has come with a cluster, as `/debug/clusterz` shows it. */
export type SyncStatus = 'syncing' | 'synced' | 'timeout' | 'closed';

/** A cluster that istiod discovers through a remote secret. */
export interface RemoteCluster {
  readonly id: string;
  /** Key of the secret: `istio-system/istio-remote-secret-cluster2`. */
  readonly secret: string;
  /** Tells whether a kubeconfig is another one. */
  readonly fingerprint: string;
  readonly client: KubernetesClient;
  readonly registry: ClusterRegistry;
  status: SyncStatus;
  /** The cluster's earlier registry, which serves until this one has synced. */
  predecessor: RemoteCluster | undefined;
  /** Aborts when istiod lets go of the cluster. */
  readonly signal: AbortSignal;
  /** Ends all watches and closes the connection. */
  stop(): void;
}

/** Where a kubeconfig comes from, and how to use it. */
export interface RemoteSource {
  readonly id: string;
  readonly secret: string;
  readonly fingerprint: string;
  readonly kubeconfig: string;
  readonly dial: Dial;
  /** Aborts when istiod ends. */
  readonly signal: AbortSignal;
}

/** Makes the registry of a cluster; it starts to watch at once. */
export type WatchCluster = (options: {
  readonly clusterId: string;
  readonly client: () => KubernetesClient;
  readonly signal: AbortSignal;
}) => ClusterRegistry;

/**
 * Opens a cluster and starts to watch it.
 * @throws Error if the kubeconfig cannot be used
 */
export function openRemoteCluster(source: RemoteSource, watch: WatchCluster): RemoteCluster {
  const { id, secret, fingerprint, kubeconfig, dial, signal } = source;
  const client = new KubernetesClient(kubeconfig, { dial });
  const linked = linkedSignal(signal);
  return {
    id,
    secret,
    fingerprint,
    client,
    registry: watch({ clusterId: id, client: () => client, signal: linked.signal }),
    status: 'syncing',
    predecessor: undefined,
    signal: linked.signal,
    stop: () => {
      linked[Symbol.dispose]();
      linked.abort();
      client.close();
    },
  };
}
