/**
 * Remote clusters come and go with remote secrets (pkg/kube/secretcontroller @1.8.0, pkg/kube/multicluster
 * @1.30.3).
 */
import type { KubernetesClient } from '../../../../base/kubernetes-client.ts';
import type { Metrics } from '../../metrics.ts';
import { Informer } from '../watch/informer.ts';
import {
  fingerprintOf,
  REMOTE_SECRET_LABEL,
  type RemoteSecret,
  readRemoteSecret,
} from '../watch/remote-secret.ts';
import {
  type OpeningOptions,
  openRemoteCluster,
  type RemoteCluster,
  type RemoteClusterEvent,
} from './remote-cluster.ts';
import { expire, initialSync, untilSynced } from './remote-sync.ts';

/** What remote clusters need of istiod, and whom they tell. */
export interface RemoteClustersOptions extends OpeningOptions {
  readonly localClient: () => KubernetesClient;
  readonly metrics: Metrics;
  readonly onEvent: (event: RemoteClusterEvent) => void;
}

/** Keeps the set of remote clusters in step with the remote secrets, and reports each change. */
export class RemoteClusters {
  readonly #options: RemoteClustersOptions;
  readonly #clusters = new Map<string, RemoteCluster>();
  /** The single worker's work, one item after the other; only 1.8 waits in it. */
  #queue: Promise<void> = Promise.resolve();
  /** Resolves when all secrets of the start are done; 1.8 is not ready before. */
  readonly initialSync: Promise<void>;

  constructor(options: RemoteClustersOptions) {
    this.#options = options;
    const { settings, localClient, clock, random, signal, log } = options;
    const secrets = new Informer({
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
    this.initialSync = secrets.synced
      .then(() => this.#queue)
      .then(() => initialSync([...this.#clusters.values()], options));
  }

  /** Lists the clusters in the order of their additions. */
  list(): Iterable<RemoteCluster> {
    return this.#clusters.values();
  }

  /** Returns a client of a cluster that istiod knows, synced or not. */
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
    const source = { id: clusterId, secret: key, fingerprint, kubeconfig };
    const cluster = openRemoteCluster(source, this.#options);
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
   * 1.8: an update is a deletion and an addition, and istiod looks at no other secret until this cluster's
   * caches have synced (istio/istio#32102).
   */
  async #breakBeforeMake(cluster: RemoteCluster, known: RemoteCluster | undefined): Promise<void> {
    if (known) this.#remove(known);
    this.#clusters.set(cluster.id, cluster);
    await untilSynced(cluster, this.#options.signal);
    this.#join(cluster);
  }

  /** current: a registry that serves goes on until its successor can; one that never served ends here. */
  #makeBeforeBreak(cluster: RemoteCluster, known: RemoteCluster | undefined, timeoutMs: number): void {
    if (known) {
      cluster.predecessor = known.status === 'synced' ? known : known.predecessor;
      if (known !== cluster.predecessor) known.stop();
    }
    this.#clusters.set(cluster.id, cluster);
    expire(cluster, timeoutMs, this.#options);
    void untilSynced(cluster, this.#options.signal).then(() => this.#join(cluster));
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
}
