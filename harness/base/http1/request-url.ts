/** The URL of a request line: a path, a URL with its scheme, or the authority that CONNECT names. */
import * as char from './characters.ts';
import { ParseError } from './errors.ts';
import { INCOMPLETE } from './message-head.ts';

const SCHEME_END = '://';

/**
 * Finds the space or line break that ends the URL.
 * @param isAuthority - the method is CONNECT
 * @returns INCOMPLETE if the text ends before
 * @throws ParseError HPE_INVALID_URL
 */
export function endOfUrl(text: string, at: number, isAuthority: boolean): number {
  if (at >= text.length) return INCOMPLETE;
  if (isAuthority) return endOfAuthority(text, at);
  const first = text.charCodeAt(at);
  if (first === char.SLASH || first === 0x2a /* an asterisk */) return endOfPath(text, at);
  if (!char.isIn(text, at, char.ALPHA)) throw new ParseError('HPE_INVALID_URL');
  const afterScheme = char.skipSet(text, at, char.ALPHA);
  const delimiter = text.slice(afterScheme, afterScheme + SCHEME_END.length);
  if (delimiter === SCHEME_END) return endOfAuthority(text, afterScheme + SCHEME_END.length);
  if (!SCHEME_END.startsWith(delimiter)) throw new ParseError('HPE_INVALID_URL');
  return INCOMPLETE;
}

/** Reads `user@host:port`, and what follows it. Two `@` in a row are refused, two apart are not. */
function endOfAuthority(text: string, at: number): number {
  let isAfterAt = false;
  for (let index = at; index < text.length; index++) {
    const byte = text.charCodeAt(index);
    if (byte === char.SLASH) return endOfPath(text, index);
    if (byte === char.QUESTION) return endOfQuery(text, index + 1);
    if (isEnd(byte)) return index;
    const isAt = byte === char.AT;
    const isBracket = byte === 0x5b || byte === 0x5d;
    if (isAt ? isAfterAt : !isBracket && !char.isIn(text, index, char.USERINFO))
      throw new ParseError('HPE_INVALID_URL');
    isAfterAt = isAt;
  }
  return INCOMPLETE;
}

function endOfPath(text: string, at: number): number {
  const end = char.skipSet(text, at, char.URL);
  if (end >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(end);
  if (byte === char.QUESTION) return endOfQuery(text, end + 1);
  if (byte === char.HASH) return endOfFragment(text, end + 1);
  return mustEnd(byte, end);
}

function endOfQuery(text: string, at: number): number {
  let end = char.skipSet(text, at, char.URL);
  while (text.charCodeAt(end) === char.QUESTION) end = char.skipSet(text, end + 1, char.URL);
  if (end >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(end);
  return byte === char.HASH ? endOfFragment(text, end + 1) : mustEnd(byte, end);
}

function endOfFragment(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const byte = text.charCodeAt(index);
    if (byte === char.QUESTION || byte === char.HASH || char.isIn(text, index, char.URL)) continue;
    return mustEnd(byte, index);
  }
  return INCOMPLETE;
}

const isEnd = (byte: number): boolean => byte === char.SPACE || byte === char.CR || byte === char.LF;

function mustEnd(byte: number, at: number): number {
  if (!isEnd(byte)) throw new ParseError('HPE_INVALID_URL');
  return at;
}
