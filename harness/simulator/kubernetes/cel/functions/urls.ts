/** URLs (apiserver pkg/cel/library/urls.go @v1.34; Go's net/url). */
import { structType } from '../check/types.ts';
import { EvaluationError, ForeignValue, LiteralMap, type MapValue } from '../run/values.ts';
import type { Library } from './declare.ts';

interface UrlParts {
  readonly scheme: string;
  /** With the port. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** What is wrong with a text, in Go's words; or its parts. */
function readUrl(text: string): UrlParts | string {
  const fail = (problem: string) => `parse ${JSON.stringify(text)}: ${problem}`;
  if (text === '') return fail('empty url');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is refused
  if (/[\x00-\x1f\x7f]/.test(text)) return fail('net/url: invalid control character in URL');
  const [, scheme, afterScheme] = /^([a-zA-Z][a-zA-Z0-9+.-]*):(.*)$/s.exec(text) ?? [];
  const rest = afterScheme ?? text;
  if (scheme === undefined && text.startsWith(':')) return fail('missing protocol scheme');
  if (!rest.startsWith('/')) {
    // An opaque URL, as `mailto:`, is taken with a scheme only.
    if (scheme === undefined) return fail('invalid URI for request');
    return { scheme: scheme.toLowerCase(), host: '', path: '', query: rest.split('?')[1] ?? '' };
  }
  const [, authority, tail = ''] = /^(?:\/\/([^/?#]*))?(.*)$/s.exec(rest) ?? [];
  if (authority === undefined && scheme === undefined && rest.startsWith('//')) return fail('invalid URI');
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(tail.split(/[?#]/)[0] ?? '');
  if (bad) return fail(`invalid URL escape ${JSON.stringify(bad[0])}`);
  const host = (authority ?? '').replace(/^.*@/s, '');
  const problem = problemOfHost(host);
  if (problem) return fail(problem);
  const withoutFragment = tail.split('#')[0] ?? '';
  const at = withoutFragment.indexOf('?');
  return {
    scheme: (scheme ?? '').toLowerCase(),
    host,
    path: at < 0 ? withoutFragment : withoutFragment.slice(0, at),
    query: at < 0 ? '' : withoutFragment.slice(at + 1),
  };
}

function problemOfHost(host: string): string | undefined {
  const illegal = /[ "<>^`{|}\\]/.exec(host);
  if (illegal) return `invalid character ${JSON.stringify(illegal[0])} in host name`;
  if (host.startsWith('[')) {
    if (!host.includes(']')) return "missing ']' in host";
    const port = host.slice(host.indexOf(']') + 1);
    return /^(?::\d*)?$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`;
  }
  const port = /:.*$/s.exec(host)?.[0] ?? '';
  return /^(?::\d*)?$/.test(port) ? undefined : `invalid port ${JSON.stringify(port)} after host`;
}

/** Returns what is wrong with a text that should be a URL or a path from the root, or undefined. */
export function problemOfUrl(text: string): string | undefined {
  const read = readUrl(text);
  return typeof read === 'string' ? read : undefined;
}

class Url extends ForeignValue {
  override readonly type = structType('kubernetes.URL');
  readonly text: string;
  readonly parts: UrlParts;
  constructor(text: string, parts: UrlParts) {
    super();
    this.text = text;
    this.parts = parts;
  }
  override equals(other: ForeignValue): boolean {
    return other instanceof Url && other.text === this.text;
  }
}

function url(text: string): Url {
  const read = readUrl(text);
  if (typeof read === 'string')
    throw new EvaluationError(`URL parse error during conversion from string: ${read}`);
  return new Url(text, read);
}

/** Signs that may stand in a path as they are; escapes that are there stay. */
const escapedPath = (path: string) =>
  path.replaceAll(/%[0-9a-fA-F]{2}|[^A-Za-z0-9$&+,/:;=@\-_.~!'()*[\]]/gu, sign =>
    sign.startsWith('%') && sign.length === 3 ? sign : encodeURIComponent(sign),
  );

const hostname = (host: string) => /^\[(.*)\]/.exec(host)?.[1] ?? host.split(':')[0] ?? '';
const port = (host: string) => /:(\d*)$/.exec(host.replace(/^\[.*\]/, ''))?.[1] ?? '';

function query(text: string): MapValue {
  const byName = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(text))
    byName.set(name, [...(byName.get(name) ?? []), value]);
  const map = new LiteralMap();
  for (const [name, values] of byName) map.add(name, values);
  return map;
}

/** Declares the functions over URLs. */
export function declareUrls(library: Library): void {
  const type = 'kubernetes.URL';
  library
    .declare('string_to_url', `url(string): ${type}`, url)
    .declare('url_get_scheme', `.getScheme(${type}): string`, ({ parts }: Url) => parts.scheme)
    .declare('url_get_host', `.getHost(${type}): string`, ({ parts }: Url) => parts.host)
    .declare('url_get_hostname', `.getHostname(${type}): string`, ({ parts }: Url) => hostname(parts.host))
    .declare('url_get_port', `.getPort(${type}): string`, ({ parts }: Url) => port(parts.host))
    .declare('url_get_escaped_path', `.getEscapedPath(${type}): string`, ({ parts }: Url) =>
      escapedPath(parts.path),
    )
    .declare('url_get_query', `.getQuery(${type}): map<string, list<string>>`, ({ parts }: Url) =>
      query(parts.query),
    )
    .declare('is_url_string', 'isURL(string): bool', (text: string) => problemOfUrl(text) === undefined);
}
