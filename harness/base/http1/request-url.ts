/** The URL of a request line: a path, a URL with its scheme, or the authority that CONNECT names. */
import { BYTE, isIn, SET, skipSet } from './characters.ts';
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
  if (first === BYTE.slash || first === BYTE.asterisk) return endOfPath(text, at);
  if (!isIn(text, at, SET.alpha)) throw new ParseError('HPE_INVALID_URL');
  const afterScheme = skipSet(text, at, SET.alpha);
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
    if (byte === BYTE.slash) return endOfPath(text, index);
    if (byte === BYTE.question) return endOfQuery(text, index + 1);
    if (isEnd(byte)) return index;
    const isAt = byte === BYTE.at;
    const isBracket = byte === BYTE.openingBracket || byte === BYTE.closingBracket;
    if (isAt ? isAfterAt : !isBracket && !isIn(text, index, SET.userInfo))
      throw new ParseError('HPE_INVALID_URL');
    isAfterAt = isAt;
  }
  return INCOMPLETE;
}

function endOfPath(text: string, at: number): number {
  const end = skipSet(text, at, SET.url);
  if (end >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(end);
  if (byte === BYTE.question) return endOfQuery(text, end + 1);
  if (byte === BYTE.hash) return endOfFragment(text, end + 1);
  return mustEnd(byte, end);
}

function endOfQuery(text: string, at: number): number {
  let end = skipSet(text, at, SET.url);
  while (text.charCodeAt(end) === BYTE.question) end = skipSet(text, end + 1, SET.url);
  if (end >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(end);
  return byte === BYTE.hash ? endOfFragment(text, end + 1) : mustEnd(byte, end);
}

function endOfFragment(text: string, at: number): number {
  for (let index = at; index < text.length; index++) {
    const byte = text.charCodeAt(index);
    if (byte === BYTE.question || byte === BYTE.hash || isIn(text, index, SET.url)) continue;
    return mustEnd(byte, index);
  }
  return INCOMPLETE;
}

const isEnd = (byte: number): boolean => byte === BYTE.space || byte === BYTE.cr || byte === BYTE.lf;

function mustEnd(byte: number, at: number): number {
  if (!isEnd(byte)) throw new ParseError('HPE_INVALID_URL');
  return at;
}
