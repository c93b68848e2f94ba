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

const [INT64_END, INT64_LEAST] = [2n ** 63n, -(2n ** 63n)];

/** Reads a whole number as strconv.ParseInt of Go does. @throws ApiError 400 */
function wholeNumber(text: string | null): number | undefined {
  if (text === null) return undefined;
  const isNumber = /^[+-]?\d+$/.test(text);
  const value = isNumber ? BigInt(text.replace('+', '')) : 0n;
  if (isNumber && value < INT64_END && value >= INT64_LEAST) return Number(value);
  const problem = isNumber ? 'value out of range' : 'invalid syntax';
  throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: ${problem}`);
}

/** Reads the options of a list or watch from the query of its URL. @throws ApiError 400, 422 */
export function parseListOptions(info: ResourceRequest, type: ResourceType): ListOptions {
  const { query } = info;
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const parsedFields = fields === '' ? [] : [...parseFieldSelector(fields, type, info.version)];
  // A list or watch of one name (the deprecated watch path).
  if (info.name !== '') parsedFields.push(named(info.name));
  const options: ListOptions = {
    filter: {
      ...(type.namespaced && info.namespace !== '' && { namespace: info.namespace }),
      ...(labels !== '' && { labels: parseLabelSelector(labels) }),
      ...(parsedFields.length > 0 && { fields: parsedFields }),
    },
    limit: Math.max(0, wholeNumber(query.get('limit')) ?? 0),
    continueToken: query.get('continue') ?? '',
    resourceVersion: query.get('resourceVersion') ?? '',
    resourceVersionMatch: query.get('resourceVersionMatch') ?? '',
    sendInitialEvents: isTrue(query.get('sendInitialEvents')),
    allowWatchBookmarks: isTrue(query.get('allowWatchBookmarks')),
    timeoutSeconds: wholeNumber(query.get('timeoutSeconds')),
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
}

const forbiddenMatch = (text: string): FieldError => forbiddenValue('resourceVersionMatch', text);

function problemsOfWatch(options: ListOptions, mentionsInitialEvents: boolean): FieldError[] {
  const { resourceVersionMatch: match, continueToken } = options;
  const errors: FieldError[] = [];
  if (mentionsInitialEvents && match !== 'NotOlderThan')
    errors.push(forbiddenMatch('sendInitialEvents requires setting resourceVersionMatch to NotOlderThan'));
  if (match === '') return errors;
  if (!mentionsInitialEvents) {
    const text = 'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided';
    errors.push(forbiddenMatch(text));
  }
  if (match !== 'NotOlderThan') errors.push(unknownMatch(match, ['NotOlderThan']));
  if (continueToken !== '')
    errors.push(forbiddenMatch('resourceVersionMatch is forbidden when continue is provided'));
  return errors;
}

function unknownMatch(match: string, known: readonly string[]): FieldError {
  const supported = known.map(each => JSON.stringify(each)).join(', ');
  return {
    reason: 'FieldValueNotSupported',
    field: 'resourceVersionMatch',
    message: `Unsupported value: ${JSON.stringify(match)}: supported values: ${supported}`,
  };
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
  if (match !== 'Exact' && match !== 'NotOlderThan')
    errors.push(unknownMatch(match, ['Exact', 'NotOlderThan', '']));
  if (match === 'Exact' && resourceVersion === '0')
    errors.push(forbiddenMatch('resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  return errors;
}

const badVersion = (text: string): string => {
  const quoted = JSON.stringify(text);
  return `resourceVersion: Invalid value: ${quoted}: strconv.ParseUint: parsing ${quoted}: invalid syntax`;
};

/** Reads a resource version. @throws ApiError 500 for one that is no number, as the real server does */
export function parseResourceVersion(text: string): number | undefined {
  if (text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new ApiError(500, undefined, badVersion(text));
  return Number(text);
}

/** Reads the resource version of a list. @throws ApiError 400 for one that is no number */
export function parseListVersion(text: string): number | undefined {
  if (text !== '' && !/^\d{1,15}$/.test(text))
    throw badRequest(`invalid resource version: ${badVersion(text)}`);
  return parseResourceVersion(text);
}

/** Refuses a list at a version that is yet to come. */
export function checkNotInFuture(version: number | undefined, current: number): void {
  if (version === undefined || version <= current) return;
  throw new ApiError(504, 'Timeout', `Timeout: Too large resource version: ${version}, current: ${current}`, {
    causes: [{ reason: 'ResourceVersionTooLarge', message: 'Too large resource version' }],
    retryAfterSeconds: 1,
  });
}
