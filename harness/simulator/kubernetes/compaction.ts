/** Forgets old changes of a cluster from time to time, as an API server has etcd do. */
import type { Clock } from '../../base/clock.ts';
import type { Store } from './registry/store.ts';

/**
 * Every five minutes all is forgotten that was there at the time before: a watch may go on from a version of
 * the last five to ten minutes (kubernetes staging/src/k8s.io/apiserver/pkg/storage/etcd3/compact.go @v1.32,
 * --etcd-compaction-interval).
 */
const INTERVAL_MS = 300_000;

/**
 * Begins to compact. On a virtual clock it does nothing: there every idle minute would be work, and watches
 * have no bookmarks that keep them young; the history is bounded by its size alone.
 * @returns ends it
 */
export function startCompaction(store: Store, clock: Clock): () => void {
  if (clock.kind === 'virtual') return () => {};
  let last = store.resourceVersion;
  const wait = () =>
    clock.setTimeout(() => {
      store.compact(last);
      last = store.resourceVersion;
      timer = wait();
    }, INTERVAL_MS);
  let timer = wait();
  return () => clock.clearTimeout(timer);
}
