/**
 * The types that the values of a schema have in expressions, and how large they can be (apiserver
 * pkg/cel/common/schemas.go and pkg/cel/types.go @v1.34).
 */
import { isObject, type JsonObject, listOf, objectOf, stringOf } from '../registry/json.ts';
import {
  BOOL,
  BYTES,
  DOUBLE,
  DURATION,
  DYN,
  INT,
  listOf as listType,
  mapOf,
  STRING,
  structType,
  TIMESTAMP,
  type Type,
} from './check/types.ts';
import { withObjectMeta } from './run/json.ts';
import { escapeName, namesOfField } from './run/names.ts';

/** A type with the limits that its schema sets. */
export interface SizedType {
  readonly type: Type;
  /** Characters, bytes, elements or entries; of other values 0. */
  readonly maxElements: number;
  /** The least number of bytes of such a value as JSON. */
  readonly minBytes: number;
  readonly element?: SizedType;
  readonly key?: SizedType;
  readonly fields?: ReadonlyMap<string, SizedType>;
}

/** As large as a request may be, in bytes (apiserver pkg/apis/cel/config.go). */
export const MAX_REQUEST_BYTES = 3 * 1024 * 1024;

const MAX_TEXT = MAX_REQUEST_BYTES - 2;

const sized = (type: Type, minBytes: number, maxElements = 0): SizedType => ({ type, minBytes, maxElements });

const limit = (value: unknown): number | undefined =>
  typeof value === 'number' ? Math.max(0, value) : undefined;

/** `maxLength` counts characters, which have up to four bytes. */
function maxText(schema: JsonObject): number {
  const length = limit(schema['maxLength']);
  return length === undefined ? MAX_TEXT : length * 4;
}

const isText = (value: unknown): value is string => typeof value === 'string';

/** The longest of the values that are allowed. */
function longest(values: readonly unknown[]): number {
  return Math.max(0, ...values.filter(isText).map(value => new TextEncoder().encode(value).length));
}

function textType(schema: JsonObject): SizedType {
  switch (stringOf(schema['format'])) {
    case 'byte':
      return sized(BYTES, 2, limit(schema['maxLength']) ?? MAX_TEXT);
    case 'duration':
      return sized(DURATION, 3, 32);
    case 'date':
      return sized(TIMESTAMP, 12, 12);
    case 'date-time':
      return sized(TIMESTAMP, 21, 32);
    default: {
      const allowed = listOf(schema['enum']);
      const isUnlimited = limit(schema['maxLength']) === undefined;
      return sized(STRING, 2, isUnlimited && allowed.length > 0 ? longest(allowed) : maxText(schema));
    }
  }
}

function arrayType(schema: JsonObject, name: string): SizedType | undefined {
  const items = schema['items'];
  const element = isObject(items) ? sizedTypeOf(items, false, `${name}.@idx`) : undefined;
  if (!element) return undefined;
  const maxElements =
    limit(schema['maxItems']) ?? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minBytes + 1));
  return { type: listType(element.type), minBytes: 2, maxElements, element };
}

function keyedType(schema: JsonObject, additional: JsonObject, name: string): SizedType | undefined {
  const element = sizedTypeOf(additional, false, `${name}.@elem`);
  if (!element) return undefined;
  const maxElements =
    limit(schema['maxProperties']) ?? Math.floor((MAX_REQUEST_BYTES - 2) / (element.minBytes + 6));
  return { type: mapOf(STRING, element.type), minBytes: 2, maxElements, element, key: sized(STRING, 2) };
}

function objectType(schema: JsonObject, name: string): SizedType | undefined {
  const additional = schema['additionalProperties'];
  if (isObject(additional)) return keyedType(schema, additional, name);
  const required = new Set(listOf(schema['required']));
  const fields = new Map<string, SizedType>();
  const types = new Map<string, Type>();
  let minBytes = 2;
  for (const [property, inner] of Object.entries(objectOf(schema['properties']))) {
    const field = isObject(inner) ? sizedTypeOf(inner, false, `${name}.${property}`) : undefined;
    if (!field) continue;
    const escaped = escapeName(property);
    if (escaped !== undefined) fields.set(escaped, field);
    for (const shown of namesOfField(property)) types.set(shown, field.type);
    const isFilledIn = isObject(inner) && inner['default'] !== undefined;
    if (required.has(property) && !isFilledIn) minBytes += property.length + field.minBytes + 4;
  }
  return { type: structType(name, types), minBytes, maxElements: 0, fields };
}

/**
 * Returns the type of a schema's values, or undefined for those that expressions cannot see.
 * @param isRoot - the schema is that of a whole resource
 * @param name - how messages call the type of an object
 */
export function sizedTypeOf(schema: JsonObject, isRoot: boolean, name = 'selfType'): SizedType | undefined {
  if (schema['x-kubernetes-int-or-string'] === true) return sized(DYN, 1, maxText(schema));
  const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  const whole = isResource ? withObjectMeta(schema) : schema;
  switch (whole['type']) {
    case 'array':
      return arrayType(whole, name);
    case 'object':
      return objectType(whole, name);
    case 'string':
      return textType(whole);
    case 'boolean':
      return sized(BOOL, 4);
    case 'number':
      return sized(DOUBLE, 1);
    case 'integer':
      return sized(INT, 1);
    default:
      return undefined;
  }
}
