/** Pages of a list: the token that leads from one to the next. */

import { jsonProblem } from '../registry/go-json.ts';
import { type KubernetesObject, objectOf } from '../registry/json.ts';
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

/** Makes the refusal of a token. */
const invalidToken = (problem: string): ApiError =>
  badRequest(`invalid continue token: continue key is not valid${problem === '' ? '' : `: ${problem}`}`);

/**
 * Reads a continue token (staging/src/k8s.io/apiserver pkg/storage/continue.go @v1.34, DecodeContinue).
 * @throws ApiError 400
 */
export function decodeContinuation(token: string): Continuation {
  const strange = /[^A-Za-z0-9_-]/.exec(token)?.index ?? (token.length % 4 === 1 ? token.length - 1 : -1);
  if (strange >= 0) throw invalidToken(`illegal base64 data at input byte ${strange}`);
  const text = Buffer.from(token, 'base64url').toString('latin1'); // Go looks at bytes
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw invalidToken(jsonProblem(error, text));
  }
  const { v: version, rv, start } = objectOf(value);
  if (version !== 'meta.k8s.io/v1') {
    const shown = typeof version === 'string' ? version : '';
    throw invalidToken(`server does not recognize this encoded version ${shown}`);
  }
  if (typeof rv !== 'number' || rv === 0)
    throw invalidToken('incorrect encoded start resourceVersion (version meta.k8s.io/v1)');
  if (typeof start !== 'string' || start === '')
    throw invalidToken('encoded start key empty (version meta.k8s.io/v1)');
  return { resourceVersion: rv, after: start };
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
