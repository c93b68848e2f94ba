/** The filter of a component's list or watch, and how to read its selectors. */
import type { ResourceType } from '../registry/resources.ts';
import { parseFieldSelector } from '../registry/selectors/field-selector.ts';
import type { Filter } from '../registry/selectors/filter.ts';
import { parseLabelSelector } from '../registry/selectors/parse-label-selector.ts';

/** Restricts a list or a subscription; selectors as in a URL of the API (`app=sleep,version!=v1`). */
export interface ObjectFilter {
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
}

/** Reads the selectors of a filter. @throws ApiError 400 */
export function parsedFilter(
  type: ResourceType,
  { namespace, labelSelector, fieldSelector }: ObjectFilter,
): Filter {
  return {
    ...(namespace !== undefined && { namespace }),
    ...(labelSelector !== undefined && { labels: parseLabelSelector(labelSelector) }),
    ...(fieldSelector !== undefined && { fields: parseFieldSelector(fieldSelector, type) }),
  };
}
