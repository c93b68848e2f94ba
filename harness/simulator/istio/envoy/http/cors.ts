/** What browsers are told (source/extensions/filters/http/cors/cors_filter.cc @v1.33). */
import { headerOf } from '../../../../base/http1/message-head.ts';
import type { CorsPolicy, HeaderEdits } from '../../xds/routes.ts';
import type { LocalReply } from './local-reply.ts';
import type { RequestTraits } from './route-conditions.ts';
import { textMatches } from './text-conditions.ts';

const ANSWERED: LocalReply = { status: 200, body: '', flags: '' };

/** What becomes of a request of a page's. */
type CorsOutcome =
  /** The question before a request is answered, with these headers: names and values in turn. */
  | { readonly reply: LocalReply; readonly headers: readonly string[] }
  /** It goes on, and this changes the headers of its answer. */
  | { readonly edits: HeaderEdits | undefined };

/** Tells what becomes of a request: without the name of a page nothing happens. */
export function corsOutcome(
  policy: CorsPolicy,
  { method, rawHeaders }: Pick<RequestTraits, 'method' | 'rawHeaders'>,
): CorsOutcome {
  const origin = headerOf(rawHeaders, 'origin');
  if (!origin) return { edits: undefined };
  const isQuestion = method === 'OPTIONS' && Boolean(headerOf(rawHeaders, 'access-control-request-method'));
  if (!policy.allowOrigins.some(it => textMatches(it, '*') || textMatches(it, origin)))
    return isQuestion && policy.answersOthers ? { reply: ANSWERED, headers: [] } : { edits: undefined };
  const { allowMethods, allowHeaders, maxAge } = policy;
  const always = [
    ...said('access-control-allow-origin', origin),
    ...said('access-control-allow-credentials', policy.allowCredentials ? 'true' : ''),
    ...said('access-control-expose-headers', policy.exposeHeaders),
  ];
  if (!isQuestion) return { edits: setting(always) };
  return {
    reply: ANSWERED,
    headers: [
      ...always,
      ...said('access-control-allow-methods', allowMethods),
      ...said('access-control-allow-headers', allowHeaders),
      ...said('access-control-max-age', maxAge),
    ],
  };
}

const said = (name: string, value: string): readonly string[] => (value === '' ? [] : [name, value]);

const setting = (headers: readonly string[]): HeaderEdits => ({
  add: headers.flatMap((name, at) =>
    at % 2 === 0 ? [{ name, value: headers[at + 1] ?? '', isAppended: false }] : [],
  ),
  remove: [],
});
