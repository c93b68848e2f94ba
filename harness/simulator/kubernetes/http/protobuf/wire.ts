/** The wire format of protobuf: a message as a list of numbered fields. */
import { badRequest } from '../../registry/status.ts';

const VARINT = 0;
const FIXED64 = 1;
/** The wire type of strings, bytes and messages. */
export const BYTES = 2;
const FIXED32 = 5;

/** A field as it travels. */
export interface WireField {
  readonly number: number;
  readonly wire: number;
  /** Of varints and fixed numbers. */
  readonly integer: bigint;
  readonly bytes: Buffer;
}

/** The bytes of a field that has none. */
export const NO_BYTES = Buffer.alloc(0);

/** Reads a message. @throws ApiError 400 for one that ends too soon, or with an unknown wire type */
export function readFields(buffer: Buffer): WireField[] {
  const fields: WireField[] = [];
  let at = 0;
  const varint = (): bigint => {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = buffer[at++];
      if (byte === undefined) throw badRequest('unexpected EOF in a protobuf body');
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asUintN(64, result);
    }
    throw badRequest('proto: integer overflow');
  };
  const take = (length: number): Buffer => {
    if (length < 0 || at + length > buffer.length) throw badRequest('unexpected EOF in a protobuf body');
    at += length;
    return buffer.subarray(at - length, at);
  };
  while (at < buffer.length) {
    const tag = Number(varint());
    const number = Math.floor(tag / 8);
    const wire = tag % 8;
    switch (wire) {
      case VARINT:
        fields.push({ number, wire, integer: varint(), bytes: NO_BYTES });
        break;
      case BYTES:
        fields.push({ number, wire, integer: 0n, bytes: take(Number(varint())) });
        break;
      case FIXED64:
        fields.push({ number, wire, integer: take(8).readBigUInt64LE(), bytes: NO_BYTES });
        break;
      case FIXED32:
        fields.push({ number, wire, integer: BigInt(take(4).readUInt32LE()), bytes: NO_BYTES });
        break;
      default:
        throw badRequest(`proto: illegal wireType ${wire}`);
    }
  }
  return fields;
}

/** Returns the bytes of the first field with this number; none if there is no such field. */
export function bytesAt(fields: readonly WireField[], number: number): Buffer {
  return fields.find(field => field.number === number)?.bytes ?? NO_BYTES;
}
