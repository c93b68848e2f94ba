/** The query parameters of list, watch and deletecollection. */
import type { KubernetesObject } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { type FieldSelector, parseFieldSelector } from '../registry/selectors/field-selector.ts';
import type { Filter } from '../registry/selectors/filter.ts';
import { parseLabelSelector } from '../registry/selectors/parse-label-selector.ts';
import {
  ApiError,
  badRequest,
  expired,
  type FieldError,
  forbiddenValue,
  invalid,
} from '../registry/status.ts';
import type { ResourceRequest } from './request-info.ts';
import { isTrue } from './request-info.ts';

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

/** @throws ApiError 400, 422 */
export function parseListOptions(info: ResourceRequest, type: ResourceType): ListOptions {
  const { query } = info;
  const labels = query.get('labelSelector') ?? '';
  const fields = query.get('fieldSelector') ?? '';
  const parsedFields = fields === '' ? [] : [...parseFieldSelector(fields, type)];
  // A list or watch of one name (the deprecated watch path).
  if (info.name !== '') parsedFields.push({ field: 'metadata.name', value: info.name, equal: true });
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

/** apimachinery pkg/apis/meta/internalversion/validation/validation.go @v1.32. */
function checkOptions(options: ListOptions, isWatch: boolean, mentionsInitialEvents: boolean): void {
  const errors: FieldError[] = [];
  const { resourceVersion, resourceVersionMatch: match, continueToken } = options;
  if (isWatch) {
    if (mentionsInitialEvents && match !== 'NotOlderThan') {
      errors.push(
        forbiddenValue(
          'resourceVersionMatch',
          'sendInitialEvents requires setting resourceVersionMatch to NotOlderThan',
        ),
      );
    }
    if (!mentionsInitialEvents && match !== '') {
      errors.push(
        forbiddenValue(
          'resourceVersionMatch',
          'resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided',
        ),
      );
    }
  } else {
    if (mentionsInitialEvents) {
      errors.push(forbiddenValue('sendInitialEvents', 'sendInitialEvents is forbidden for list'));
    }
    if (match !== '') {
      if (resourceVersion === '') {
        errors.push(
          forbiddenValue(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden unless resourceVersion is provided',
          ),
        );
      }
      if (continueToken !== '') {
        errors.push(
          forbiddenValue(
            'resourceVersionMatch',
            'resourceVersionMatch is forbidden when continue is provided',
          ),
        );
      }
      if (match !== 'Exact' && match !== 'NotOlderThan') {
        errors.push({
          reason: 'FieldValueNotSupported',
          field: 'resourceVersionMatch',
          message: `Unsupported value: ${JSON.stringify(match)}: supported values: "Exact", "NotOlderThan", ""`,
        });
      }
      if (match === 'Exact' && resourceVersion === '0') {
        errors.push(
          forbiddenValue(
            'resourceVersionMatch',
            'resourceVersionMatch "exact" is forbidden for resourceVersion "0"',
          ),
        );
      }
    }
  }
  if (errors.length > 0) throw invalid({ group: 'meta.k8s.io', kind: 'ListOptions' }, '', errors);
  if (continueToken !== '' && resourceVersion !== '') {
    throw badRequest('specifying resource version is not allowed when using continue');
  }
}

/** @throws ApiError 500 for a version that is no number, as the real one does */
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

/**
 * Where a list goes on: the version at which its first page was read, and the last object of the page before.
 */
export interface Continuation {
  readonly resourceVersion: number;
  readonly after: string;
}

export function encodeContinuation({ resourceVersion, after }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: resourceVersion, start: after })).toString(
    'base64url',
  );
}

/** @throws ApiError 400 */
export function decodeContinuation(token: string): Continuation {
  try {
    const value: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof value === 'object' && value !== null && 'rv' in value && 'start' in value) {
      const { rv, start } = value;
      if (typeof rv === 'number' && typeof start === 'string') return { resourceVersion: rv, after: start };
    }
  } catch {
    // Falls through to the refusal.
  }
  throw badRequest('invalid continue token: continue key is not valid');
}

/** The page behind a continuation. */
export function pageOf(
  objects: readonly KubernetesObject[],
  after: string | undefined,
  limit: number,
): {
  readonly page: readonly KubernetesObject[];
  readonly last: string | undefined;
  readonly remaining: number;
} {
  const keyOf = (object: KubernetesObject) =>
    `${object.metadata.namespace ?? ''}/${object.metadata.name ?? ''}`;
  const start = after === undefined ? 0 : objects.findIndex(object => keyOf(object) > after);
  if (start === -1) return { page: [], last: undefined, remaining: 0 };
  const end = limit === 0 ? objects.length : Math.min(objects.length, start + limit);
  const page = objects.slice(start, end);
  const lastObject = page.at(-1);
  const remaining = objects.length - end;
  return { page, last: remaining > 0 && lastObject ? keyOf(lastObject) : undefined, remaining };
}

export const continuationExpired = (): ApiError =>
  expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
