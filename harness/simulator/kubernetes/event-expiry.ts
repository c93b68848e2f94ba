/** Events go an hour after they were written last, as an API server has etcd forget them. */
import type { Clock } from '../../base/clock.ts';
import type { ResourceType } from './registry/resources.ts';
import type { Store } from './registry/store.ts';

/**
 * kube-apiserver's --event-ttl is an hour, which each write begins anew (pkg/registry/core/event/storage
 * /storage.go @v1.32). We look every five minutes.
 */
const LOOKS = 12;
const INTERVAL_MS = 300_000;

/**
 * Begins to remove old Events. On a virtual clock it does nothing, as compaction: no run is so long.
 * @param events - the type of Events
 * @returns ends it
 */
export function startEventExpiry(store: Store, events: ResourceType, clock: Clock): () => void {
  if (clock.kind === 'virtual') return () => {};
  /** The newest version at each of the last looks. */
  const versions: number[] = [];
  const look = () => {
    const old = versions.length < LOOKS ? 0 : (versions.shift() ?? 0);
    for (const event of store.list(events))
      if (Number(event.metadata.resourceVersion) <= old) store.remove(events, event);
    versions.push(store.resourceVersion);
    timer = clock.setTimeout(look, INTERVAL_MS);
  };
  versions.push(store.resourceVersion);
  let timer = clock.setTimeout(look, INTERVAL_MS);
  return () => clock.clearTimeout(timer);
}
