/** Types whose JSON is not that of a struct, and which have a definition of their own. */
import type { Field } from '../registry/schema/messages.ts';
import { isUnion } from '../registry/schema/unions.ts';
import type { Schema } from './schema.ts';

const VERSION = 'major minor gitVersion gitCommit gitTreeState buildDate goVersion compiler platform'.split(
  ' ',
);
const MORE_OF_VERSION = [
  'emulationMajor',
  'emulationMinor',
  'minCompatibilityMajor',
  'minCompatibilityMinor',
];

/** What `/version` answers, which never travels as protobuf (apimachinery pkg/version/types.go @v1.34). */
const VERSION_INFO: Schema = {
  type: 'object',
  required: VERSION,
  properties: Object.fromEntries([
    ...VERSION.map(name => [name, { type: 'string', default: '' }] as const),
    ...MORE_OF_VERSION.map(name => [name, { type: 'string' }] as const),
  ]),
};

/** By name: the schema in version 3 (the OpenAPISchemaType and OneOf of each, @v1.34). */
export const SPECIAL_TYPES: Readonly<Record<string, Schema>> = {
  'meta/v1.Time': { type: 'string', format: 'date-time' },
  'meta/v1.MicroTime': { type: 'string', format: 'date-time' },
  'meta/v1.FieldsV1': { type: 'object' },
  'meta/v1.Patch': { type: 'object' },
  'resource.Quantity': { oneOf: [{ type: 'string' }, { type: 'number' }] },
  'intstr.IntOrString': { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  'runtime.RawExtension': { type: 'object' },
  'apiextensions/v1.JSON': {},
  'version.Info': VERSION_INFO,
};

/** What version 2, which knows no `oneOf`, has in place of some. */
export const SPECIAL_TYPES_V2: Readonly<Record<string, Schema>> = {
  'resource.Quantity': { type: 'string' },
  'intstr.IntOrString': { type: 'string', format: 'int-or-string' },
};

const LETTERS: Readonly<Record<string, string>> = {
  T: 'meta/v1.Time',
  M: 'meta/v1.MicroTime',
  Q: 'resource.Quantity',
  I: 'intstr.IntOrString',
};

/**
 * Returns the name of the type that a field has; undefined for a scalar.
 * @param message - that has the field
 */
export function typeOf({ type, name }: Field, message: string): string | undefined {
  if (type === 'R') {
    if (name === 'fieldsV1') return 'meta/v1.FieldsV1';
    return message.startsWith('apiextensions/') ? 'apiextensions/v1.JSON' : 'runtime.RawExtension';
  }
  return LETTERS[type] ?? (type.length > 1 ? type : undefined);
}

/** Tells whether the zero value of a type is an empty struct. */
export const isStruct = (type: string): boolean => !Object.hasOwn(SPECIAL_TYPES, type) && !isUnion(type);
