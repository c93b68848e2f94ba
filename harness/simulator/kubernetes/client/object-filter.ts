/** Reads the filter of a component's list or watch. */
import type { ResourceType } from '../registry/resources.ts';
import { parseFieldSelector } from '../registry/selectors/field-selector.ts';
import type { Filter } from '../registry/selectors/filter.ts';
import { parseLabelSelector } from '../registry/selectors/parse-label-selector.ts';
import type { ObjectFilter } from './cluster-client.ts';

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
