/** The part of a kind's objects that a list or a watch asks for. */
import type { KubernetesObject } from '../json.ts';
import { type FieldSelector, matchesFields } from './field-selector.ts';
import { type LabelSelector, matchesLabels } from './label-selector.ts';

/** Returns the name if the selector demands one: RBAC treats such a list or watch as one of that name. */
export function demandedName(selector: FieldSelector): string | undefined {
  return selector.find(({ field, equal }) => field === 'metadata.name' && equal)?.value;
}

/** Restricts a list or a watch; an absent part lets everything through. */
export interface Filter {
  readonly namespace?: string;
  readonly labels?: LabelSelector;
  readonly fields?: FieldSelector;
}

/** Tells whether a list or a watch with this filter shows the object. */
export function matchesFilter(filter: Filter, object: KubernetesObject): boolean {
  if (
    filter.namespace !== undefined &&
    filter.namespace !== '' &&
    object.metadata.namespace !== filter.namespace
  )
    return false;
  if (filter.labels && !matchesLabels(filter.labels, object.metadata.labels)) return false;
  return !filter.fields || matchesFields(filter.fields, object);
}
