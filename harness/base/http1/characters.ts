/**
 * Which bytes may stand where in a message's head, as Node's parser has it (nodejs/llhttp
 * src/llhttp/constants.ts @v9.3.1: TOKEN, HEADER_CHARS, URL_CHAR, USERINFO_CHARS, QDTEXT).
 */

export const TAB = 0x09;
export const LF = 0x0a;
export const CR = 0x0d;
export const SPACE = 0x20;
export const QUOTE = 0x22;
export const HASH = 0x23;
export const COMMA = 0x2c;
export const DOT = 0x2e;
export const SLASH = 0x2f;
export const COLON = 0x3a;
export const SEMICOLON = 0x3b;
export const EQUALS = 0x3d;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const BACKSLASH = 0x5c;

/** A bit for each set that a byte may be in; `BYTE_SETS` holds them. */
export const TOKEN = 1;
export const VALUE = 2;
export const URL = 4;
export const USERINFO = 8;
export const ALPHA = 16;
export const DIGIT = 32;
export const HEX = 64;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** The sets of each byte. */
export const BYTE_SETS: Uint8Array = tableOf([
  [TOKEN, `!#$%&'*+-.^_\`|~${LETTERS}${DIGITS}`],
  [URL, `!"$%&'()*+,-./:;<=>@[\\]^_\`{|}~${LETTERS}${DIGITS}`],
  [USERINFO, `-_.!~*'()%;:&=+$,${LETTERS}${DIGITS}`],
  [ALPHA, LETTERS],
  [DIGIT, DIGITS],
  [HEX, `${DIGITS}abcdefABCDEF`],
]);

function tableOf(sets: readonly (readonly [bit: number, members: string])[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const [bit, members] of sets) {
    for (let index = 0; index < members.length; index++) {
      const byte = members.charCodeAt(index);
      table[byte] = (table[byte] ?? 0) | bit;
    }
  }
  for (let byte = 0; byte < 256; byte++) {
    const isControl = (byte < SPACE && byte !== TAB) || byte === 0x7f;
    if (!isControl) table[byte] = (table[byte] ?? 0) | VALUE;
  }
  return table;
}

/** Returns the first place at or after `at` whose byte is not in the set; the text's length if there is none. */
export function skipSet(text: string, at: number, set: number): number {
  const table = BYTE_SETS;
  const end = text.length;
  let index = at;
  while (index < end && ((table[text.charCodeAt(index)] ?? 0) & set) !== 0) index++;
  return index;
}

/** Tells whether the byte at a place is in the set; false after the text's end. */
export const isIn = (text: string, at: number, set: number): boolean =>
  at < text.length && ((BYTE_SETS[text.charCodeAt(at)] ?? 0) & set) !== 0;
