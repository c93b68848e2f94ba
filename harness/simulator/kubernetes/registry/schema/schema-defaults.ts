/**
 * Fills in the defaults of a structural schema (apiextensions-apiserver pkg/apiserver/schema/defaulting
 * @v1.32).
 */
import { copy, isObject, type JsonObject, objectOf } from '../json.ts';

/** Fills in the defaults of the schema, in place. */
export function applySchemaDefaults(value: unknown, schema: JsonObject): void {
  if (Array.isArray(value)) {
    for (const element of value) applySchemaDefaults(element, objectOf(schema['items']));
    return;
  }
  if (!isObject(value)) return;
  for (const [key, property] of Object.entries(objectOf(schema['properties']))) {
    if (!isObject(property)) continue;
    const isAbsent = value[key] === undefined || (value[key] === null && property['nullable'] !== true);
    if (isAbsent && property['default'] !== undefined) value[key] = copy(property['default']);
    applySchemaDefaults(value[key], property);
  }
  const additional = schema['additionalProperties'];
  if (isObject(additional)) for (const entry of Object.values(value)) applySchemaDefaults(entry, additional);
}
