/** A URL as curl reads it: scheme, host, port and what goes on the request line. */
import { CurlError, type CurlRelease, EXIT_CODE } from './errors.ts';
import type { CurlOptions } from './options.ts';

/** A URL taken apart for one request. */
export interface Target {
  /** With its scheme, as `%{url_effective}` shows it. */
  readonly url: string;
  readonly isSecure: boolean;
  /** What one connection leads to: `http helloworld:5000`. */
  readonly server: string;
  readonly host: string;
  readonly port: number;
  /** The Host header: the port only if it is not the scheme's. */
  readonly authority: string;
  /** Path and query, never empty. */
  readonly path: string;
}

/** Takes the scheme off a URL: `http` without one. @throws CurlError for one that curl was not built with */
function schemeOf(text: string, isModern: boolean): readonly [protocol: 'http' | 'https', rest: string] {
  if (text.startsWith('http://')) return ['http', text.slice('http://'.length)];
  const [, scheme = 'http', rest = ''] = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):\/\/)?(.*)$/s.exec(text) ?? [];
  const protocol = scheme.toLowerCase();
  if (protocol === 'http' || protocol === 'https') return [protocol, rest];
  const message = isModern
    ? `Protocol "${protocol}" not supported`
    : `Protocol "${protocol}" not supported or disabled in libcurl`;
  throw new CurlError(EXIT_CODE.unsupportedProtocol, message);
}

/** Reads the port of a URL, which may be left out. @throws CurlError for what is no port */
function portOf(text: string | undefined, defaultPort: number, isModern: boolean): number {
  const port = text === undefined || text === '' ? defaultPort : Number(text);
  if (Number.isInteger(port) && port >= 0 && port <= 65535) return port;
  throw new CurlError(
    EXIT_CODE.badUrl,
    isModern
      ? 'URL rejected: Port number was not a decimal number between 0 and 65535'
      : `Port number ended with '${(text ?? '').replace(/^\d*/, '').charAt(0)}'`,
  );
}

/** What a command line says of its URLs. */
type TargetOptions = Pick<CurlOptions, 'pathAsIs' | 'requestTarget'>;

/** @throws CurlError for a URL that curl refuses */
export function parseTarget(
  text: string,
  { isModern }: CurlRelease,
  { pathAsIs, requestTarget }: TargetOptions,
): Target {
  const [protocol, rest] = schemeOf(text, isModern);
  if (/[\s\0]/.test(rest)) {
    throw new CurlError(
      EXIT_CODE.badUrl,
      isModern
        ? 'URL rejected: Malformed input to a URL function'
        : 'URL using bad/illegal format or missing URL',
    );
  }
  const authorityEnd = rest.search(/[/?#]/);
  const authority = authorityEnd < 0 ? rest : rest.slice(0, authorityEnd);
  const after = authorityEnd < 0 ? '' : withoutFragment(rest.slice(authorityEnd));
  const named = /^(?:[^@]*@)?([^:]*)(?::(.*))?$/.exec(authority);
  const host = named?.[1] ?? '';
  if (host === '') {
    throw new CurlError(
      EXIT_CODE.badUrl,
      isModern ? 'URL rejected: No host part in the URL' : 'URL using bad/illegal format or missing URL',
    );
  }
  const defaultPort = protocol === 'https' ? 443 : 80;
  const port = portOf(named?.[2], defaultPort, isModern);
  const given = after.startsWith('/') ? after : `/${after}`;
  const path = pathAsIs ? given : withoutDots(given);
  return {
    url: `${protocol}://${authority}${path}`,
    isSecure: protocol === 'https',
    server: `${protocol} ${host}:${port}`,
    host,
    port,
    authority: port === defaultPort ? host : `${host}:${port}`,
    path: requestTarget ?? path,
  };
}

function withoutFragment(url: string): string {
  const hash = url.indexOf('#');
  return hash < 0 ? url : url.slice(0, hash);
}

/** Takes dot segments out of a path, which may have a query (curl/curl lib/urlapi.c, dedotdotify). */
function withoutDots(url: string): string {
  if (!url.includes('/.')) return url;
  const [, path = '', query = ''] = /^([^?]*)(.*)$/s.exec(url) ?? [];
  if (!path.includes('/.')) return url;
  const kept: string[] = [];
  const segments = path.slice(1).split('/');
  for (const [at, segment] of segments.entries()) {
    const isDots = segment === '.' || segment === '..';
    if (segment === '..') kept.pop();
    if (!isDots) kept.push(segment);
    else if (at === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}${query}`;
}
