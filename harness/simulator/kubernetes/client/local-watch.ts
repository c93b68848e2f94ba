/** Follows the objects of a type in the store: first those that are there, then every change. */
import type { KubernetesObject } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { changeSeen } from '../registry/seen-change.ts';
import type { Filter } from '../registry/selectors/filter.ts';
import type { Store } from '../registry/store.ts';

/** One change of an object of any kind, seen through a subscription's filter. */
export interface LocalEvent {
  /** As the subscriber sees it: an object that starts to match is ADDED, one that stops to is DELETED. */
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
  /** The state before, for MODIFIED and DELETED. */
  readonly previous: KubernetesObject | undefined;
}

/**
 * Calls back for each object of a type that is there (ADDED, at once) and then for every change, in order, in
 * a later microtask.
 * @returns ends the subscription
 */
export function subscribe(
  store: Store,
  type: ResourceType,
  filter: Filter,
  onEvent: (event: LocalEvent) => void,
): () => void {
  let open = true;
  const unsubscribe = store.subscribe(type, change => {
    const seen = open ? changeSeen(filter, change) : undefined;
    if (seen) onEvent({ type: seen, object: change.object, previous: change.previous });
  });
  for (const object of store.list(type, filter)) {
    if (open) onEvent({ type: 'ADDED', object, previous: undefined });
  }
  return () => {
    open = false;
    unsubscribe();
  };
}
