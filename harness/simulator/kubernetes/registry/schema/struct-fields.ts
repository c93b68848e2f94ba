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
    if (field.name !== '~') fields.set(field.name, { ...field, struct: message });
    else for (const [name, inner] of fieldsOf(field.type) ?? []) fields.set(name, inner);
  }
  known.set(message, fields);
  return fields;
}

/** Integers that Go keeps in 64 bits. */
const INT64: readonly string[] = [
  'generation',
  'deletionGracePeriodSeconds',
  'gracePeriodSeconds',
  'terminationGracePeriodSeconds',
  'activeDeadlineSeconds',
  'runAsUser',
  'runAsGroup',
  'fsGroup',
  'supplementalGroups',
  'tolerationSeconds',
  'expirationSeconds',
  'seconds',
  'revision',
];

/** Returns the Go type of a field, as errors of its JSON decoder name it. */
export function goType({ type, shape, name }: Field): string {
  const base =
    type === 's' || type === 'y'
      ? type === 's'
        ? 'string'
        : '[]uint8'
      : type === 'b'
        ? 'bool'
        : type === 'i'
          ? INT64.includes(name)
            ? 'int64'
            : 'int32'
          : type === 'Q'
            ? 'resource.Quantity'
            : `v1.${type}`;
  return shape === 'list' ? `[]${base}` : shape === 'map' ? `map[string]${base}` : base;
}

/** A field, and the Go struct that has it. */
export type StructField = Field & { readonly struct: string };
