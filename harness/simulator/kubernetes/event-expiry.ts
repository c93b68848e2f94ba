/** Events go an hour after they were written last, as an API server has etcd forget them. */
import type { Clock } from '../../base/clock.ts';
import type { ResourceType } from './registry/resources.ts';
import type { Store } from './registry/store.ts';
import { everyFiveMinutes } from './upkeep.ts';

/**
 * Looks of five minutes in an hour: kube-apiserver's --event-ttl, which each write begins anew
 * (pkg/registry/core/event/storage/storage.go @v1.32).
 */
const LOOKS = 12;

/**
 * Begins to remove old Events.
 * @param events - the type of Events
 * @returns ends it
 */
export function startEventExpiry(store: Store, events: ResourceType, clock: Clock): () => void {
  /** The newest version at each of the last looks. */
  const versions = [store.resourceVersion];
  return everyFiveMinutes(clock, () => {
    const old = versions.length < LOOKS ? 0 : (versions.shift() ?? 0);
    for (const event of store.list(events))
      if (Number(event.metadata.resourceVersion) <= old) store.remove(events, event);
    versions.push(store.resourceVersion);
  });
}
