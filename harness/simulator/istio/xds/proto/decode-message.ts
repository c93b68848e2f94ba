/** Bytes to the fields of a message (protobuf.dev, encoding), by its table; messages inside stay bytes. */
import protobuf from 'protobufjs/minimal.js';
import { type FieldRow, messageTable, type ScalarKind } from './message-table.ts';
import { Refusal } from './refusal.ts';

/** A scalar, or the bytes of a message. */
export type Received = string | number | boolean | Uint8Array;

/** A message as it was received. */
export interface ReceivedMessage {
  /** Fields that were sent by name, but for zeros of scalars that are not told from nothing. */
  readonly fields: ReadonlyMap<string, Received | readonly Received[] | ReadonlyMap<string, Received>>;
  /** Numbers of fields that the table does not have, or that came in another wire type. */
  readonly unknown: readonly number[];
}

/** Of fields while they are read. */
type Growing = Map<string, Received | Received[] | Map<string, Received>>;

/**
 * Decodes a message.
 * @param type - its full name
 * @throws Refusal in Envoy's words (source/common/protobuf/utility.cc@v1.30, unpackTo)
 */
export function decodeMessage(type: string, bytes: Uint8Array): ReceivedMessage {
  const { byId } = messageTable(type);
  const fields: Growing = new Map();
  const unknown: number[] = [];
  try {
    const reader = protobuf.Reader.create(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.tag();
      const field = byId.get(tag >>> 3);
      if (!field || !readField(reader, tag & 7, field, fields)) {
        unknown.push(tag >>> 3);
        reader.skipType(tag & 7, 0, tag >>> 3);
      }
    }
  } catch {
    // What protobufjs found depends on the place in the bytes; Envoy tells no more than this either.
    throw new Refusal(`Unable to unpack as ${type}`);
  }
  return { fields, unknown };
}

/** @returns whether the field is sent in this wire type */
function readField(reader: protobuf.Reader, wireType: number, field: FieldRow, fields: Growing): boolean {
  const isPacked = wireType === 2 && field.rule === 'many' && field.wireType !== 2;
  if (field.rule === 'map' ? wireType !== 2 : wireType !== field.wireType && !isPacked) return false;
  const before = fields.get(field.name);
  if (field.rule === 'map') {
    const map = before instanceof Map ? before : new Map<string, Received>();
    readEntry(reader, field, map);
    fields.set(field.name, map);
  } else if (field.rule === 'many') {
    const list = Array.isArray(before) ? before : [];
    if (isPacked) readPacked(reader, field, list);
    else list.push(readValue(reader, field.kind));
    if (list.length > 0) fields.set(field.name, list);
  } else {
    const value = readValue(reader, field.kind);
    for (const other of field.others) fields.delete(other);
    // A message that is sent twice is merged: so are its bytes, one after the other.
    if (field.kind === 'message' && before instanceof Uint8Array && value instanceof Uint8Array)
      fields.set(field.name, Buffer.concat([before, value]));
    else if (isZero(field, value)) fields.delete(field.name);
    else fields.set(field.name, value);
  }
  return true;
}

function isZero({ hasPresence }: FieldRow, value: Received): boolean {
  if (hasPresence) return false;
  return value instanceof Uint8Array ? value.length === 0 : value === '' || value === 0 || value === false;
}

function readPacked(reader: protobuf.Reader, { kind }: FieldRow, list: Received[]): void {
  const inside = protobuf.Reader.create(reader.bytes());
  while (inside.pos < inside.len) list.push(readValue(inside, kind));
}

/** A message of its own: key 1, value 2. */
function readEntry(reader: protobuf.Reader, field: FieldRow, map: Map<string, Received>): void {
  const inside = protobuf.Reader.create(reader.bytes());
  let key = '';
  let value: Received = zeroOf(field.kind);
  while (inside.pos < inside.len) {
    const tag = inside.tag();
    if (tag === ((1 << 3) | 2)) key = inside.stringVerify();
    else if (tag === ((2 << 3) | field.wireType)) value = readValue(inside, field.kind);
    else inside.skipType(tag & 7, 0, tag >>> 3);
  }
  map.set(key, value);
}

function zeroOf(kind: FieldRow['kind']): Received {
  if (kind === 'string') return '';
  if (kind === 'bool') return false;
  return kind === 'message' || kind === 'bytes' || kind === 'opaque' ? new Uint8Array() : 0;
}

function readValue(reader: protobuf.Reader, kind: ScalarKind | 'message'): Received {
  switch (kind) {
    case 'message':
    case 'bytes':
    case 'opaque':
      return reader.bytes();
    case 'string':
      return reader.stringVerify();
    case 'int64':
    case 'uint64':
      return Number(String(reader[kind]())); // Long; one beyond 2^53 is inexact
    default:
      return reader[kind]();
  }
}
