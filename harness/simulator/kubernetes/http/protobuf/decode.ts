/**
 * Request bodies in protobuf (`application/vnd.kubernetes.protobuf`), which Go clients send for built-in
 * types, as JSON objects.
 */
import { isObject, type JsonObject, setOwn } from '../../registry/json.ts';
import { type Field, messageFor, messageOf } from '../../registry/schema/messages.ts';
import { isUnion, unionInJson } from '../../registry/schema/unions.ts';
import { badRequest, unsupportedMediaType } from '../../registry/status.ts';
import { BYTES, bytesAt, NO_BYTES, readFields, type WireField } from './wire.ts';

const MAGIC = Buffer.from('k8s\0', 'latin1');

/** Tells whether a body begins with the four bytes of Kubernetes' envelope. */
export function isProtobuf(body: Buffer): boolean {
  return body.subarray(0, MAGIC.length).equals(MAGIC);
}

/** @throws ApiError 400 for what is no protobuf of Kubernetes, 415 for a kind that has no message */
export function decodeProtobuf(body: Buffer): JsonObject {
  if (!isProtobuf(body))
    throw badRequest('the body is not in the protobuf format of Kubernetes: it lacks its prefix');
  const envelope = readFields(body.subarray(MAGIC.length));
  const typeMeta = readFields(bytesAt(envelope, 1));
  const apiVersion = bytesAt(typeMeta, 1).toString();
  const kind = bytesAt(typeMeta, 2).toString();
  const name = messageFor(apiVersion, kind);
  if (!messageOf(name)) {
    throw unsupportedMediaType(
      'the body of the request was in an unknown format - accepted media types include: application/json, application/yaml',
    );
  }
  return { apiVersion, kind, ...decodeMessage(bytesAt(envelope, 2), name) };
}

function decodeMessage(buffer: Buffer, name: string): JsonObject {
  const message = messageOf(name);
  const result: JsonObject = {};
  if (!message) return result;
  for (const wire of readFields(buffer)) {
    const field = message.get(wire.number);
    // Go skips what it does not know.
    if (field) put(result, field, wire);
  }
  return result;
}

function put(result: JsonObject, field: Field, wire: WireField): void {
  const { name, type, shape } = field;
  if (name === '~') {
    Object.assign(result, decodeMessage(wire.bytes, type));
    return;
  }
  if (shape === 'map') {
    putEntry(result, field, wire);
    return;
  }
  const value = decodeValue(type, wire);
  if (shape === 'list') {
    const list: unknown = result[name];
    if (Array.isArray(list)) list.push(value);
    else result[name] = [value];
    return;
  }
  // Fields of Go that are no pointers are always written: an empty one is as good as absent.
  if (value === undefined || (shape === 'value' && isZero(value))) return;
  result[name] = value;
}

/** Puts one entry of a map, which comes as a message of a key and a value. */
function putEntry(result: JsonObject, { name, type }: Field, wire: WireField): void {
  const entry = readFields(wire.bytes);
  const value = entry.find(candidate => candidate.number === 2);
  const map = isObject(result[name]) ? result[name] : {};
  const key = bytesAt(entry, 1).toString();
  const decoded = decodeValue(type, value ?? { number: 2, wire: BYTES, integer: 0n, bytes: NO_BYTES });
  setOwn(map, key, decoded);
  result[name] = map;
}

const isZero = (value: unknown): boolean =>
  value === '' || value === 0 || value === false || (isObject(value) && Object.keys(value).length === 0);

function decodeValue(type: string, wire: WireField): unknown {
  switch (type) {
    case 's':
      return wire.bytes.toString();
    case 'i':
    case 'l':
      return Number(BigInt.asIntN(64, wire.integer));
    case 'b':
      return wire.integer !== 0n;
    case 'd':
      return Buffer.from(BigUint64Array.of(wire.integer).buffer).readDoubleLE();
    case 'y':
      return wire.bytes.toString('base64');
    case 'T':
      return time(wire.bytes, 0);
    case 'M':
      return time(wire.bytes, 6);
    case 'Q':
      return bytesAt(readFields(wire.bytes), 1).toString();
    case 'I':
      return intOrString(wire.bytes);
    case 'R':
      return rawValue(bytesAt(readFields(wire.bytes), 1));
    case 'X':
      return readFields(wire.bytes).map(({ bytes }) => bytes.toString());
    default: {
      const message = decodeMessage(wire.bytes, type);
      return isUnion(type) ? unionInJson(type, message) : message;
    }
  }
}

/** Reads a time; an empty one counts as absent. @param digits - of the fraction of a second */
function time(buffer: Buffer, digits: number): string | undefined {
  const fields = readFields(buffer);
  if (fields.length === 0) return undefined;
  const read = (number: number) =>
    Number(BigInt.asIntN(64, fields.find(field => field.number === number)?.integer ?? 0n));
  const seconds = read(1);
  if (seconds === 0 && read(2) === 0) return undefined;
  const whole = new Date(seconds * 1000).toISOString().slice(0, 19);
  const fraction = digits === 0 ? '' : `.${String(read(2)).padStart(9, '0').slice(0, digits)}`;
  return `${whole}${fraction}Z`;
}

function intOrString(buffer: Buffer): number | string {
  const fields = readFields(buffer);
  const isString = fields.find(field => field.number === 1)?.integer === 1n;
  if (isString) return bytesAt(fields, 3).toString();
  return Number(BigInt.asIntN(64, fields.find(field => field.number === 2)?.integer ?? 0n));
}

/**
 * Reads a raw value: JSON, or an object in an envelope of its own, as typed clients write those in a
 * RawExtension.
 */
function rawValue(buffer: Buffer): unknown {
  if (buffer.length === 0) return null;
  if (isProtobuf(buffer)) return decodeProtobuf(buffer);
  try {
    const value: unknown = JSON.parse(buffer.toString());
    return value;
  } catch {
    throw badRequest('a raw field of a protobuf body is not JSON');
  }
}
