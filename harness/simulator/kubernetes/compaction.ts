/** Forgets old changes of a cluster from time to time, as an API server has etcd do. */
import type { Clock } from '../../base/clock.ts';
import type { Store } from './registry/store.ts';
import { everyFiveMinutes } from './upkeep.ts';

/**
 * Begins to compact: every five minutes all is forgotten that was there at the time before, so that a watch
 * may go on from a version of the last five to ten minutes (kubernetes
 * staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go @v1.32, --etcd-compaction-interval). On a virtual
 * clock, where watches have no bookmarks that keep them young, the history is bounded by its size alone.
 * @returns ends it
 */
export function startCompaction(store: Store, clock: Clock): () => void {
  let last = store.resourceVersion;
  return everyFiveMinutes(clock, () => {
    store.compact(last);
    last = store.resourceVersion;
  });
}
