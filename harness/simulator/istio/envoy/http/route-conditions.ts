/** Whether a route is for a request (envoyproxy/envoy source/common/router/config_impl.cc @v1.30). */
import type { HeaderMatch, PathMatch, QueryMatch, RouteMatch } from '../../xds/routes.ts';
import { matchesWhole, textMatches } from './text-conditions.ts';

/** What a route may ask of a request. */
export interface RequestTraits {
  readonly method: string;
  /** The Host header as it came. */
  readonly host: string;
  /** Path and query as they came: `/hello?x=1`. */
  readonly url: string;
  /** `http`, or `https` behind TLS that ended at a gateway. */
  readonly scheme: string;
  /** Names and values in turn. */
  readonly rawHeaders: readonly string[];
}

/** Tells whether all conditions of a route hold. */
export function routeMatches(match: RouteMatch, request: RequestTraits): boolean {
  return (
    pathMatches(match, pathOf(request.url), match.ignoresCase === true) &&
    (!match.headers || match.headers.every(header => headerMatches(header, request))) &&
    (!match.query || match.query.every(parameter => queryMatches(parameter, request.url)))
  );
}

/** Returns the path without its query and fragment (PathUtil::removeQueryAndFragment). */
export const pathOf = (url: string): string => {
  const query = url.indexOf('?');
  const path = query < 0 ? url : url.slice(0, query);
  const fragment = path.indexOf('#');
  return fragment < 0 ? path : path.slice(0, fragment);
};

const fold = (text: string, ignoresCase: boolean): string => (ignoresCase ? text.toLowerCase() : text);

function pathMatches(match: PathMatch, path: string, ignoresCase: boolean): boolean {
  if ('regex' in match) return matchesWhole(match.regex, path);
  const folded = fold(path, ignoresCase);
  if ('exact' in match) return folded === fold(match.exact, ignoresCase);
  if ('prefix' in match) return folded.startsWith(fold(match.prefix, ignoresCase));
  const prefix = fold(match.separatedPrefix, ignoresCase);
  return folded.startsWith(prefix) && (folded.length === prefix.length || folded[prefix.length] === '/');
}

/** Tests a header (source/common/http/header_utility.cc @v1.30, matchesHeaders). */
export function headerMatches(match: HeaderMatch, request: RequestTraits): boolean {
  const { text, isInverted = false } = match;
  const value = fieldOf(match.name, request) ?? (match.takesMissingForEmpty ? '' : undefined);
  if (!text) return (value !== undefined) !== isInverted;
  // Without the header nothing is tested, and so nothing is inverted.
  return value !== undefined && textMatches(text, value) !== isInverted;
}

function fieldOf(name: string, { method, host, scheme, url, rawHeaders }: RequestTraits): string | undefined {
  switch (name) {
    case ':method':
      return method;
    case ':authority':
    case 'host':
      return host;
    case ':scheme':
      return scheme;
    case ':path':
      return url;
    default: {
      const values: string[] = [];
      for (let at = 0; at + 1 < rawHeaders.length; at += 2)
        if (rawHeaders[at]?.toLowerCase() === name) values.push(rawHeaders[at + 1] ?? '');
      return values.length > 0 ? values.join(',') : undefined;
    }
  }
}

/** Of a parameter that is there several times the first counts. */
function queryMatches({ name, text }: QueryMatch, url: string): boolean {
  const query = /\?([^#]*)/.exec(url)?.[1];
  if (query === undefined) return false;
  for (const parameter of query.split('&')) {
    const [key = '', ...rest] = parameter.split('=');
    if (key === name) return !text || textMatches(text, rest.join('='));
  }
  return false;
}
