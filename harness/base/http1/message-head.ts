/** The head of a message, request or response, as it is read line by line. */

/** A line that is not all there yet: nothing of it was taken. */
export const INCOMPLETE = -1;

/** What the header lines say about the connection and the body. */
export const FLAG = {
  keepAlive: 1,
  close: 2,
  connectionUpgrade: 4,
  upgrade: 8,
  chunked: 16,
  transferEncoding: 32,
  contentLength: 64,
  /** A `Content-Length:` without a value: an error, but only the next line shows it. */
  emptyLength: 128,
  /** Whatever it says, no body follows. */
  noBody: 256,
} as const;

/** One message's head. What belongs to the other kind of message keeps its default. */
export class MessageHead {
  method = '';
  url = '';
  status = 0;
  /** The reason phrase. */
  reason = '';
  major = 0;
  minor = 0;
  /** Names and values in turn, as they came. */
  readonly rawHeaders: string[] = [];
  /** The same of the lines after the last chunk. */
  readonly rawTrailers: string[] = [];
  /** Takes the lines that are read: the headers first, then the trailers. */
  fields = this.rawHeaders;
  flags = 0;
  /** Bytes, as Content-Length says; 0 without one. */
  contentLength = 0;
  /** Bytes of what counts against the limit. */
  size = 0;

  /** `1.1`. */
  get httpVersion(): string {
    return `${this.major}.${this.minor}`;
  }

  has(flag: number): boolean {
    return (this.flags & flag) !== 0;
  }

  /** Whether a request wants to change the protocol, or a response of status 101 does. */
  get isUpgrade(): boolean {
    if (this.method === 'CONNECT') return true;
    const wants = this.has(FLAG.upgrade) && this.has(FLAG.connectionUpgrade);
    return wants && (this.method !== '' || this.status === 101);
  }

  /** Whether a body is announced, by size or in chunks. */
  get announcesBody(): boolean {
    return this.has(FLAG.chunked) || this.contentLength > 0;
  }

  /** Whether no body can follow, by the status or because another protocol does. */
  get neverHasBody(): boolean {
    const { status } = this;
    if (this.method !== '') return this.isUpgrade && !this.announcesBody;
    return (status >= 100 && status <= 103) || status === 204 || status === 304;
  }

  /** Whether a response's body ends with its connection. */
  get endsWithConnection(): boolean {
    const { status } = this;
    const isBodiless = (status >= 100 && status < 200) || status === 204 || status === 304;
    if (this.method !== '' || isBodiless || this.has(FLAG.noBody)) return false;
    if (this.has(FLAG.chunked)) return false;
    return this.has(FLAG.transferEncoding) || !this.has(FLAG.contentLength);
  }

  /** Whether the sender lets the connection stand after this message. */
  get keepsAlive(): boolean {
    const isModern = this.major > 0 && this.minor > 0;
    if (isModern ? this.has(FLAG.close) : !this.has(FLAG.keepAlive)) return false;
    return !this.endsWithConnection;
  }
}

/** Finds the first value of a header in names and values in turn. @param name - in lower case */
export function headerOf(rawHeaders: readonly string[], name: string): string | undefined {
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const at = rawHeaders[index];
    if (at?.length === name.length && at.toLowerCase() === name) return rawHeaders[index + 1];
  }
  return undefined;
}

/** Joins all values of a header with commas; undefined if there are none. @param name - in lower case */
export function joinedHeader(rawHeaders: readonly string[], name: string): string | undefined {
  let joined: string | undefined;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const at = rawHeaders[index];
    if (at?.length !== name.length || at.toLowerCase() !== name) continue;
    joined = joined === undefined ? rawHeaders[index + 1] : `${joined}, ${rawHeaders[index + 1]}`;
  }
  return joined;
}
