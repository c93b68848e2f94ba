/** A write to the store, as somebody sees it who looks at a part of the objects only. */
import type { Change } from './change.ts';
import { type Filter, matchesFilter } from './selectors/filter.ts';

/**
 * Tells what a change is through a filter: an object that starts to match is ADDED, one that stops to is
 * DELETED.
 * @returns undefined for a change that the filter hides
 */
export function changeSeen(filter: Filter, change: Change): Change['type'] | undefined {
  const before = change.previous !== undefined && matchesFilter(filter, change.previous);
  const after = change.type !== 'DELETED' && matchesFilter(filter, change.object);
  if (after) return before ? 'MODIFIED' : 'ADDED';
  return before ? 'DELETED' : undefined;
}
