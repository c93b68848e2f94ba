/** Objects in the protobuf of Kubernetes, with changes in their bytes. */
import fc, { type Arbitrary } from 'fast-check';
import {
  type Field,
  messageFor,
  messageOf,
} from '../../../../harness/simulator/kubernetes/registry/schema/messages.ts';
import { damaged, damages } from '../bytes.ts';
import type { Body } from './bodies.ts';

const VARINT = 0;
const BYTES = 2;

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = BigInt.asUintN(64, BigInt(Math.trunc(value))); ; rest >>= 7n) {
    const byte = Number(rest & 0x7fn);
    if (rest < 0x80n) return Buffer.from([...bytes, byte]);
    bytes.push(byte | 0x80);
  }
}
const bytesField = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint((number << 3) | BYTES), varint(bytes.length), bytes]);

/** Encodes what of an object its message has fields for. */
function encode(object: unknown, name: string): Buffer {
  if (typeof object !== 'object' || object === null) return Buffer.alloc(0);
  const parts: Buffer[] = [];
  for (const [number, field] of messageOf(name) ?? []) {
    if (!Object.hasOwn(object, field.name)) continue;
    const value: unknown = Reflect.get(object, field.name);
    if (field.shape === 'map' && typeof value === 'object' && value !== null) {
      for (const [key, each] of Object.entries(value))
        parts.push(bytesField(number, Buffer.concat([bytesField(1, Buffer.from(key)), one(2, field, each)])));
    } else if (Array.isArray(value)) for (const each of value) parts.push(one(number, field, each));
    else parts.push(one(number, field, value));
  }
  return Buffer.concat(parts);
}

function one(number: number, { type }: Field, value: unknown): Buffer {
  if (typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value)))
    return Buffer.concat([varint((number << 3) | VARINT), varint(Number(value))]);
  return bytesField(number, typeof value === 'string' ? Buffer.from(value) : encode(value, type));
}

/** Bodies of protobuf: most of them whole, some with few bytes that are others. */
export const protobufOf = (objects: Arbitrary<Record<string, unknown>>): Arbitrary<Body> =>
  fc.tuple(objects, damages(2)).map(([object, changes]) => {
    const [apiVersion, kind] = [String(object['apiVersion']), String(object['kind'])];
    const typeMeta = Buffer.concat([
      bytesField(1, Buffer.from(apiVersion)),
      bytesField(2, Buffer.from(kind)),
    ]);
    const raw = encode(object, messageFor(apiVersion, kind));
    const bytes = Buffer.concat([Buffer.from('k8s\0'), bytesField(1, typeMeta), bytesField(2, raw)]);
    return { contentType: 'application/vnd.kubernetes.protobuf', bytes: damaged(bytes, changes) };
  });
