/**
 * The types of a definition's schema that JSON writes in two ways, and protobuf as a message with a field for
 * each (apiextensions-apiserver pkg/apis/apiextensions/v1/marshal.go @v1.34).
 */
import { isObject, type JsonObject } from '../json.ts';

/** What a union has besides a schema: a list of schemas, a boolean, or a list of strings. */
type Other = 'schemas' | 'boolean' | 'strings';

/** By the name of the message. */
const UNIONS: Readonly<Record<string, Other>> = {
  'apiextensions/v1.JSONSchemaPropsOrArray': 'schemas',
  'apiextensions/v1.JSONSchemaPropsOrBool': 'boolean',
  'apiextensions/v1.JSONSchemaPropsOrStringArray': 'strings',
};

/** The message of a schema. */
export const SCHEMA_MESSAGE = 'apiextensions/v1.JSONSchemaProps';

/** Tells whether a message is written in two ways. */
export const isUnion = (message: string): boolean => Object.hasOwn(UNIONS, message);

/**
 * Returns the schemas in a union's value.
 * @returns undefined for a value that the union cannot have
 */
export function schemasIn(message: string, value: unknown): readonly JsonObject[] | undefined {
  if (isObject(value)) return [value];
  const other = UNIONS[message];
  if (other === 'boolean') return typeof value === 'boolean' ? [] : undefined;
  if (!Array.isArray(value)) return undefined;
  if (other === 'strings') return value.every(each => typeof each === 'string') ? [] : undefined;
  return value.every(isObject) ? value : undefined;
}

/** Returns how JSON writes a union that protobuf wrote as a message. */
export function unionInJson(message: string, fields: JsonObject): unknown {
  const { schema } = fields;
  switch (UNIONS[message]) {
    case 'schemas':
      return fields['jSONSchemas'] ?? schema ?? {};
    case 'boolean':
      return schema ?? fields['allows'] ?? false;
    default:
      return fields['property'] ?? schema ?? {};
  }
}
