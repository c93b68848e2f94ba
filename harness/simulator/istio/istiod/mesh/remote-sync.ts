/** How long istiod waits for remote clusters to sync. */
import type { Clock } from '../../../../base/clock.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import type { IstiodSettings } from '../model/settings.ts';
import type { RemoteCluster } from './remote-cluster.ts';

interface SyncOptions {
  readonly settings: IstiodSettings;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Resolves early if istiod ends; otherwise the watch for an unreachable cluster never ends. */
export function untilSynced({ registry }: RemoteCluster, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true });
    void registry.synced.then(resolve);
  });
}

/**
 * Waits for the clusters of the start: in current, until all have synced or have had their time. 1.8 has
 * waited for each by then.
 */
export async function initialSync(
  clusters: readonly RemoteCluster[],
  { settings, clock, signal }: SyncOptions,
): Promise<void> {
  const sync = settings.behaviour.remoteSync;
  if (sync.kind === 'blocking') return;
  const all = Promise.all(clusters.map(cluster => untilSynced(cluster, signal))).then(() => {});
  let timer: ReturnType<Clock['setTimeout']> | undefined;
  const deadline = new Promise<void>(resolve => {
    timer = clock.setTimeout(resolve, sync.timeoutMs);
  });
  await Promise.race([all, deadline]);
  clock.clearTimeout(timer);
}

/**
 * Marks a cluster that does not sync in time. It holds nothing up any longer, but istiod never stops trying
 * it.
 */
export function expire(
  cluster: RemoteCluster,
  timeoutMs: number,
  { clock, metrics, log }: { readonly clock: Clock; readonly metrics: Metrics; readonly log: Log },
): void {
  clock.setTimeout(() => {
    if (cluster.status !== 'syncing') return;
    cluster.status = 'timeout';
    metrics.add('remote_cluster_sync_timeouts_total');
    log.error(`remote cluster ${cluster.id} failed to sync after ${timeoutMs / 1000}s`);
  }, timeoutMs);
}
