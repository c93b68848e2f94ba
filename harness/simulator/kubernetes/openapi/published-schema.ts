/**
 * The schema of a custom resource as documents show it: what is structural of it, with the fields that every
 * embedded object has (apiextensions-apiserver pkg/controller/openapi @v1.34).
 */
import { isObject, type JsonObject, listOf, objectOf } from '../registry/json.ts';
import { objectMetadata } from './metadata-fields.ts';
import { forClientsOfVersion2 } from './prune-for-version2.ts';
import { mapValues, type Schema } from './schema.ts';

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';
export const UNKNOWN_FIELDS = 'x-kubernetes-preserve-unknown-fields';

/** Sorts the properties of a schema by name. */
export const inOrder = (properties: Readonly<Record<string, Schema>>): Record<string, Schema> =>
  Object.fromEntries(Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1)));

/** Returns what is published of a schema. @param forVersion2 - without what breaks clients of version 2 */
export function publishedSchema(schema: JsonObject, forVersion2: boolean): Schema {
  const kept = keepStructural(schema);
  return embed(forVersion2 ? forClientsOfVersion2(kept) : kept, forVersion2);
}

/** What a structural schema is made of; the rest is not published (pkg/apiserver/schema/kubeopenapi.go). */
const KEPT: ReadonlySet<string> = new Set([
  'type',
  'nullable',
  'description',
  'title',
  'default',
  'format',
  'maximum',
  'exclusiveMaximum',
  'minimum',
  'exclusiveMinimum',
  'maxLength',
  'minLength',
  'pattern',
  'maxItems',
  'minItems',
  'uniqueItems',
  'multipleOf',
  'enum',
  'maxProperties',
  'minProperties',
  'required',
  UNKNOWN_FIELDS,
  'x-kubernetes-embedded-resource',
  'x-kubernetes-int-or-string',
  'x-kubernetes-list-map-keys',
  'x-kubernetes-list-type',
  'x-kubernetes-map-type',
  'x-kubernetes-validations',
]);

const INT_OR_STRING = [{ type: 'integer' }, { type: 'string' }];

/** What Go leaves out of JSON: false, and lists and maps without elements. */
const isEmpty = (value: unknown): boolean =>
  value === false ||
  (Array.isArray(value) ? value.length === 0 : isObject(value) && Object.keys(value).length === 0);

function keepStructural(schema: JsonObject): Schema {
  const kept: JsonObject = {};
  for (const [key, value] of Object.entries(schema)) {
    const known = KEPT.has(key) && (key === 'default' || !isEmpty(value));
    if (known) kept[key] = value;
  }
  for (const key of ['allOf', 'anyOf', 'oneOf']) {
    const parts = listOf(schema[key]).map(part => keepStructural(objectOf(part)));
    if (parts.length > 0) kept[key] = parts;
  }
  if (isObject(schema['not'])) kept['not'] = keepStructural(schema['not']);
  if (isObject(schema['items'])) kept['items'] = keepStructural(schema['items']);
  const additional = schema['additionalProperties'];
  if (isObject(additional)) kept['additionalProperties'] = keepStructural(additional);
  else if (additional === true) kept['additionalProperties'] = true;
  const properties = Object.entries(objectOf(schema['properties']));
  if (properties.length > 0) {
    const published = properties.map(([name, each]) => [name, keepStructural(objectOf(each))] as const);
    kept['properties'] = inOrder(Object.fromEntries(published));
  }
  return unfold(kept);
}

const isIntOrString = (parts: unknown): boolean =>
  listOf(parts).length === INT_OR_STRING.length &&
  INT_OR_STRING.every(({ type }, index) => objectOf(listOf(parts)[index])['type'] === type);

/** Says of what is a number or a text that it is one of both (pkg/apiserver/schema/unfold.go). */
function unfold(schema: JsonObject): Schema {
  if (schema['x-kubernetes-int-or-string'] !== true) return schema;
  const { anyOf, allOf } = schema;
  if (anyOf === undefined) {
    return isIntOrString(objectOf(listOf(allOf)[0])['anyOf']) ? schema : { ...schema, anyOf: INT_OR_STRING };
  }
  return isIntOrString(anyOf) ? schema : { ...schema, allOf: [{ anyOf: INT_OR_STRING }, ...listOf(allOf)] };
}

/** The texts of the fields of embedded objects are not those of other objects. */
const EMBEDDED: Readonly<Record<'apiVersion' | 'kind', Schema>> = {
  apiVersion: {
    description:
      'apiVersion defines the versioned schema of this representation of an object. More info: ' +
      `${CONVENTIONS}#resources`,
    type: 'string',
  },
  kind: {
    description:
      'kind is a string value representing the type of this object. In CamelCase. More info: ' +
      `${CONVENTIONS}#types-kinds`,
    type: 'string',
  },
};

/** Gives embedded objects the fields that all objects have. */
function embed(schema: Schema, forVersion2: boolean): Schema {
  const { properties, items, additionalProperties } = schema;
  const inside: Schema = {
    ...schema,
    ...(properties && { properties: mapValues(properties, each => embed(each, forVersion2)) }),
    ...(items && { items: embed(items, forVersion2) }),
    ...(isObject(additionalProperties) && { additionalProperties: embed(additionalProperties, forVersion2) }),
  };
  if (schema['x-kubernetes-embedded-resource'] !== true) return inside;
  // Clients of version 2 would refuse the fields that are not described.
  if (forVersion2 && schema[UNKNOWN_FIELDS] === true) return inside;
  const required = listOf(schema['required']);
  return {
    ...inside,
    required: [...required, ...['kind', 'apiVersion'].filter(name => !required.includes(name))],
    properties: inOrder({ ...inside.properties, ...EMBEDDED, metadata: objectMetadata() }),
  };
}
