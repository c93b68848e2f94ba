/** The fields of Go's structs, by JSON name, and the names of their types in Go. */
import { type Field, messageOf } from './messages.ts';

/** By JSON name, inlined messages dissolved. */
type Fields = ReadonlyMap<string, StructField>;

const known = new Map<string, Fields>();

/** Returns the fields of a message of messages.ts, if it is described there. */
export function fieldsOf(message: string): Fields | undefined {
  const cached = known.get(message);
  if (cached) return cached;
  const described = messageOf(message);
  if (!described) return undefined;
  const fields = new Map<string, StructField>();
  for (const field of described.values()) {
    if (field.name !== '~')
      fields.set(field.name, { ...field, struct: message.slice(message.lastIndexOf('.') + 1) });
    else for (const [name, inner] of fieldsOf(field.type) ?? []) fields.set(name, inner);
  }
  known.set(message, fields);
  return fields;
}

/** The names of Go's types by the letters of messages.ts. */
const GO_TYPES: Readonly<Record<string, string>> = {
  s: 'string',
  y: '[]uint8',
  b: 'bool',
  i: 'int32',
  l: 'int64',
  d: 'float64',
  T: 'v1.Time',
  M: 'v1.MicroTime',
  Q: 'resource.Quantity',
  I: 'intstr.IntOrString',
  R: 'runtime.RawExtension',
  X: 'v1.ExtraValue',
};

/** Texts that have a type of their own without being one of a few values, by the names of their fields. */
const NAMED_TEXTS: Readonly<Record<string, string>> = { uid: 'types.UID' };

/** Returns a message as Go names it, with the last part of its package: `v1.PodSpec`. */
const inGo = (message: string): string => message.slice(message.lastIndexOf('/') + 1);

/** Returns the Go type of a field, as errors of its JSON decoder name it. */
export function goType({ type, shape, marks, name }: Field): string {
  const named = marks.find(mark => mark.startsWith('enum:'))?.slice('enum:'.length);
  const base = named === undefined ? (NAMED_TEXTS[name] ?? GO_TYPES[type] ?? inGo(type)) : `v1.${named}`;
  return shape === 'list' ? `[]${base}` : shape === 'map' ? `map[string]${base}` : base;
}

/** A field, and the Go struct that has it. */
export type StructField = Field & { readonly struct: string };
