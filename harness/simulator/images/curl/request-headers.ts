/** The headers that curl sends, which are the same for all requests to a server. */
import { headText, saysChunked } from '../../../base/http1/outgoing-message.ts';
import type { CurlRelease } from './errors.ts';
import type { CurlOptions } from './options.ts';

/** Makes the headers that curl sends by itself, by their names in lower case. */
function curlHeaders(
  { userAgent }: CurlOptions,
  { version }: CurlRelease,
  authority: string,
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

/** The headers of a request, and what they say. */
interface SentHeaders {
  /** Names and values in turn. */
  readonly fields: readonly string[];
  /** As they follow the first line, with the empty line. */
  readonly text: string;
  readonly isChunked: boolean;
  /** Curl does not use the connection again. */
  readonly closes: boolean;
}

/** Makes the headers for each server once. */
export class RequestHeaders {
  readonly #options: CurlOptions;
  readonly #release: CurlRelease;
  readonly #made = new Map<string, SentHeaders>();

  constructor(options: CurlOptions, release: CurlRelease) {
    this.#options = options;
    this.#release = release;
  }

  /** @param body - of `-d`, the same for all requests; undefined without */
  of(authority: string, body: string | undefined): SentHeaders {
    let sent = this.#made.get(authority);
    if (!sent) {
      const headers = requestHeaders(this.#options, this.#release, authority, body);
      const fields = headers.flat();
      const closes = headers.some(([name, value]) => /^connection$/i.test(name) && /\bclose\b/i.test(value));
      sent = { fields, text: headText('', fields), isChunked: saysChunked(fields), closes };
      this.#made.set(authority, sent);
    }
    return sent;
  }
}

/**
 * Returns the headers that curl sends, in its order: its own, which `-H` replaces or removes, and then those
 * that `-H` adds.
 * @param body - of `-d`; undefined without
 */
function requestHeaders(
  options: CurlOptions,
  release: CurlRelease,
  authority: string,
  body: string | undefined,
): [string, string][] {
  const headers = curlHeaders(options, release, authority, body);
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
