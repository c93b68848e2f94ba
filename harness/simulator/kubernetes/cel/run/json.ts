/**
 * Shows JSON to expressions: by its schema, or as it is where there is none (apiserver
 * pkg/cel/common/valuesunstructured.go @v1.34). Nothing is converted before it is looked at.
 */
import { isObject, type JsonObject, listOf, objectOf, stringOf, valueAt } from '../../registry/json.ts';
import { AssociativeList } from './associative-list.ts';
import { escapeName, namesOfField } from './names.ts';
import { durationOf, timestampOf } from './time.ts';
import { EvaluationError, type MapValue, type Value } from './values.ts';

/** A structural schema; undefined for data without one. */
export type Shape = JsonObject | undefined;

const STRING_SHAPE: JsonObject = { type: 'string' };
const ROOT_PROPERTIES: JsonObject = {
  apiVersion: STRING_SHAPE,
  kind: STRING_SHAPE,
  metadata: { type: 'object', properties: { name: STRING_SHAPE, generateName: STRING_SHAPE } },
};

const roots = new WeakMap<JsonObject, JsonObject>();

/** A schema that has all of these fields is taken as it is. */
function namesItself(schema: JsonObject): boolean {
  const isText = (...path: readonly string[]) => valueAt(schema, ...path, 'type') === 'string';
  const metadata = ['properties', 'metadata', 'properties'];
  return (
    isText('properties', 'kind') &&
    isText('properties', 'apiVersion') &&
    isText(...metadata, 'name') &&
    isText(...metadata, 'generateName')
  );
}

/** The schema of a resource, in which its version, kind and name can always be named. */
export function withObjectMeta(schema: JsonObject): JsonObject {
  const known = roots.get(schema);
  if (known) return known;
  if (namesItself(schema)) return schema;
  const root = { ...schema, properties: { ...objectOf(schema['properties']), ...ROOT_PROPERTIES } };
  roots.set(schema, root);
  return root;
}

/** The schemas of an object's fields, by the names that expressions use. */
const fieldsByShape = new WeakMap<JsonObject, ReadonlyMap<string, readonly [string, JsonObject]>>();

function fieldsOf(schema: JsonObject): ReadonlyMap<string, readonly [string, JsonObject]> {
  const known = fieldsByShape.get(schema);
  if (known) return known;
  const fields = new Map<string, readonly [string, JsonObject]>();
  for (const [name, property] of Object.entries(objectOf(schema['properties']))) {
    if (!isObject(property)) continue;
    for (const shown of namesOfField(name)) fields.set(shown, [name, property]);
  }
  fieldsByShape.set(schema, fields);
  return fields;
}

/** An object whose schema names its fields. */
class StructValue implements MapValue {
  readonly isMap = true;
  readonly source: JsonObject;
  readonly #fields: ReadonlyMap<string, readonly [string, JsonObject]>;

  constructor(source: JsonObject, schema: JsonObject) {
    this.source = source;
    this.#fields = fieldsOf(schema);
  }

  get size(): number {
    return this.keys().length;
  }

  get(key: Value): Value | undefined {
    const field = typeof key === 'string' ? this.#fields.get(key) : undefined;
    if (!field || !Object.hasOwn(this.source, field[0])) return undefined;
    const value = this.source[field[0]];
    // A field that is null counts as absent.
    return value === undefined || value === null ? undefined : jsonValue(value, field[1]);
  }

  keys(): readonly string[] {
    return Object.entries(this.source).flatMap(([name, value]) => {
      const key = value === undefined ? undefined : escapeName(name);
      return key !== undefined && this.#fields.has(key) ? [key] : [];
    });
  }
}

/** An object with any keys, whose values have one schema or none. */
class KeyedValue implements MapValue {
  readonly isMap = true;
  readonly source: JsonObject;
  readonly #element: Shape;

  constructor(source: JsonObject, element: Shape) {
    this.source = source;
    this.#element = element;
  }

  get size(): number {
    return this.keys().length;
  }

  get(key: Value): Value | undefined {
    if (typeof key !== 'string' || !Object.hasOwn(this.source, key)) return undefined;
    const value = this.source[key];
    return value === undefined ? undefined : jsonValue(value, this.#element);
  }

  keys(): readonly string[] {
    return Object.keys(this.source).filter(key => this.source[key] !== undefined);
  }
}

const EMPTY: MapValue = { isMap: true, size: 0, get: () => undefined, keys: () => [] };

function objectValue(value: JsonObject, schema: JsonObject): MapValue {
  if (schema['x-kubernetes-embedded-resource'] === true)
    return new StructValue(value, withObjectMeta(schema));
  if (isObject(schema['properties'])) return new StructValue(value, schema);
  const additional = schema['additionalProperties'];
  // Data without a schema is there, but nothing in it can be named.
  return isObject(additional) ? new KeyedValue(value, additional) : { ...EMPTY, source: value };
}

function listValue(value: readonly unknown[], schema: JsonObject): readonly Value[] {
  const items = objectOf(schema['items']);
  const elements = value.map(element => jsonValue(element, items));
  switch (schema['x-kubernetes-list-type']) {
    case 'map':
      return AssociativeList.make(
        elements,
        listOf(schema['x-kubernetes-list-map-keys']).map(key => escapeName(String(key)) ?? String(key)),
      );
    case 'set':
      return AssociativeList.make(elements, undefined);
    default:
      return elements;
  }
}

function bytesOf(text: string): Uint8Array {
  if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(text))
    throw new EvaluationError(`Invalid byte formatted string ${text}: illegal base64 data`);
  return Uint8Array.from(atob(text), character => character.charCodeAt(0));
}

function stringValue(text: string, format: string | undefined): Value {
  switch (format) {
    case 'byte':
      return bytesOf(text);
    case 'duration':
      return durationOf(text) ?? invalid(`Invalid duration ${text}: unable to parse`);
    case 'date':
      return timestampOf(`${text}T00:00:00Z`) ?? invalid(`Invalid date formatted string ${text}`);
    case 'date-time':
      return timestampOf(text) ?? invalid(`Invalid date-time formatted string ${text}`);
    default:
      return text;
  }
}

function invalid(message: string): never {
  throw new EvaluationError(message);
}

/** Without a schema a whole number is an integer. */
function dynamicValue(value: unknown): Value {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return value;
  if (typeof value === 'number') return Number.isInteger(value) ? BigInt(value) : value;
  if (Array.isArray(value)) return value.map(dynamicValue);
  return isObject(value) ? new KeyedValue(value, undefined) : null;
}

/** A value of JSON as expressions see it. @throws EvaluationError for one that is not as its schema says */
export function jsonValue(value: unknown, schema: Shape): Value {
  if (!schema) return dynamicValue(value);
  if (value === null || value === undefined)
    return schema['nullable'] === true
      ? null
      : invalid('invalid data, got null for schema with nullable=false');
  if (schema['x-kubernetes-int-or-string'] === true) return dynamicValue(value);
  switch (schema['type']) {
    case 'object':
      return isObject(value)
        ? objectValue(value, schema)
        : invalid('invalid data, expected a map for the provided schema with type=object');
    case 'array':
      return Array.isArray(value)
        ? listValue(value, schema)
        : invalid('invalid data, expected an array for the provided schema with type=array');
    case 'string':
      return typeof value === 'string'
        ? stringValue(value, stringOf(schema['format']))
        : invalid(`invalid data, expected string, got ${typeof value}`);
    case 'number':
      return typeof value === 'number' ? value : invalid('invalid data, expected float');
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value)
        ? BigInt(value)
        : invalid('invalid data, expected int');
    case 'boolean':
      return typeof value === 'boolean' ? value : invalid('invalid data, expected bool');
    default:
      return dynamicValue(value);
  }
}
