/** The query parameters of list, watch and deletecollection. */

import { type FieldError, forbiddenValue, invalid } from '../registry/field-errors.ts';
import type { ResourceType } from '../registry/resources.ts';
import { type FieldSelector, named, parseFieldSelector } from '../registry/selectors/field-selector.ts';
import type { Filter } from '../registry/selectors/filter.ts';
import { parseLabelSelector } from '../registry/selectors/parse-label-selector.ts';
import { ApiError, badRequest } from '../registry/status.ts';
import type { ResourceRequest } from './request-info.ts';
import { isTrue } from './request-info.ts';

/** The query of list, watch and deletecollection, checked. */
export interface ListOptions {
  readonly filter: Filter & { readonly fields?: FieldSelector };
  readonly limit: number;
  readonly continueToken: string;
  /** As it was sent; empty if absent. */
  readonly resourceVersion: string;
  readonly resourceVersionMatch: string;
  readonly sendInitialEvents: boolean;
  readonly allowWatchBookmarks: boolean;
  readonly timeoutSeconds: number | undefined;
}

function wholeNumber(text: string | null, name: string): number | undefined {
  if (text === null || text === '') return undefined;
  const value = Number(text);
  if (!Number.isInteger(value)) {
    throw badRequest(
      `Unable to convert "[${JSON.stringify(text)}]" to int64: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax (${name})`,
    );
  }
  return value;
}

/** Reads the options of a list or watch from the query of its URL. @throws ApiError 400, 422 */
export function parseListOptions(info: ResourceRequest, type: ResourceType): ListOptions {
  const { query } = info;
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const parsedFields = fields === '' ? [] : [...parseFieldSelector(fields, type)];
  // A list or watch of one name (the deprecated watch path).
  if (info.name !== '') parsedFields.push(named(info.name));
  const options: ListOptions = {
    filter: {
      ...(type.namespaced && info.namespace !== '' && { namespace: info.namespace }),
      ...(labels !== '' && { labels: parseLabelSelector(labels) }),
      ...(parsedFields.length > 0 && { fields: parsedFields }),
    },
    limit: Math.max(0, wholeNumber(query.get('limit'), 'limit') ?? 0),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds: wholeNumber(query.get('timeoutSeconds'), 'timeoutSeconds'),
  };
  checkOptions(options, info.verb === 'watch', query.has('sendInitialEvents'));
  return options;
}

/**
 * Checks the options together (apimachinery pkg/apis/meta/internalversion/validation/validation.go @v1.32).
 */
function checkOptions(options: ListOptions, isWatch: boolean, mentionsInitialEvents: boolean): void {
  const errors = isWatch
    ? problemsOfWatch(options, mentionsInitialEvents)
    : problemsOfList(options, mentionsInitialEvents);
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (options.continueToken !== '' && options.resourceVersion !== '') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
}

const forbiddenMatch = (text: string): FieldError => forbiddenValue('resourceVersionMatch', text);

function problemsOfWatch(
  { resourceVersionMatch: match }: ListOptions,
  mentionsInitialEvents: boolean,
): FieldError[] {
  if (mentionsInitialEvents && match !== 'NotOlderThan')
    return [forbiddenMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan')];
  if (!mentionsInitialEvents && match !== '') {
    const text = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    return [forbiddenMatch(text)];
  }
  return [];
}

function problemsOfList(options: ListOptions, mentionsInitialEvents: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const { resourceVersion, resourceVersionMatch: match, continueToken } = options;
  if (mentionsInitialEvents)
    errors.push(forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
  if (match === '') return errors;
  if (resourceVersion === '')
    errors.push(forbiddenMatch('resourceVersionMatch is forbidden unless resourceVersion is provided'));
  if (continueToken !== '')
    errors.push(forbiddenMatch('resourceVersionMatch is forbidden when continue is provided'));
  if (match !== 'Exact' && match !== 'NotOlderThan') {
    errors.push({
      reason: 'FieldValueNotSupported',
      field: 'resourceVersionMatch',
      message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
    });
  }
  if (match === 'Exact' && resourceVersion === '0')
    errors.push(forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  return errors;
}

/** Reads a resource version. @throws ApiError 500 for one that is no number, as the real server does */
export function parseResourceVersion(text: string): number | undefined {
  if (text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) {
    throw new ApiError(
      500,
      undefined,
      `resourceVersion: Invalid value: ${JSON.stringify(text)}: strconv.ParseUint: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  return Number(text);
}

/** Refuses a list at a version that is yet to come. */
export function checkNotInFuture(version: number | undefined, current: number): void {
  if (version === undefined || version <= current) return;
  throw new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
