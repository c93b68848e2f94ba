/**
 * Messages as JSON (protobuf.dev, ProtoJSON), by their tables: without what has its default value, and
 * without what no table describes.
 */
import { decodeMessage, type Received } from './decode-message.ts';
import { Fields, type Reading } from './fields.ts';
import { enumName, type FieldRow, isEnum, isKnownMessage, messageTable } from './message-table.ts';
import { type Json, objectOf } from './well-known.ts';

/** A message as JSON. */
export type JsonObject = { readonly [key: string]: Json };

/**
 * How fields are named: `version_info` as in the .proto file and on Envoy's pages, `versionInfo` as the rule
 * says and on istiod's.
 */
type Naming = 'proto' | 'camel';

/** Types whose JSON is no object of their fields. */
const WELL_KNOWN: Readonly<Record<string, (bytes: Uint8Array, naming: Naming) => Json>> = {
  'google.protobuf.Any': (bytes, naming) => {
    const { fields } = decodeMessage('google.protobuf.Any', bytes);
    const value = fields.get('value');
    return anyJson(
      String(fields.get('type_url') ?? ''),
      value instanceof Uint8Array ? value : NOTHING,
      naming,
    );
  },
  'google.protobuf.Duration': bytes => {
    const { seconds, nanos } = momentOf('google.protobuf.Duration', bytes);
    return durationText(seconds * 1000 + nanos / 1_000_000);
  },
  'google.protobuf.Timestamp': bytes => {
    const { seconds, nanos } = momentOf('google.protobuf.Timestamp', bytes);
    return new Date(seconds * 1000 + nanos / 1_000_000).toISOString();
  },
  'google.protobuf.UInt32Value': bytes => numberOf('google.protobuf.UInt32Value', bytes, 'value'),
  'google.protobuf.BoolValue': bytes =>
    decodeMessage('google.protobuf.BoolValue', bytes).fields.get('value') === true,
  'google.protobuf.Struct': bytes => Fields.read('google.protobuf.Struct', bytes, READING, objectOf),
};

const NOTHING = new Uint8Array();
const READING: Reading = { harmless: {}, onNote: () => {} };

/** Writes a google.protobuf.Duration: as many digits after the point as it needs, in threes. */
export function durationText(ms: number): string {
  const micros = Math.round(ms * 1000);
  if (micros % 1_000_000 === 0) return `${micros / 1_000_000}s`;
  return `${(micros / 1_000_000).toFixed(micros % 1000 === 0 ? 3 : 6)}s`;
}

/**
 * Writes a message.
 * @param type - its full name
 * @throws Refusal for bytes that are no such message
 */
export function messageJson(type: string, bytes: Uint8Array, naming: Naming = 'proto'): JsonObject {
  const { byName } = messageTable(type);
  const json: Record<string, Json> = {};
  for (const [name, value] of decodeMessage(type, bytes).fields) {
    const field = byName.get(name);
    if (!field || field.kind === 'opaque') continue;
    json[naming === 'proto' ? name : camelOf(name)] = fieldJson(field, value, naming);
  }
  return json;
}

/**
 * Writes a google.protobuf.Any; of one that no table describes there is the type only.
 * @param typeUrl - `type.googleapis.com/` and the message's full name
 */
export function anyJson(typeUrl: string, value: Uint8Array, naming: Naming = 'proto'): JsonObject {
  const type = typeUrl.slice(typeUrl.lastIndexOf('/') + 1);
  if (Object.hasOwn(WELL_KNOWN, type)) return { '@type': typeUrl, value: insideJson(type, value, naming) };
  return { '@type': typeUrl, ...(isKnownMessage(type) && messageJson(type, value, naming)) };
}

const camelOf = (name: string): string =>
  name.replace(/_([a-z0-9])/g, (_all, letter: string) => letter.toUpperCase());

function fieldJson(
  field: FieldRow,
  value: Received | readonly Received[] | ReadonlyMap<string, Received>,
  naming: Naming,
) {
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [key, valueJson(field, item, naming)]));
  if (Array.isArray(value)) return value.map(item => valueJson(field, item, naming));
  return valueJson(field, value as Received, naming); // neither of the others
}

function valueJson(field: FieldRow, value: Received, naming: Naming): Json {
  if (value instanceof Uint8Array)
    return field.kind === 'message'
      ? insideJson(field.type, value, naming)
      : Buffer.from(value).toString('base64');
  if (typeof value !== 'number') return value;
  if (isEnum(field)) return enumName(field.type, value) ?? value;
  return field.kind === 'int64' || field.kind === 'uint64' ? String(value) : value;
}

function insideJson(type: string, bytes: Uint8Array, naming: Naming): Json {
  const written = Object.hasOwn(WELL_KNOWN, type) ? WELL_KNOWN[type] : undefined;
  return written ? written(bytes, naming) : messageJson(type, bytes, naming);
}

function numberOf(type: string, bytes: Uint8Array, field: string): number {
  const value = decodeMessage(type, bytes).fields.get(field);
  return typeof value === 'number' ? value : 0;
}

const momentOf = (type: string, bytes: Uint8Array) => ({
  seconds: numberOf(type, bytes, 'seconds'),
  nanos: numberOf(type, bytes, 'nanos'),
});
