/**
 * Drops what a structural schema does not know (apiextensions-apiserver pkg/apiserver/schema/pruning @v1.32).
 */

import { join } from './field-path.ts';
import { isObject, type JsonObject, objectOf } from './json.ts';

const keepsUnknown = (schema: JsonObject): boolean => schema['x-kubernetes-preserve-unknown-fields'] === true;

/**
 * Drops what the schema does not know, in place.
 * @param unknown - gets the paths of what is dropped
 */
export function prune(
  value: unknown,
  schema: JsonObject,
  path: string,
  unknown: string[],
  isRoot = false,
): void {
  if (Array.isArray(value)) {
    const items = objectOf(schema['items']);
    value.forEach((element, index) => {
      prune(element, items, `${path}[${index}]`, unknown);
    });
    return;
  }
  if (isObject(value)) pruneObject(value, schema, path, unknown, isRoot);
}

/** Drops the properties that the schema does not know; those that every resource has stay. */
function pruneObject(
  value: JsonObject,
  schema: JsonObject,
  path: string,
  unknown: string[],
  isRoot: boolean,
): void {
  const properties = objectOf(schema['properties']);
  const additional = schema['additionalProperties'];
  const isResource = isRoot || schema['x-kubernetes-embedded-resource'] === true;
  for (const key of Object.keys(value)) {
    if (isResource && (key === 'apiVersion' || key === 'kind' || key === 'metadata')) continue;
    const property = Object.hasOwn(properties, key) ? properties[key] : undefined;
    if (isObject(property)) prune(value[key], property, join(path, key), unknown);
    else if (isObject(additional)) prune(value[key], additional, join(path, key), unknown);
    else if (additional !== true && !keepsUnknown(schema)) {
      unknown.push(join(path, key));
      delete value[key];
    }
  }
}
