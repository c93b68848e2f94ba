/** Pages of a list: the token that leads from one to the next. */
import type { KubernetesObject } from '../registry/json.ts';
import { type ApiError, badRequest, expired } from '../registry/status.ts';

/** The place where a list goes on. */
export interface Continuation {
  /** The version at which the first page was read. */
  readonly resourceVersion: number;
  /** The last object of the page before, as `namespace/name`. */
  readonly after: string;
}

/** Writes a continue token. Its content is as the real one's, so that people can read it. */
export function encodeContinuation({ resourceVersion, after }: Continuation): string {
  return Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', rv: resourceVersion, start: after })).toString(
    'base64url',
  );
}

/** Reads a continue token. @throws ApiError 400 */
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

/**
 * Cuts a page out of a list.
 * @param after - the last object of the page before
 * @param limit - 0: no limit
 */
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

/** Makes the refusal of a token whose version the history has lost. */
export const continuationExpired = (): ApiError =>
  expired(
    'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
  );
