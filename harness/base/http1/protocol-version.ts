/** `HTTP/1.1`, in the first line of either kind of message. */
import { BYTE, isIn, SET } from './characters.ts';
import { ParseError } from './errors.ts';
import { INCOMPLETE, type MessageHead } from './message-head.ts';

const NAMES: readonly string[] = ['HTTP', 'RTSP', 'ICE'];
const VERSIONS: ReadonlySet<string> = new Set(['0.9', '1.0', '1.1', '2.0']);

/**
 * Reads the name of the protocol.
 * @returns undefined if it is not all there
 * @throws ParseError
 */
export function readProtocolName(text: string, at: number): string | undefined {
  for (const name of NAMES) if (text.startsWith(name, at)) return name;
  const rest = text.slice(at);
  if (!NAMES.some(name => name.startsWith(rest))) throw new ParseError('HPE_INVALID_CONSTANT');
  return undefined;
}

/**
 * Reads the version, from its slash on.
 * @returns where it ends, or INCOMPLETE
 * @throws ParseError
 */
export function readVersion(text: string, at: number, head: MessageHead): number {
  if (at >= text.length) return INCOMPLETE;
  if (text.charCodeAt(at) !== BYTE.slash) throw new ParseError('HPE_INVALID_CONSTANT');
  for (let index = 1; index <= 3; index++) {
    if (at + index >= text.length) return INCOMPLETE;
    const isRight = index === 2 ? text.charCodeAt(at + 2) === BYTE.dot : isIn(text, at + index, SET.digit);
    if (!isRight) throw new ParseError('HPE_INVALID_VERSION');
  }
  if (!VERSIONS.has(text.slice(at + 1, at + 4))) throw new ParseError('HPE_INVALID_VERSION');
  head.major = text.charCodeAt(at + 1) - 0x30;
  head.minor = text.charCodeAt(at + 3) - 0x30;
  return at + 4;
}
