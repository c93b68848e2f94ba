/**
 * Nulls in custom resources: where a field is not nullable, null means that it is absent
 * (apiextensions-apiserver pkg/apiserver/schema/defaulting/prunenulls.go @v1.34).
 */
import { isObject, type JsonObject, objectOf } from './json.ts';

/** Drops the nulls for which the schema has neither `nullable` nor a default, in place. */
export function dropNulls(value: unknown, schema: JsonObject | undefined): void {
  if (Array.isArray(value)) {
    const { items } = schema ?? {};
    for (const element of value) dropNulls(element, isObject(items) ? items : undefined);
    return;
  }
  if (!isObject(value)) return;
  for (const key of Object.keys(value)) {
    const property = propertyOf(key, schema);
    const isDropped =
      value[key] === null &&
      property &&
      property['nullable'] !== true &&
      (property['default'] ?? null) === null;
    if (isDropped) delete value[key];
    else dropNulls(value[key], property);
  }
}

/** Returns the schema of a field: its own, or that of all others. */
export function propertyOf(key: string, schema: JsonObject | undefined): JsonObject | undefined {
  const properties = objectOf(schema?.['properties']);
  const own = Object.hasOwn(properties, key) ? properties[key] : undefined;
  if (isObject(own)) return own;
  const additional = schema?.['additionalProperties'];
  return isObject(additional) ? additional : undefined;
}
