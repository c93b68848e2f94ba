/** What a request says after a route has rewritten it (source/common/router/config_impl.cc @v1.30). */
import { re2 } from '../../../../base/re2.ts';
import type { PathMatch, Redirect, Rewrite } from '../../xds/routes.ts';
import { pathOf, type RequestTraits } from './route-conditions.ts';

/** Returns path and query as they go on. */
export function rewrittenUrl(rewrite: Rewrite | undefined, match: PathMatch, url: string): string {
  if (!rewrite) return url;
  const path = pathOf(url);
  const rest = url.slice(path.length);
  if (rewrite.regex) return `${substituted(rewrite.regex, path)}${rest}`;
  return rewrite.prefix === undefined ? url : `${replaced(match, path, rewrite.prefix)}${rest}`;
}

/** Puts a text in the place of what a match has matched: a prefix, or the whole path. */
function replaced(match: PathMatch, path: string, text: string): string {
  if ('prefix' in match) return text + path.slice(match.prefix.length);
  if ('separatedPrefix' in match) return text + path.slice(match.separatedPrefix.length);
  return text;
}

/** Replaces all that the expression finds; `\1` is its first group, `\\` a backslash (RE2::GlobalReplace). */
function substituted({ pattern, substitution }: NonNullable<Rewrite['regex']>, path: string): string {
  const replacement = substitution.replace(/\\(\d|\\)|[\\$]/g, (found, part: string | undefined) => {
    if (part === undefined) return `\\${found}`;
    return part === '\\' ? '\\\\' : `$${part}`;
  });
  return re2(pattern).matcher(path).replaceAll(replacement);
}

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };

/** Returns where a client is sent: an absolute URL. */
export function redirectUrl(redirect: Redirect, match: PathMatch, request: RequestTraits): string {
  const scheme = redirect.scheme ?? request.scheme;
  const path = redirectedPath(redirect, match, request.url);
  return `${scheme}://${authorityOf(redirect, request, scheme)}${path}`;
}

/** The request's own port stays, unless it is the default one of the scheme that the request had. */
function authorityOf(redirect: Redirect, { host, scheme: before }: RequestTraits, scheme: string): string {
  const [, name = host, port] = /^(.*?)(?::(\d+))?$/.exec(host) ?? [];
  if (redirect.port !== undefined) return `${redirect.host ?? name}:${redirect.port}`;
  if (redirect.host !== undefined) return redirect.host;
  const isDefault = scheme !== before && Number(port) === DEFAULT_PORTS[before];
  return isDefault ? name : host;
}

function redirectedPath({ path, prefix }: Redirect, match: PathMatch, url: string): string {
  const asked = pathOf(url);
  const query = url.slice(asked.length);
  if (path !== undefined) return path.includes('?') ? path : `${path}${query}`;
  return prefix === undefined ? url : `${replaced(match, asked, prefix)}${query}`;
}
