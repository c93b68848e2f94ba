/** A message to bytes (protobuf.dev, encoding), by its table. */
import protobuf from 'protobufjs/minimal.js';
import { type FieldRow, messageTable, type ScalarKind } from './message-table.ts';

/**
 * A field's value: what is undefined is not sent. Enumerations are numbers, as on the wire; a message may be
 * given as its bytes.
 */
export type ProtoValue =
  | string
  | number
  | boolean
  | Uint8Array
  | ProtoMessage
  | readonly ProtoValue[]
  | undefined;

/** A message to send: its fields by their names in the .proto file (`connect_timeout`), maps as objects. */
export interface ProtoMessage {
  readonly [field: string]: ProtoValue;
}

/**
 * Encodes a message.
 * @param type - its full name
 * @throws TypeError for a field that the message does not have, or a value of another type than the field's
 */
export function encodeMessage(type: string, message: ProtoMessage): Uint8Array {
  const writer = protobuf.Writer.create();
  writeMessage(writer, type, message);
  return writer.finish();
}

function writeMessage(writer: protobuf.Writer, type: string, message: ProtoMessage): void {
  const { byName } = messageTable(type);
  for (const name of Object.keys(message)) {
    const value = message[name];
    if (value === undefined) continue;
    const field = byName.get(name);
    if (!field) throw new TypeError(`${type} has no field ${name}`);
    if (field.rule === 'map') writeMap(writer, field, value);
    else if (field.rule === 'one') writeOne(writer, field, value);
    else if (!isList(value)) throw new TypeError(`${name}: not a list`);
    else if (field.wireType === 2) for (const item of value) writeValue(writer, field, item, field.id);
    else writePacked(writer, field, value);
  }
}

const isList = (value: ProtoValue): value is readonly ProtoValue[] => Array.isArray(value);

function writeOne(writer: protobuf.Writer, field: FieldRow, value: ProtoValue): void {
  const isDefault =
    value === '' ||
    value === 0 ||
    value === false ||
    (field.kind === 'bytes' && value instanceof Uint8Array && value.length === 0);
  if (field.hasPresence || !isDefault) writeValue(writer, field, value, field.id);
}

function writePacked(writer: protobuf.Writer, { kind, id }: FieldRow, values: readonly ProtoValue[]): void {
  if (values.length === 0 || kind === 'message') return;
  writer.uint32(tagOf(id, 2)).fork();
  for (const value of values) writeScalar(writer, kind, value);
  writer.ldelim();
}

/** Each entry is a message of its own: key 1, value 2. Keys are strings in all our messages. */
function writeMap(writer: protobuf.Writer, field: FieldRow, value: ProtoValue): void {
  if (typeof value !== 'object' || isList(value) || value instanceof Uint8Array)
    throw new TypeError(`${field.name}: not an object`);
  for (const key of Object.keys(value)) {
    writer.uint32(tagOf(field.id, 2)).fork().uint32(tagOf(1, 2)).string(key);
    writeValue(writer, field, value[key], 2);
    writer.ldelim();
  }
}

const tagOf = (id: number, wireType: number): number => ((id << 3) | wireType) >>> 0;

function writeValue(writer: protobuf.Writer, field: FieldRow, value: ProtoValue, id: number): void {
  writer.uint32(tagOf(id, field.wireType));
  if (field.kind !== 'message') writeScalar(writer, field.kind, value);
  else if (value instanceof Uint8Array) writer.bytes(value);
  else if (typeof value === 'object' && !isList(value)) {
    writer.fork();
    writeMessage(writer, field.type, value);
    writer.ldelim();
  } else throw new TypeError(`${field.name}: not a message`);
}

function writeScalar(writer: protobuf.Writer, kind: ScalarKind, value: ProtoValue): void {
  if (typeof value === 'string' && kind === 'string') writer.string(value);
  else if (value instanceof Uint8Array && (kind === 'bytes' || kind === 'opaque')) writer.bytes(value);
  else if (typeof value === 'boolean' && kind === 'bool') writer.bool(value);
  else if (typeof value === 'number' && isNumeric(kind)) writer[kind](value);
  else throw new TypeError(`${typeof value} is no ${kind}`);
}

type NumericKind = Exclude<ScalarKind, 'string' | 'bytes' | 'opaque' | 'bool'>;
const isNumeric = (kind: ScalarKind): kind is NumericKind =>
  kind !== 'string' && kind !== 'bytes' && kind !== 'opaque' && kind !== 'bool';
