/**
 * What becomes of a request's path before filters and routes look at it: escaped slashes, dot segments,
 * doubled slashes, in that order (envoyproxy/envoy source/common/http/conn_manager_utility.cc and
 * path_utility.cc @v1.30; test/simulator/istio/envoy/http/paths.yaml has the answers of a real Envoy 1.40).
 */
import type { PathOptions } from '../../xds/resources.ts';

/** The path and query to go on with, or what the client is told instead. */
type NormalPath =
  | { readonly kind: 'forward' | 'redirect'; readonly url: string }
  | { readonly kind: 'reject' };

const REJECT: NormalPath = { kind: 'reject' };

/**
 * @param url - path and query
 * @param takesParameters - a segment `..;x=y` counts as `..`
 */
export function normalPath(options: PathOptions, url: string, takesParameters: boolean): NormalPath {
  const end = url.indexOf('?');
  const query = end < 0 ? '' : url.slice(end);
  let path = end < 0 ? url : url.slice(0, end);
  let kind: 'forward' | 'redirect' = 'forward';
  const { escapedSlashes = 'KEEP_UNCHANGED' } = options;
  if (escapedSlashes !== 'KEEP_UNCHANGED' && ESCAPED_SLASH.test(path)) {
    if (escapedSlashes === 'REJECT_REQUEST') return REJECT;
    if (escapedSlashes === 'UNESCAPE_AND_REDIRECT') kind = 'redirect';
    path = path.replace(/%2f/gi, '/').replace(/%5c/gi, '\\');
  }
  if (options.normalizes) {
    const canonical = canonicalPath(path, takesParameters);
    if (canonical === undefined) return REJECT;
    path = canonical;
  }
  if (options.mergesSlashes) path = mergedSlashes(path);
  return { kind, url: `${path}${query}` };
}

const ESCAPED_SLASH = /%(2f|5c)/i;
/** What may change a path: nearly none has it. */
const UNUSUAL = /[%\\"<>^`{|}]|\/\./;
const PARAMETERS = /(?<=\/\.\.?);[^/]*/g;

/**
 * Takes dot segments away, decodes what need not be encoded and encodes what must be (google/googleurl
 * url/url_canon_path.cc). A backslash is a slash.
 * @returns undefined for a path with the character 0
 */
function canonicalPath(path: string, takesParameters: boolean): string | undefined {
  if (!UNUSUAL.test(path)) return path;
  if (path.includes('%00')) return undefined;
  const plain = takesParameters ? path.replace(PARAMETERS, '') : path;
  const segments = plain.slice(1).split(/[/\\]/);
  const kept: string[] = [];
  for (const [at, raw] of segments.entries()) {
    const segment = canonicalSegment(raw);
    const isDots = segment === '.' || segment === '..';
    if (segment === '..') kept.pop();
    if (!isDots) kept.push(segment);
    else if (at === segments.length - 1) kept.push('');
  }
  return `/${kept.join('/')}`;
}

const canonicalSegment = (segment: string): string =>
  segment.replace(/%([\da-f]{2})|["<>^`{|}]/gi, (found, hex: string | undefined) => {
    if (hex === undefined) return `%${found.charCodeAt(0).toString(16).toUpperCase()}`;
    const character = String.fromCharCode(Number.parseInt(hex, 16));
    return /[\w.~-]/.test(character) ? character : found;
  });

/** Unlike a path of several, one of slashes alone keeps two of them, as Envoy's does. */
function mergedSlashes(path: string): string {
  if (!path.includes('//')) return path;
  const middle = path.split('/').filter(segment => segment !== '');
  return `${path.startsWith('/') ? '/' : ''}${middle.join('/')}${path.endsWith('/') ? '/' : ''}`;
}
