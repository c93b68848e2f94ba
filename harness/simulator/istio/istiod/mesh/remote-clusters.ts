/**
 * Remote clusters come and go with remote secrets (pkg/kube/secretcontroller @1.8.0, pkg/kube/multicluster
 * @1.30.3).
 */
import type { Clock } from '../../../../base/clock.ts';
import { messageOf } from '../../../../base/errors.ts';
import type { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Dial } from '../../../../base/kubernetes-transport.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { IstiodSettings } from '../model/settings.ts';
import { ClusterRegistry, type ClusterRegistryOptions } from '../watch/cluster-registry.ts';
import { Informer } from '../watch/informer.ts';
import {
  fingerprintOf,
  REMOTE_SECRET_LABEL,
  type RemoteSecret,
  readRemoteSecret,
  refuseUnsafe,
} from '../watch/remote-secret.ts';
import { openRemoteCluster, type RemoteCluster, type WatchCluster } from './remote-cluster.ts';

/** What happens to the clusters that serve the mesh. A cluster that has not synced yet is none of them. */
export type RemoteClusterEvent =
  /** It has synced for the first time. */
  | { readonly type: 'added'; readonly cluster: RemoteCluster }
  /** Its new registry has synced and takes over from the one before. */
  | { readonly type: 'replaced'; readonly cluster: RemoteCluster; readonly before: ClusterRegistry }
  /** Its secret is gone. `registries`: all that may have served it. */
  | { readonly type: 'removed'; readonly registries: readonly ClusterRegistry[] };

/** What remote clusters need of istiod, and whom they tell. */
export interface RemoteClustersOptions {
  readonly settings: IstiodSettings;
  readonly localClient: () => KubernetesClient;
  readonly dial: Dial;
  readonly clock: Clock;
  /** The process's own stream; each registry draws from one that is named after its cluster. */
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly onEvent: (event: RemoteClusterEvent) => void;
  /** Something changed in a cluster, synced or not; see `ClusterRegistryOptions`. */
  readonly onChange: ClusterRegistryOptions['onChange'];
}

/** Keeps the set of remote clusters in step with the remote secrets, and tells of each change. */
export class RemoteClusters {
  readonly #options: RemoteClustersOptions;
  readonly #clusters = new Map<string, RemoteCluster>();
  readonly #secrets: Informer<RemoteSecret>;
  /** Work of the single worker, one after the other; only 1.8 waits in it. */
  #queue: Promise<void> = Promise.resolve();
  /** What was there at the start has been worked through; 1.8 is not ready before. */
  readonly initialSync: Promise<void>;

  constructor(options: RemoteClustersOptions) {
    this.#options = options;
    const { settings, localClient, clock, random, signal, log } = options;
    this.#secrets = new Informer({
      client: localClient,
      path: { apiVersion: 'v1', plural: 'secrets', namespace: settings.namespace },
      selectors: { labelSelector: REMOTE_SECRET_LABEL },
      clock,
      random: random.stream('remote'),
      signal,
      keep: readRemoteSecret,
      onChange: (key, now, before) => this.#enqueue(key, now, before),
      kind: 'Secret',
      onFailure: message => log.error(message),
    });
    this.initialSync = this.#secrets.synced.then(() => this.#queue).then(() => this.#initialDeadline());
  }

  /** In the order in which they were added. */
  list(): Iterable<RemoteCluster> {
    return this.#clusters.values();
  }

  /** A client of a cluster that istiod knows, synced or not. */
  client(clusterId: string): KubernetesClient | undefined {
    return this.#clusters.get(clusterId)?.client;
  }

  ids(): readonly string[] {
    return [...this.#clusters.keys()];
  }

  close(): void {
    for (const cluster of this.#clusters.values()) cluster.stop();
  }

  #enqueue(key: string, now: RemoteSecret | undefined, before: RemoteSecret | undefined): void {
    this.#options.metrics.add('remote_cluster_secret_events_total', {
      event: now ? (before ? 'update' : 'add') : 'delete',
    });
    this.#queue = this.#queue.then(() => this.#process(key, now));
  }

  async #process(key: string, secret: RemoteSecret | undefined): Promise<void> {
    if (this.#options.signal.aborted) return;
    for (const cluster of [...this.#clusters.values()])
      if (cluster.secret === key && !secret?.kubeconfigs.has(cluster.id)) this.#remove(cluster);
    for (const [clusterId, kubeconfig] of secret?.kubeconfigs ?? [])
      await this.#put(key, clusterId, kubeconfig);
    this.#options.metrics.set('istiod_managed_clusters', this.#clusters.size, { cluster_type: 'remote' });
  }

  async #put(key: string, clusterId: string, kubeconfig: string): Promise<void> {
    const { settings, log } = this.#options;
    const known = this.#clusters.get(clusterId);
    if (!this.#accepts(key, clusterId, known)) return;
    const fingerprint = fingerprintOf(kubeconfig);
    if (known?.fingerprint === fingerprint) return;
    log.info(`${known ? 'Updating' : 'Adding'} cluster_id=${clusterId} from secret=${key}`);
    const cluster = this.#open(key, clusterId, kubeconfig, fingerprint);
    if (!cluster) return;
    const sync = settings.behaviour.remoteSync;
    if (sync.kind === 'blocking') await this.#breakBeforeMake(cluster, known);
    else this.#makeBeforeBreak(cluster, known, sync.timeoutMs);
  }

  #accepts(key: string, clusterId: string, known: RemoteCluster | undefined): boolean {
    const { settings, log } = this.#options;
    if (!settings.behaviour.acceptsOwnClusterId && clusterId === settings.clusterId) {
      log.info(`ignoring cluster ${clusterId} from secret=${key} as it would overwrite the config cluster`);
      return false;
    }
    if (known && known.secret !== key) {
      log.error(
        `cluster ${clusterId} from secret=${key} has already been registered by secret=${known.secret}, ignoring it`,
      );
      return false;
    }
    return true;
  }

  /**
   * 1.8: an update is a deletion and an addition, and istiod looks at no other secret until this cluster's caches
   * have synced (istio/istio#32102).
   */
  async #breakBeforeMake(cluster: RemoteCluster, known: RemoteCluster | undefined): Promise<void> {
    if (known) this.#remove(known);
    this.#clusters.set(cluster.id, cluster);
    await this.#untilSynced(cluster);
    this.#join(cluster);
  }

  /** current: what serves goes on until its successor can; what never served ends here. */
  #makeBeforeBreak(cluster: RemoteCluster, known: RemoteCluster | undefined, timeoutMs: number): void {
    if (known) {
      cluster.predecessor = known.status === 'synced' ? known : known.predecessor;
      if (known !== cluster.predecessor) known.stop();
    }
    this.#clusters.set(cluster.id, cluster);
    this.#expire(cluster, timeoutMs);
    void this.#untilSynced(cluster).then(() => this.#join(cluster));
  }

  /** @returns undefined for a kubeconfig that cannot be used; istiod tells and goes on */
  #open(secret: string, id: string, kubeconfig: string, fingerprint: string): RemoteCluster | undefined {
    const { settings, dial, log, signal } = this.#options;
    try {
      if (!settings.behaviour.acceptsOwnClusterId) refuseUnsafe(kubeconfig);
      const source = { id, secret, fingerprint, kubeconfig, dial, signal };
      return openRemoteCluster(source, watched => this.#watch(watched));
    } catch (error) {
      log.error(
        `Failed to add remote cluster from secret=${secret} for cluster_id=${id}: ${messageOf(error)}`,
      );
      return undefined;
    }
  }

  #watch(watched: Parameters<WatchCluster>[0]): ClusterRegistry {
    const { settings, clock, random, log, onChange } = this.#options;
    return new ClusterRegistry({
      ...watched,
      behaviour: settings.behaviour,
      systemNamespace: settings.namespace,
      domain: settings.domain,
      clock,
      random: random.stream(`registry/${watched.clusterId}`),
      log,
      onChange,
    });
  }

  /** Resolves early if istiod ends; the watch for an unreachable cluster goes on for ever otherwise. */
  #untilSynced(cluster: RemoteCluster): Promise<void> {
    const { signal } = this.#options;
    return new Promise(resolve => {
      signal.addEventListener('abort', () => resolve(), { once: true });
      void cluster.registry.synced.then(resolve);
    });
  }

  #join(cluster: RemoteCluster): void {
    const { log, metrics, onEvent, signal } = this.#options;
    if (signal.aborted || this.#clusters.get(cluster.id) !== cluster) return;
    cluster.status = 'synced';
    const before = cluster.predecessor;
    cluster.predecessor = undefined;
    log.info(`Finished syncing cluster_id=${cluster.id}, secret=${cluster.secret}`);
    metrics.set('istiod_remote_cluster_sync_status', 1, { cluster_id: cluster.id, status: 'synced' });
    onEvent(before ? { type: 'replaced', cluster, before: before.registry } : { type: 'added', cluster });
    before?.stop();
  }

  #remove(cluster: RemoteCluster): void {
    const { log, onEvent } = this.#options;
    log.info(`Deleting cluster_id=${cluster.id} configured by secret=${cluster.secret}`);
    this.#clusters.delete(cluster.id);
    cluster.status = 'closed';
    const gone = cluster.predecessor ? [cluster, cluster.predecessor] : [cluster];
    for (const { stop } of gone) stop();
    onEvent({ type: 'removed', registries: gone.map(({ registry }) => registry) });
  }

  /**
   * current: a cluster that does not sync in time no longer holds anything up; it is tried for ever all the
   * same.
   */
  #expire(cluster: RemoteCluster, timeoutMs: number): void {
    const { clock, metrics, log } = this.#options;
    clock.setTimeout(() => {
      if (cluster.status !== 'syncing') return;
      cluster.status = 'timeout';
      metrics.add('remote_cluster_sync_timeouts_total');
      log.error(`remote cluster ${cluster.id} failed to sync after ${timeoutMs / 1000}s`);
    }, timeoutMs);
  }

  /** current is ready when every cluster has synced or has had its time. */
  async #initialDeadline(): Promise<void> {
    const { settings, clock } = this.#options;
    const sync = settings.behaviour.remoteSync;
    if (sync.kind === 'blocking') return;
    const all = Promise.all([...this.#clusters.values()].map(cluster => this.#untilSynced(cluster))).then(
      () => {},
    );
    let timer: ReturnType<Clock['setTimeout']> | undefined;
    const deadline = new Promise<void>(resolve => {
      timer = clock.setTimeout(resolve, sync.timeoutMs);
    });
    await Promise.race([all, deadline]);
    clock.clearTimeout(timer);
  }
}
