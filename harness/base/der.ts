/** DER, the encoding of certificates (ITU-T X.690): what X.509 needs of it, written and read. */

/** The tags in use; those of universal classes by their names, context-specific ones by number. */
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

/** A context-specific tag, as `[0]` in the notation of the standards. */
export const context = (number: number, form: 'primitive' | 'constructed'): number =>
  (form === 'constructed' ? 0xa0 : 0x80) | number;

/** One value: tag, length, and the contents one after the other. */
export function encode(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  const length = contents.reduce((sum, content) => sum + content.length, 0);
  return Buffer.concat([Buffer.from([tag, ...lengthOf(length)]), ...contents]);
}

function lengthOf(length: number): readonly number[] {
  if (length < 0x80) return [length];
  if (length < 0x100) return [0x81, length];
  if (length < 0x10000) return [0x82, length >> 8, length & 0xff];
  throw new RangeError(`${length} bytes are too many for a certificate.`);
}

export const sequence = (...contents: readonly Uint8Array[]): Buffer => encode(TAG.sequence, ...contents);

/** @param dotted - such as `2.5.29.17` */
export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...others] = dotted.split('.').map(Number);
  const bytes: number[] = [];
  for (const part of [first * 40 + second, ...others]) {
    const groups = [part & 0x7f];
    for (let rest = part >>> 7; rest > 0; rest >>>= 7) groups.unshift((rest & 0x7f) | 0x80);
    bytes.push(...groups);
  }
  return encode(TAG.objectIdentifier, Buffer.from(bytes));
}

/** A number that is not negative, from its bytes. */
export function integer(bytes: Uint8Array): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const significant = bytes.subarray(start);
  // The highest bit is the sign.
  return (significant[0] ?? 0) & 0x80
    ? encode(TAG.integer, Buffer.from([0]), significant)
    : encode(TAG.integer, significant);
}

export const boolean = (value: boolean): Buffer => encode(TAG.boolean, Buffer.from([value ? 0xff : 0]));

export const utf8String = (text: string): Buffer => encode(TAG.utf8String, Buffer.from(text));

export const octetString = (bytes: Uint8Array): Buffer => encode(TAG.octetString, bytes);

/** @param unused - how many bits at the end of the last byte do not count */
export const bitString = (bytes: Uint8Array, unused = 0): Buffer => encode(TAG.bitString, Buffer.from([unused]), bytes);

/** A moment to the second: in two digits of the year until 2049, in four from then on (RFC 5280, 4.1.2.5). */
export function time(ms: number): Buffer {
  const digits = `${new Date(ms).toISOString().slice(0, 19).replace(/\D/g, '')}Z`;
  const isShort = digits >= '1950' && digits < '2050';
  return encode(isShort ? TAG.utcTime : TAG.generalizedTime, Buffer.from(isShort ? digits.slice(2) : digits));
}

/** A value as it was read. */
export interface Value {
  readonly tag: number;
  readonly contents: Buffer;
  /** With its tag and length. */
  readonly whole: Buffer;
}

/**
 * The values that stand one after the other.
 * @throws Error if the bytes are no DER
 */
export function decode(bytes: Buffer): Value[] {
  const values: Value[] = [];
  for (let offset = 0; offset < bytes.length; ) {
    const tag = bytes[offset] ?? 0;
    const first = bytes[offset + 1];
    // 0x80 is for lengths that are not known in advance, which DER does not have.
    const wide = first !== undefined && first > 0x80 ? first & 0x7f : 0;
    const start = offset + 2 + wide;
    if (first === undefined || first === 0x80 || wide > 4 || start > bytes.length) throw notDer();
    const end = start + (wide === 0 ? first : bytes.readUIntBE(offset + 2, wide));
    if (end > bytes.length || (tag & 0x1f) === 0x1f) throw notDer();
    values.push({ tag, contents: bytes.subarray(start, end), whole: bytes.subarray(offset, end) });
    offset = end;
  }
  return values;
}

const notDer = (): Error => new Error('The bytes are not the encoding of a certificate or request.');
