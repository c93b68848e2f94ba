/** Messages of google.protobuf that others are made of: durations, wrapped numbers, JSON, and any message. */

import { encodeMessage, type ProtoMessage } from './encode-message.ts';
import type { Fields } from './fields.ts';

/** A JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

const NANOS_PER_MS = 1_000_000;

/** Returns google.protobuf.Duration of milliseconds, to the microsecond. */
export function durationOf(ms: number): ProtoMessage {
  const micros = Math.round((ms % 1000) * 1000);
  const carried = Math.trunc(micros / 1_000_000);
  const seconds = Math.trunc(ms / 1000) + carried;
  const nanos = (micros - carried * 1_000_000) * 1000;
  return { ...(seconds !== 0 && { seconds }), ...(nanos !== 0 && { nanos }) };
}

/** Returns milliseconds of a google.protobuf.Duration. */
export const millisecondsOf = (duration: Fields): number =>
  duration.number('seconds') * 1000 + duration.number('nanos') / NANOS_PER_MS;

/** Returns google.protobuf.UInt32Value or BoolValue, which tell 0 or false from nothing. */
export const wrapped = (value: number | boolean): ProtoMessage =>
  value === 0 || value === false ? {} : { value };

/** Reads a google.protobuf.UInt32Value. */
export const uint32Of = (wrapper: Fields): number => wrapper.number('value');
/** Reads a google.protobuf.BoolValue. */
export const booleanOf = (wrapper: Fields): boolean => wrapper.boolean('value');

/** Returns google.protobuf.Struct of an object. */
export const structOf = (object: { readonly [key: string]: Json }): ProtoMessage => ({
  fields: Object.fromEntries(Object.entries(object).map(([key, value]) => [key, valueMessage(value)])),
});

function valueMessage(json: Json): ProtoMessage {
  if (json === null) return { null_value: 0 };
  switch (typeof json) {
    case 'boolean':
      return { bool_value: json };
    case 'number':
      return { number_value: json };
    case 'string':
      return { string_value: json };
    default:
      return isList(json)
        ? { list_value: { values: json.map(valueMessage) } }
        : { struct_value: structOf(json) };
  }
}

const isList = (json: object): json is readonly Json[] => Array.isArray(json);

/** Reads a google.protobuf.Struct. */
export const objectOf = (struct: Fields): { readonly [key: string]: Json } =>
  Object.fromEntries(struct.mapOf('fields', jsonOf));

/** Reads a google.protobuf.Value; one without a kind is null. */
function jsonOf(value: Fields): Json {
  if (value.has('string_value')) return value.string('string_value');
  if (value.has('number_value')) return value.number('number_value');
  if (value.has('bool_value')) return value.boolean('bool_value');
  if (value.has('list_value'))
    return value.message('list_value', list => list.messages('values', jsonOf)) ?? [];
  if (value.has('struct_value')) return value.message('struct_value', objectOf) ?? {};
  value.number('null_value');
  return null;
}

/** What type URLs begin with. */
const TYPE_PREFIX = 'type.googleapis.com/';

/** Returns google.protobuf.Any around a message. */
export const anyOf = (type: string, message: ProtoMessage): ProtoMessage =>
  anyOfBytes(type, encodeMessage(type, message));

/** Returns google.protobuf.Any around a message that is encoded already. */
const anyOfBytes = (type: string, value: Uint8Array): ProtoMessage => ({
  type_url: `${TYPE_PREFIX}${type}`,
  value,
});

/** Returns google.protobuf.Any around a message without fields. */
export const emptyAny = (type: string): ProtoMessage => anyOfBytes(type, new Uint8Array());

/** A google.protobuf.Any, unopened. */
export interface Packed {
  /** Full name of the message: what follows the last slash of the type URL. */
  readonly type: string;
  readonly value: Uint8Array;
}

/** Returns the full name of the message that a type URL means. */
export const typeOfUrl = (url: string): string => url.slice(url.lastIndexOf('/') + 1);

/** Reads a google.protobuf.Any. */
export const packedOf = (any: Fields): Packed => ({
  type: typeOfUrl(any.string('type_url')),
  value: any.bytes('value'),
});
