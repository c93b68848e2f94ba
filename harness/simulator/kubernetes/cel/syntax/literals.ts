/**
 * Strings, bytes and numbers as they are written (google/cel-go parser/unescape.go @v0.26).
 */
const SIMPLE: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

const MAX_CODE_POINT = 0x10ffff;

/** Takes the marks off: a raw text has no escapes. */
function unquote(text: string): { readonly content: string; readonly isRaw: boolean } {
  const isRaw = /^[rR]/.test(text);
  const quoted = isRaw ? text.slice(1) : text;
  const width = /^("""|''')/.test(quoted) && quoted.length >= 6 ? 3 : 1;
  return { content: quoted.slice(width, -width).replaceAll(/\r\n?/g, '\n'), isRaw };
}

const ESCAPES = /\\(?:([xX])([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([\s\S]))/g;

/** @throws Error for a code point that no character has */
export function stringLiteral(text: string): string {
  const { content, isRaw } = unquote(text);
  if (isRaw) return content;
  return content.replaceAll(ESCAPES, (...groups: string[]) => {
    const [, , byte, short, long, octal, simple = ''] = groups;
    const hex = byte ?? short ?? long;
    const code = hex === undefined ? octal && Number.parseInt(octal, 8) : Number.parseInt(hex, 16);
    if (typeof code !== 'number') return SIMPLE[simple] ?? simple;
    if (code > MAX_CODE_POINT || (code >= 0xd800 && code <= 0xdfff))
      throw new Error('invalid unicode code point');
    return String.fromCodePoint(code);
  });
}

/** Escapes by hexadecimal or octal digits are bytes, not characters. */
export function bytesLiteral(text: string): Uint8Array {
  const { content, isRaw } = unquote(text.slice(1));
  const encoder = new TextEncoder();
  if (isRaw) return encoder.encode(content);
  const bytes: number[] = [];
  let end = 0;
  for (const match of content.matchAll(ESCAPES)) {
    bytes.push(...encoder.encode(content.slice(end, match.index)));
    end = match.index + match[0].length;
    const [whole, , byte, short, long, octal] = match;
    if (short ?? long) throw new Error(`unable to unescape string: ${whole}`);
    if (byte) bytes.push(Number.parseInt(byte, 16));
    else if (octal) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...encoder.encode(stringLiteral(`"${whole}"`)));
  }
  return Uint8Array.from([...bytes, ...encoder.encode(content.slice(end))]);
}

/** Undefined for what does not fit into 64 bits. */
export function intLiteral(text: string, isNegative: boolean): bigint | undefined {
  const value = isNegative ? -BigInt(text) : BigInt(text);
  return BigInt.asIntN(64, value) === value ? value : undefined;
}

/** Undefined for what does not fit into 64 bits. */
export function uintLiteral(text: string): bigint | undefined {
  const value = BigInt(text.slice(0, -1));
  return BigInt.asUintN(64, value) === value ? value : undefined;
}
