/**
 * Custom resources as clients see them: what a schema has learned since they were written is filled in, what
 * it has forgotten is dropped (apiextensions-apiserver pkg/apiserver/customresource_handler.go @v1.34,
 * schemaCoercingDecoder and unstructuredDefaulter).
 */
import { Derived } from './derived.ts';
import { copy, freeze, isObject, type JsonObject, type KubernetesObject, objectOf } from './json.ts';
import { dropNulls, propertyOf } from './nulls.ts';
import { prune } from './prune.ts';
import type { ResourceType } from './resources.ts';
import { applySchemaDefaults } from './schema-defaults.ts';

/** By the schema of the version. */
type Shown = Map<JsonObject, KubernetesObject>;

const known = new Derived<Shown>();

/** Returns a custom resource by the schema of a version; the object itself if that changes nothing. */
export function bySchema(type: ResourceType, version: string, object: KubernetesObject): KubernetesObject {
  const schema = type.custom?.schemas[version];
  if (!isObject(schema)) return object;
  if (!Object.isFrozen(object)) return shownBy(schema, object);
  const shown = known.of(object, () => new Map());
  let result = shown.get(schema);
  if (!result) {
    result = freeze(shownBy(schema, object));
    // Of the schemas that a version has had, the newest counts.
    shown.set(schema, result);
  }
  return result;
}

function shownBy(schema: JsonObject, object: KubernetesObject): KubernetesObject {
  if (isAsShown(object, schema, true)) return object;
  const result = copy(object);
  prune(result, schema, '', [], true);
  dropNulls(result, schema);
  applySchemaDefaults(result, schema);
  return result;
}

/** Tells whether nothing would be dropped from a value or filled in. */
function isAsShown(value: unknown, schema: JsonObject, isRoot = false): boolean {
  if (Array.isArray(value)) {
    const { items } = schema;
    return !isObject(items) || value.every(element => isPartAsShown(element, items));
  }
  if (!isObject(value)) return true;
  const properties = objectOf(schema['properties']);
  for (const key of Object.keys(properties)) {
    const property = properties[key];
    if (isObject(property) && (property['default'] ?? null) !== null && !Object.hasOwn(value, key))
      return false;
  }
  const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  const keeps =
    schema['x-kubernetes-preserve-unknown-fields'] === true || schema['additionalProperties'] === true;
  return Object.keys(value).every(key => {
    if (isResource && (key === 'apiVersion' || key === 'kind' || key === 'metadata')) return true;
    const property = propertyOf(key, schema);
    return property ? isPartAsShown(value[key], property) : keeps;
  });
}

function isPartAsShown(value: unknown, schema: JsonObject): boolean {
  return value === null ? schema['nullable'] === true : isAsShown(value, schema);
}
