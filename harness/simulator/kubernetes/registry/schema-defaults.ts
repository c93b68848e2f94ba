/**
 * Fills in the defaults of a structural schema (apiextensions-apiserver pkg/apiserver/schema/defaulting
 * @v1.34).
 */
import { copy, isObject, type JsonObject, objectOf } from './json.ts';
import { propertyOf } from './nulls.ts';

const defaultOf = (schema: unknown): unknown => objectOf(schema)['default'] ?? null;

/** Tells whether null stands for the default here. */
const isReplaced = (value: unknown, schema: JsonObject | undefined): boolean =>
  value === null && schema !== undefined && schema['nullable'] !== true;

/** Fills in the defaults of the schema, in place. */
export function applySchemaDefaults(value: unknown, schema: JsonObject): void {
  if (Array.isArray(value)) {
    const { items } = schema;
    if (!isObject(items)) return;
    value.forEach((element, index) => {
      if (isReplaced(element, items)) value[index] = copy(defaultOf(items));
      applySchemaDefaults(value[index], items);
    });
    return;
  }
  if (!isObject(value)) return;
  for (const [key, property] of Object.entries(objectOf(schema['properties']))) {
    const preset = defaultOf(property);
    if (preset === null || !isObject(property)) continue;
    if (!Object.hasOwn(value, key) || value[key] === undefined || isReplaced(value[key], property))
      value[key] = copy(preset);
  }
  for (const key of Object.keys(value)) {
    const property = propertyOf(key, schema);
    if (!property) continue;
    if (isReplaced(value[key], property)) value[key] = copy(defaultOf(property));
    applySchemaDefaults(value[key], property);
  }
}
