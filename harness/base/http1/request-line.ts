/** The first line of a request: `GET /hello HTTP/1.1`. */
import { BYTE } from './characters.ts';
import { checkHeadSize, ParseError } from './errors.ts';
import { INCOMPLETE, type MessageHead } from './message-head.ts';
import { beginsMethod, isMethod, METHODS_OF } from './methods.ts';
import { readProtocolName, readVersion } from './protocol-version.ts';
import { endOfUrl } from './request-url.ts';

/**
 * Reads the line into the head.
 * @returns where the next line begins, or INCOMPLETE
 * @throws ParseError
 */
export function readRequestLine(text: string, at: number, head: MessageHead): number {
  const afterMethod = text.indexOf(' ', at);
  const method = text.slice(at, afterMethod < 0 ? undefined : afterMethod);
  if (afterMethod < 0) {
    if (!beginsMethod(method)) throw new ParseError('HPE_INVALID_METHOD');
    return INCOMPLETE;
  }
  if (!isMethod(method)) throw new ParseError('HPE_INVALID_METHOD');
  const urlStart = skipSpaces(text, afterMethod);
  const urlEnd = endOfUrl(text, urlStart, method === 'CONNECT');
  checkHeadSize((urlEnd === INCOMPLETE ? text.length : urlEnd) - urlStart);
  if (urlEnd === INCOMPLETE) return INCOMPLETE;
  const isSimple = text.charCodeAt(urlEnd) !== BYTE.space;
  const next = isSimple
    ? endOfSimpleRequest(text, urlEnd, head)
    : readProtocol(text, skipSpaces(text, urlEnd), method, head);
  if (next === INCOMPLETE) return INCOMPLETE;
  head.method = method;
  head.url = text.slice(urlStart, urlEnd);
  head.size = urlEnd - urlStart;
  return next;
}

function skipSpaces(text: string, at: number): number {
  let index = at;
  while (text.charCodeAt(index) === BYTE.space) index++;
  return index;
}

/** A request without a version is of HTTP/0.9. Its line may end without CR. */
function endOfSimpleRequest(text: string, at: number, head: MessageHead): number {
  head.major = 0;
  head.minor = 9;
  if (text.charCodeAt(at) === BYTE.lf) return at + 1;
  if (at + 1 >= text.length) return INCOMPLETE;
  if (text.charCodeAt(at + 1) !== BYTE.lf) throw new ParseError('HPE_INVALID_URL');
  return at + 2;
}

function readProtocol(text: string, at: number, method: string, head: MessageHead): number {
  const name = readProtocolName(text, at);
  if (name === undefined) return INCOMPLETE;
  if (!METHODS_OF.get(name)?.has(method)) throw new ParseError('HPE_INVALID_CONSTANT');
  const end = readVersion(text, at + name.length, head);
  if (end === INCOMPLETE) return INCOMPLETE;
  if (method === 'PRI') return refusePreface(text, end);
  return endOfRequestLine(text, end);
}

function endOfRequestLine(text: string, at: number): number {
  if (at >= text.length) return INCOMPLETE;
  if (text.charCodeAt(at) !== BYTE.cr) throw new ParseError('HPE_INVALID_VERSION');
  if (at + 1 >= text.length) return INCOMPLETE;
  if (text.charCodeAt(at + 1) !== BYTE.lf) throw new ParseError('HPE_STRICT');
  return at + 2;
}

const PREFACE = '\r\n\r\nSM\r\n\r\n';

/** HTTP/2 is not spoken here. */
function refusePreface(text: string, at: number): number {
  const rest = text.slice(at, at + PREFACE.length);
  if (rest === PREFACE) throw new ParseError('HPE_PAUSED_H2_UPGRADE');
  if (!PREFACE.startsWith(rest)) throw new ParseError('HPE_INVALID_VERSION');
  return INCOMPLETE;
}
