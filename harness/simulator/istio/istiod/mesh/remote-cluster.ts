/** One remote cluster: what a kubeconfig of a remote secret becomes. */

import type { Clock } from '../../../../base/clock.ts';
import { linkedSignal } from '../../../../base/deadline.ts';
import { messageOf } from '../../../../base/errors.ts';
import { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Dial } from '../../../../base/kubernetes-transport.ts';
import type { LabelSelector } from '../../../../base/labels.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import type { IstiodSettings } from '../model/settings.ts';
import { ClusterRegistry, type ClusterRegistryOptions } from '../watch/cluster-registry.ts';
import { usableKubeconfig } from '../watch/remote-kubeconfig.ts';

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

/** What happens to the clusters that serve the mesh; a cluster serves once it has synced. */
export type RemoteClusterEvent =
  /** It has synced for the first time. */
  | { readonly type: 'added'; readonly cluster: RemoteCluster }
  /** Its new registry has synced and takes over from the one before. */
  | { readonly type: 'replaced'; readonly cluster: RemoteCluster; readonly before: ClusterRegistry }
  /** Its secret is gone. `registries`: all that may have served it. */
  | { readonly type: 'removed'; readonly registries: readonly ClusterRegistry[] };

/** A kubeconfig, and where it comes from. */
export interface RemoteSource {
  readonly id: string;
  readonly secret: string;
  readonly fingerprint: string;
  readonly kubeconfig: string;
}

/** What istiod brings along to any cluster. */
export interface OpeningOptions {
  readonly settings: IstiodSettings;
  readonly dial: Dial;
  /** Reads a file of istiod's own container; undefined if there is none. */
  readonly readFile: (path: string) => string | undefined;
  readonly clock: Clock;
  /** The process's own stream; each registry draws from one that is named after its cluster. */
  readonly random: Random;
  /** Aborts when istiod ends. */
  readonly signal: AbortSignal;
  readonly log: Log;
  /** Of the mesh, now; see `ClusterRegistry.select`. */
  readonly discoverySelectors: () => readonly LabelSelector[];
  /** Something changed in a cluster, synced or not; see `ClusterRegistryOptions`. */
  readonly onChange: ClusterRegistryOptions['onChange'];
}

/**
 * Opens a cluster and starts to watch it.
 * @returns undefined if the kubeconfig cannot be used; the log says why, and istiod goes on
 */
export function openRemoteCluster(source: RemoteSource, options: OpeningOptions): RemoteCluster | undefined {
  const { id, secret, kubeconfig } = source;
  const { settings, dial, readFile, log } = options;
  try {
    const usable = usableKubeconfig(kubeconfig, {
      isSanitized: !settings.behaviour.acceptsOwnClusterId,
      allowed: settings.insecureKubeconfigOptions,
      readFile,
    });
    const { streamsLists } = settings.behaviour;
    return watchCluster(source, new KubernetesClient(usable, { dial, streamsLists }), options);
  } catch (error) {
    log.error(`Failed to add remote cluster from secret=${secret} for cluster_id=${id}: ${messageOf(error)}`);
    return undefined;
  }
}

function watchCluster(
  { id, secret, fingerprint }: RemoteSource,
  client: KubernetesClient,
  { settings, clock, random, signal, log, discoverySelectors, onChange }: OpeningOptions,
): RemoteCluster {
  const linked = linkedSignal(signal);
  const registry = new ClusterRegistry({
    clusterId: id,
    client: () => client,
    signal: linked.signal,
    behaviour: settings.behaviour,
    systemNamespace: settings.namespace,
    domain: settings.domain,
    clock,
    random: random.stream(`registry/${id}`),
    log,
    onChange,
  });
  const selectors = discoverySelectors();
  if (selectors.length > 0) void registry.select(selectors);
  return {
    id,
    secret,
    fingerprint,
    client,
    registry,
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
