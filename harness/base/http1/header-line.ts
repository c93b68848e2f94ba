/** One header line of a head or of a chunked body's trailer, and what it says of connection and body. */
import { BYTE, SET, skipSet } from './characters.ts';
import { checkHeadSize, ParseError } from './errors.ts';
import { FLAG, INCOMPLETE, type MessageHead } from './message-head.ts';

/** Names and values that are kept: Node takes 31 headers at a time, until it has more than a thousand. */
const MAX_ENTRIES = 33 * 31 * 2;
const MAX_CONTENT_LENGTH = 2n ** 64n - 1n;

/** A header that the parser itself must understand. */
type Kind = 'connection' | 'upgrade' | 'content-length' | 'transfer-encoding' | undefined;

/**
 * Reads a line into the head. The line before it must not go on in this one.
 * @param isRequest - requests are refused an encoding after `chunked`
 * @returns where the next line begins, or INCOMPLETE
 * @throws ParseError
 */
export function readHeaderLine(text: string, at: number, head: MessageHead, isRequest: boolean): number {
  const colon = skipSet(text, at, SET.token);
  const nameLength = colon - at;
  checkHeadSize(head.size + nameLength);
  if (colon >= text.length) return INCOMPLETE;
  if (text.charCodeAt(colon) !== BYTE.colon || nameLength === 0)
    throw new ParseError('HPE_INVALID_HEADER_TOKEN');
  const name = text.slice(at, colon);
  const kind = kindOf(name);
  if (kind !== undefined) checkCompany(kind, head);
  let start = colon + 1;
  while (text.charCodeAt(start) === BYTE.space || text.charCodeAt(start) === BYTE.tab) start++;
  if (start >= text.length) return INCOMPLETE;
  const first = text.charCodeAt(start);
  if (first === BYTE.cr || first === BYTE.lf) return endOfEmptyValue(text, start, head, name, kind);
  const end = skipSet(text, start, SET.value);
  if (kind !== undefined) checkValue(kind, text, start, end, { head, isRequest });
  const size = head.size + nameLength + end - start;
  checkHeadSize(size);
  const next = endOfValue(text, end);
  if (next === INCOMPLETE) return INCOMPLETE;
  const value = text.slice(start, end);
  if (kind !== undefined) note(kind, value, head);
  head.size = size;
  add(head, name, trimmedEnd(value));
  return next;
}

function kindOf(name: string): Kind {
  switch (name.length) {
    case 7:
      return name.toLowerCase() === 'upgrade' ? 'upgrade' : undefined;
    case 10:
      return name.toLowerCase() === 'connection' ? 'connection' : undefined;
    case 14:
      return name.toLowerCase() === 'content-length' ? 'content-length' : undefined;
    case 16:
      return name.toLowerCase() === 'proxy-connection' ? 'connection' : undefined;
    case 17:
      return name.toLowerCase() === 'transfer-encoding' ? 'transfer-encoding' : undefined;
    default:
      return undefined;
  }
}

/** A length beside an encoding is a way to smuggle requests. */
function checkCompany(kind: Kind, head: MessageHead): void {
  if (kind === 'transfer-encoding' && head.has(FLAG.contentLength))
    throw new ParseError('HPE_INVALID_TRANSFER_ENCODING');
  if (kind === 'content-length' && head.has(FLAG.transferEncoding))
    throw new ParseError('HPE_INVALID_CONTENT_LENGTH');
}

function endOfEmptyValue(text: string, at: number, head: MessageHead, name: string, kind: Kind): number {
  if (text.charCodeAt(at) === BYTE.lf) throw new ParseError('HPE_INVALID_HEADER_TOKEN');
  if (at + 1 >= text.length) return INCOMPLETE;
  if (text.charCodeAt(at + 1) !== BYTE.lf) throw new ParseError('HPE_STRICT');
  if (kind === 'content-length') head.flags |= FLAG.emptyLength;
  head.size += name.length;
  add(head, name, '');
  return at + 2;
}

/** Refuses what a special header must not say; the value may go on after `end`. */
function checkValue(
  kind: Kind,
  text: string,
  start: number,
  end: number,
  { head, isRequest }: { readonly head: MessageHead; readonly isRequest: boolean },
): void {
  if (kind === 'content-length') {
    if (head.has(FLAG.contentLength)) throw new ParseError('HPE_UNEXPECTED_CONTENT_LENGTH');
    const digits = /^(\d*) *$/.exec(text.slice(start, end))?.[1];
    const isCutOff = end >= text.length;
    const breaks = isCutOff || text.charCodeAt(end) === BYTE.cr || text.charCodeAt(end) === BYTE.lf;
    if (digits === undefined || !breaks || isTooLong(digits))
      throw new ParseError('HPE_INVALID_CONTENT_LENGTH');
  }
  if (kind === 'transfer-encoding' && isRequest) {
    const isLate = head.has(FLAG.chunked) || /(?:^|,[ \t]*)chunked *,/i.test(text.slice(start, end));
    if (isLate) throw new ParseError('HPE_INVALID_TRANSFER_ENCODING');
  }
}

const isTooLong = (digits: string): boolean => digits.length > 19 && BigInt(digits) > MAX_CONTENT_LENGTH;

function endOfValue(text: string, at: number): number {
  if (at >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(at);
  if (byte === BYTE.lf) throw new ParseError('HPE_CR_EXPECTED');
  if (byte !== BYTE.cr) throw new ParseError('HPE_INVALID_HEADER_TOKEN');
  if (at + 1 >= text.length) return INCOMPLETE;
  if (text.charCodeAt(at + 1) !== BYTE.lf) throw new ParseError('HPE_LF_EXPECTED');
  return at + 2;
}

/** @param value - as it came, with the white space at its end */
function note(kind: Kind, value: string, head: MessageHead): void {
  switch (kind) {
    case 'upgrade':
      head.flags |= FLAG.upgrade;
      return;
    case 'content-length':
      head.flags |= FLAG.contentLength;
      head.contentLength = Number(value);
      return;
    case 'transfer-encoding':
      head.flags = (head.flags | FLAG.transferEncoding) & ~FLAG.chunked;
      if (/(?:^|,[ \t]*)chunked *$/i.test(value)) head.flags |= FLAG.chunked;
      return;
    case 'connection':
      for (const token of value.split(',')) head.flags |= connectionFlag(token);
      return;
    case undefined:
      return;
  }
}

function connectionFlag(token: string): number {
  switch (/^[ \t]*(close|keep-alive|upgrade) *$/i.exec(token)?.[1]?.toLowerCase()) {
    case 'close':
      return FLAG.close;
    case 'keep-alive':
      return FLAG.keepAlive;
    case 'upgrade':
      return FLAG.connectionUpgrade;
    default:
      return 0;
  }
}

function trimmedEnd(value: string): string {
  const last = value.charCodeAt(value.length - 1);
  return last === BYTE.space || last === BYTE.tab ? value.replace(/[ \t]+$/, '') : value;
}

function add({ fields }: MessageHead, name: string, value: string): void {
  if (fields.length < MAX_ENTRIES) fields.push(name, value);
}
