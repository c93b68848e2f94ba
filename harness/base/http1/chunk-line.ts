/** The line before each chunk of a body: its size in hexadecimal digits, with extensions to skip. */
import { BYTE, isIn, SET, skipSet } from './characters.ts';
import { ParseError } from './errors.ts';
import { INCOMPLETE } from './message-head.ts';

/** Names and values of one chunk's extensions may have so many bytes together, as in Node. */
const MAX_EXTENSION_BYTES = 16 * 1024;
const MAX_SIZE_DIGITS = 16;

/** A chunk's size, and where the line after it begins. */
interface ChunkLine {
  readonly size: number;
  readonly next: number;
}

/**
 * Reads the line.
 * @returns undefined if it is not all there
 * @throws ParseError
 */
export function readChunkLine(text: string, at: number): ChunkLine | undefined {
  const afterSize = skipSet(text, at, SET.hex);
  const digits = text.slice(at, afterSize).replace(/^0+/, '');
  if (digits.length > MAX_SIZE_DIGITS) throw new ParseError('HPE_INVALID_CHUNK_SIZE');
  if (afterSize >= text.length) return undefined;
  if (afterSize === at) throw new ParseError('HPE_INVALID_CHUNK_SIZE');
  const byte = text.charCodeAt(afterSize);
  if (byte === BYTE.lf) throw new ParseError('HPE_CR_EXPECTED');
  if (byte !== BYTE.cr && byte !== BYTE.semicolon) throw new ParseError('HPE_INVALID_CHUNK_SIZE');
  const lineEnd = byte === BYTE.cr ? afterSize : endOfExtensions(text, afterSize + 1);
  if (lineEnd === INCOMPLETE || lineEnd + 1 >= text.length) return undefined;
  if (text.charCodeAt(lineEnd + 1) !== BYTE.lf) throw new ParseError('HPE_STRICT');
  return { size: Number.parseInt(digits === '' ? '0' : digits, 16), next: lineEnd + 2 };
}

/** @param at - after the first semicolon @returns the place of the CR, or INCOMPLETE */
function endOfExtensions(text: string, at: number): number {
  let start = at;
  let size = 0;
  while (start < text.length) {
    const first = text.charCodeAt(start);
    if (first === BYTE.space || first === BYTE.cr) throw new ParseError('HPE_STRICT');
    const end = endOfExtension(text, start);
    size += (end === INCOMPLETE ? text.length : end) - start;
    if (size > MAX_EXTENSION_BYTES) throw new ParseError('HPE_CHUNK_EXTENSIONS_OVERFLOW');
    if (end === INCOMPLETE || text.charCodeAt(end) === BYTE.cr) return end;
    start = end + 1;
  }
  return INCOMPLETE;
}

/** @returns the place of the semicolon or CR after `name`, `name=value` or `name="value"`, or INCOMPLETE */
function endOfExtension(text: string, at: number): number {
  let end = skipSet(text, at, SET.token);
  if (text.charCodeAt(end) === BYTE.equals) {
    end = skipSet(text, end + 1, SET.token);
    if (text.charCodeAt(end) === BYTE.quote) end = endOfQuotes(text, end + 1);
  }
  if (end === INCOMPLETE || end >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(end);
  if (byte === BYTE.lf) throw new ParseError('HPE_CR_EXPECTED');
  if (byte !== BYTE.semicolon && byte !== BYTE.cr) throw new ParseError('HPE_STRICT');
  return end;
}

function endOfQuotes(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const byte = text.charCodeAt(index);
    if (byte === BYTE.quote) return index + 1;
    if (byte === BYTE.backslash && index + 1 < text.length) index++;
    if (!isIn(text, index, SET.value)) throw new ParseError('HPE_STRICT');
  }
  return INCOMPLETE;
}
