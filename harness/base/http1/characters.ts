/**
 * Which bytes may stand where in a message's head, as Node's parser has it (nodejs/llhttp
 * src/llhttp/constants.ts @v9.3.1: TOKEN, HEADER_CHARS, URL_CHAR, USERINFO_CHARS, QDTEXT).
 */

/** The bytes that have a meaning of their own. */
export const BYTE = {
  tab: 0x09,
  lf: 0x0a,
  cr: 0x0d,
  space: 0x20,
  quote: 0x22,
  hash: 0x23,
  asterisk: 0x2a,
  dot: 0x2e,
  slash: 0x2f,
  colon: 0x3a,
  semicolon: 0x3b,
  equals: 0x3d,
  question: 0x3f,
  at: 0x40,
  openingBracket: 0x5b,
  backslash: 0x5c,
  closingBracket: 0x5d,
} as const;

/** A bit for each set that a byte may be in. */
export const SET = { token: 1, value: 2, url: 4, userInfo: 8, alpha: 16, digit: 32, hex: 64 } as const;

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';

/** The sets of each byte. */
const SETS_OF: Uint8Array = tableOf([
  [SET.token, `!#$%&'*+-.^_\`|~${LETTERS}${DIGITS}`],
  [SET.url, `!"$%&'()*+,-./:;<=>@[\\]^_\`{|}~${LETTERS}${DIGITS}`],
  [SET.userInfo, `-_.!~*'()%;:&=+$,${LETTERS}${DIGITS}`],
  [SET.alpha, LETTERS],
  [SET.digit, DIGITS],
  [SET.hex, `${DIGITS}abcdefABCDEF`],
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
    const isControl = (byte < BYTE.space && byte !== BYTE.tab) || byte === 0x7f;
    if (!isControl) table[byte] = (table[byte] ?? 0) | SET.value;
  }
  return table;
}

/**
 * Returns the first place at or after `at` whose byte is not in the set; the text's length if there is none.
 */
export function skipSet(text: string, at: number, set: number): number {
  const table = SETS_OF;
  const end = text.length;
  let index = at;
  while (index < end && ((table[text.charCodeAt(index)] ?? 0) & set) !== 0) index++;
  return index;
}

/** Tells whether the byte at a place is in the set; false after the text's end. */
export const isIn = (text: string, at: number, set: number): boolean =>
  at < text.length && ((SETS_OF[text.charCodeAt(at)] ?? 0) & set) !== 0;
