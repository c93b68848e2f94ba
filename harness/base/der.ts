/**
 * DER (X.690), as far as certificates and requests need it: values are written from the inside out, and read
 * as trees of elements whose bytes stay as they came. Why no library does it: `docs/decisions/der.md`.
 */

/** Tags of X.690, 8.1.2, with the bit for constructed values where those are. */
export const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utf8String: 0x0c,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** A tag of the kind that a structure numbers itself: `[n]`. */
export const contextTag = (number: number, isConstructed: boolean): number =>
  0x80 | (isConstructed ? 0x20 : 0) | number;

/** Writes a value under a tag. @param contents - one after the other */
export function element(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const content of contents) length += content.length;
  const header = length < 0x80 ? 2 : length < 0x100 ? 3 : 4;
  const bytes = Buffer.allocUnsafe(header + length);
  bytes[0] = tag;
  if (header === 2) bytes[1] = length;
  else if (header === 3) bytes.writeUInt16BE(0x8100 | length, 1);
  else {
    if (length > 0xffff) throw new Error(`A value of ${length} bytes is longer than certificates have any.`);
    bytes[1] = 0x82;
    bytes.writeUInt16BE(length, 2);
  }
  let at = header;
  for (const content of contents) {
    bytes.set(content, at);
    at += content.length;
  }
  return bytes;
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => element(TAG.sequence, ...contents);
export const octetString = (content: Uint8Array): Buffer => element(TAG.octetString, content);
export const utf8String = (text: string): Buffer => element(TAG.utf8String, Buffer.from(text));

/** Writes bits. @param unused - how many of the last byte do not count; they are zero */
export const bitString = (content: Uint8Array, unused = 0): Buffer =>
  element(TAG.bitString, Buffer.of(unused), content);

/** Writes a number from 0 to 127. */
export const smallInteger = (value: number): Buffer => element(TAG.integer, Buffer.of(value));

/** Writes a dotted name such as `2.5.4.3`. */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap(arc => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift(0x80 | (left & 0x7f));
    return groups;
  });
  return element(TAG.objectIdentifier, Buffer.from(bytes));
}

/** Writes a time to the second; years from 2050 on have four digits (RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replaceAll(/[-:T]/g, '')}Z`;
  const year = Number(digits.slice(0, 4));
  return year >= 1950 && year < 2050
    ? element(TAG.utcTime, Buffer.from(digits.slice(2), 'latin1'))
    : element(TAG.generalizedTime, Buffer.from(digits, 'latin1'));
}

/** A value as it was read. */
export interface DerElement {
  readonly tag: number;
  readonly content: Buffer;
  /** With its tag and its length. */
  readonly bytes: Buffer;
}

/**
 * Reads the values that stand one after the other.
 * @throws Error if the bytes are no DER, or end too early
 */
export function readElements(bytes: Buffer): DerElement[] {
  const found: DerElement[] = [];
  for (let at = 0; at < bytes.length; ) {
    const next = readElement(bytes, at);
    found.push(next);
    at += next.bytes.length;
  }
  return found;
}

/**
 * Reads the parts of a value that is nothing but them, such as a sequence.
 * @throws Error if it has another tag, or is no DER
 */
export function partsOf(whole: DerElement | undefined, tag: number = TAG.sequence): DerElement[] {
  if (whole?.tag !== tag) throw new Error(`There is no value with the tag ${tag}.`);
  return readElements(whole.content);
}

/** Reads bits of which all count. @throws Error if it is another value, or has bits that do not */
export function bitsOf(value: DerElement | undefined): Buffer {
  if (value?.tag !== TAG.bitString || value.content[0] !== 0)
    throw new Error('These are no whole bytes of bits.');
  return value.content.subarray(1);
}

function readElement(bytes: Buffer, at: number): DerElement {
  const tag = bytes[at] ?? 0;
  const short = bytes[at + 1];
  if ((tag & 0x1f) === 0x1f || short === undefined) throw new Error('These bytes are no DER.');
  const [length, header] = short < 0x80 ? [short, 2] : longLength(bytes, at, short & 0x7f);
  const from = at + header;
  const to = from + length;
  if (to > bytes.length) throw new Error('A value ends behind the last byte.');
  return { tag, content: bytes.subarray(from, to), bytes: bytes.subarray(at, to) };
}

/** Reads a length of several bytes: in as few as it needs, as DER demands. */
function longLength(bytes: Buffer, at: number, count: number): readonly [length: number, header: number] {
  if (count === 0 || count > 4 || at + 2 + count > bytes.length) throw new Error('These bytes are no DER.');
  const length = bytes.readUIntBE(at + 2, count);
  if (length < 0x80 || length < 2 ** (8 * (count - 1)))
    throw new Error('A length has more bytes than it needs.');
  return [length, 2 + count];
}
