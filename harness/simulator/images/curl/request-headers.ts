import type { CurlRelease } from './errors.ts';
import type { CurlOptions } from './options.ts';
import type { Target } from './target.ts';

/** Makes the headers that curl sends by itself, by their names in lower case. */
function curlHeaders(
  { userAgent }: CurlOptions,
  { version }: CurlRelease,
  { authority }: Target,
  body: string | undefined,
): Map<string, [string, string]> {
  const headers = new Map<string, [string, string]>([
    ['host', ['Host', authority]],
    ['user-agent', ['User-Agent', userAgent ?? `curl/${version}`]],
    ['accept', ['Accept', '*/*']],
  ]);
  if (body !== undefined) {
    headers.set('content-length', ['Content-Length', String(Buffer.byteLength(body))]);
    headers.set('content-type', ['Content-Type', 'application/x-www-form-urlencoded']);
  }
  return headers;
}

/**
 * Returns the headers that curl sends, in its order: its own, which `-H` replaces or removes, and then those
 * that `-H` adds.
 * @param body - of `-d`; undefined without
 */
export function requestHeaders(
  options: CurlOptions,
  release: CurlRelease,
  target: Target,
  body: string | undefined,
): [string, string][] {
  const headers = curlHeaders(options, release, target, body);
  const added: [string, string][] = [];
  for (const line of options.headers) {
    const colon = line.indexOf(':');
    if (colon < 0) {
      if (line.endsWith(';')) added.push([line.slice(0, -1), '']); // `X-Empty;` is a header without a value
      continue;
    }
    const name = line.slice(0, colon).trim();
    const value = line.slice(colon + 1).trim();
    // A header of the user's own replaces curl's, in its place; without a value it takes it away.
    const isCurls = headers.has(name.toLowerCase());
    if (value === '') headers.delete(name.toLowerCase());
    else if (isCurls) headers.set(name.toLowerCase(), [name, value]);
    else added.push([name, value]);
  }
  return [...headers.values(), ...added];
}
