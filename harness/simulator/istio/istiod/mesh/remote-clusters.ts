/**
 * Remote clusters come and go with remote secrets (pkg/kube/secretcontroller @1.8.0, pkg/kube/multicluster
 * @1.30.3).
 */
import type { Clock } from '../../../../base/clock.ts';
import { linkedSignal } from '../../../../base/deadline.ts';
import { messageOf } from '../../../../base/errors.ts';
import { type Dial, KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Random } from '../../../../base/random.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { IstiodSettings } from '../model/settings.ts';
import type { ClusterRegistry } from '../watch/cluster-registry.ts';
import { Informer } from '../watch/informer.ts';
import {
  fingerprintOf,
  REMOTE_SECRET_LABEL,
  type RemoteSecret,
  readRemoteSecret,
  refuseUnsafe,
} from '../watch/remote-secret.ts';
import type { MeshState } from './mesh-state.ts';

export type SyncStatus = 'syncing' | 'synced' | 'timeout' | 'closed';

export interface RemoteCluster {
  readonly id: string;
  readonly secret: string;
  readonly fingerprint: string;
  readonly client: KubernetesClient;
  readonly registry: ClusterRegistry;
  status: SyncStatus;
  /** The cluster's earlier registry, which serves until this one has synced. */
  predecessor: RemoteCluster | undefined;
  /** Aborts when it is removed. */
  readonly signal: AbortSignal;
  stop(): void;
}

export interface RemoteClustersOptions {
  readonly settings: IstiodSettings;
  readonly localClient: () => KubernetesClient;
  readonly dial: Dial;
  readonly state: MeshState;
  readonly clock: Clock;
  readonly random: Random;
  readonly signal: AbortSignal;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly createRegistry: (options: {
    readonly clusterId: string;
    readonly client: () => KubernetesClient;
    readonly signal: AbortSignal;
  }) => ClusterRegistry;
  /** The set of registries changed. */
  readonly onChange: () => void;
  /** A cluster is synced; for work that istiod does in clusters that it leads. */
  readonly onSynced: (cluster: RemoteCluster) => void;
}

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
      random,
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
    if (!settings.behaviour.acceptsOwnClusterId && clusterId === settings.clusterId) {
      log.info(`ignoring cluster ${clusterId} from secret=${key} as it would overwrite the config cluster`);
      return;
    }
    if (known && known.secret !== key) {
      log.error(
        `cluster ${clusterId} from secret=${key} has already been registered by secret=${known.secret}, ignoring it`,
      );
      return;
    }
    const fingerprint = fingerprintOf(kubeconfig);
    if (known?.fingerprint === fingerprint) return;
    log.info(`${known ? 'Updating' : 'Adding'} cluster_id=${clusterId} from secret=${key}`);
    const cluster = this.#create(key, clusterId, kubeconfig, fingerprint);
    if (!cluster) return;
    if (settings.behaviour.remoteSync.kind === 'blocking') {
      // 1.8: an update is a deletion and an addition, and no other secret is looked at until this cluster's
      // caches have synced (istio/istio#32102).
      if (known) this.#remove(known);
      this.#clusters.set(clusterId, cluster);
      await this.#untilSynced(cluster);
      this.#join(cluster);
      return;
    }
    if (known) {
      // Make before break: what serves goes on until its successor can; what never served ends here.
      cluster.predecessor = known.status === 'synced' ? known : known.predecessor;
      if (known !== cluster.predecessor) known.stop();
    }
    this.#clusters.set(clusterId, cluster);
    this.#expire(cluster, settings.behaviour.remoteSync.timeoutMs);
    void this.#untilSynced(cluster).then(() => this.#join(cluster));
  }

  /** @returns undefined for a kubeconfig that can not be used; istiod tells and goes on */
  #create(
    key: string,
    clusterId: string,
    kubeconfig: string,
    fingerprint: string,
  ): RemoteCluster | undefined {
    const { settings, dial, log, createRegistry, signal } = this.#options;
    try {
      if (!settings.behaviour.acceptsOwnClusterId) refuseUnsafe(kubeconfig);
      const client = new KubernetesClient(kubeconfig, { dial });
      const linked = linkedSignal(signal);
      return {
        id: clusterId,
        secret: key,
        fingerprint,
        client,
        registry: createRegistry({ clusterId, client: () => client, signal: linked.signal }),
        status: 'syncing',
        predecessor: undefined,
        signal: linked.signal,
        stop: () => {
          linked[Symbol.dispose]();
          linked.abort();
          client.close();
        },
      };
    } catch (error) {
      log.error(
        `Failed to add remote cluster from secret=${key} for cluster_id=${clusterId}: ${messageOf(error)}`,
      );
      return undefined;
    }
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
    const { state, log, onChange, onSynced, signal } = this.#options;
    if (signal.aborted || this.#clusters.get(cluster.id) !== cluster) return;
    cluster.status = 'synced';
    const before = cluster.predecessor;
    cluster.predecessor = undefined;
    if (before) state.replaceRegistry(before.registry, cluster.registry);
    else state.addRegistry(cluster.registry);
    before?.stop();
    log.info(`Finished syncing cluster_id=${cluster.id}, secret=${cluster.secret}`);
    this.#options.metrics.set('istiod_remote_cluster_sync_status', 1, {
      cluster_id: cluster.id,
      status: 'synced',
    });
    onChange();
    onSynced(cluster);
  }

  #remove(cluster: RemoteCluster): void {
    const { state, log, onChange } = this.#options;
    log.info(`Deleting cluster_id=${cluster.id} configured by secret=${cluster.secret}`);
    this.#clusters.delete(cluster.id);
    cluster.status = 'closed';
    for (const gone of [cluster, cluster.predecessor]) {
      gone?.stop();
      if (gone) state.removeRegistry(gone.registry);
    }
    onChange();
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
