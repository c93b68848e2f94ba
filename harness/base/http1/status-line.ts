/** The first line of a response: `HTTP/1.1 200 OK`. */
import { BYTE, isIn, SET } from './characters.ts';
import { checkHeadSize, ParseError } from './errors.ts';
import { INCOMPLETE, type MessageHead } from './message-head.ts';
import { readProtocolName, readVersion } from './protocol-version.ts';

/**
 * Reads the line into the head.
 * @returns where the next line begins, or INCOMPLETE
 * @throws ParseError
 */
export function readStatusLine(text: string, at: number, head: MessageHead): number {
  const name = readProtocolName(text, at);
  if (name === undefined) return INCOMPLETE;
  const afterVersion = readVersion(text, at + name.length, head);
  if (afterVersion === INCOMPLETE || afterVersion >= text.length) return INCOMPLETE;
  if (text.charCodeAt(afterVersion) !== BYTE.space) throw new ParseError('HPE_INVALID_VERSION');
  const afterStatus = afterVersion + 4;
  for (let index = afterVersion + 1; index < afterStatus; index++) {
    if (index >= text.length) return INCOMPLETE;
    if (!isIn(text, index, SET.digit)) throw new ParseError('HPE_INVALID_STATUS');
  }
  if (afterStatus >= text.length) return INCOMPLETE;
  head.status = Number(text.slice(afterVersion + 1, afterStatus));
  const byte = text.charCodeAt(afterStatus);
  if (byte === BYTE.cr) return endOfLine(text, afterStatus);
  if (byte !== BYTE.space) throw new ParseError('HPE_INVALID_STATUS');
  return readReason(text, afterStatus + 1, head);
}

/** Any byte may stand in the reason. */
function readReason(text: string, at: number, head: MessageHead): number {
  let index = at;
  while (index < text.length && text.charCodeAt(index) !== BYTE.cr && text.charCodeAt(index) !== BYTE.lf)
    index++;
  checkHeadSize(index - at);
  if (index >= text.length) return INCOMPLETE;
  if (text.charCodeAt(index) === BYTE.lf) throw new ParseError('HPE_CR_EXPECTED');
  head.reason = text.slice(at, index);
  head.size = index - at;
  return endOfLine(text, index);
}

/** As llhttp 9.3 has it, a second CR stands for the LF. @param at - the place of the CR */
function endOfLine(text: string, at: number): number {
  if (at + 1 >= text.length) return INCOMPLETE;
  const byte = text.charCodeAt(at + 1);
  if (byte !== BYTE.lf && byte !== BYTE.cr) throw new ParseError('HPE_STRICT');
  return at + 2;
}
