/**
 * The rules of lists that are sets or maps (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34, validateMapListKeysMapSet among others).
 */
import { type FieldError, forbiddenValue, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, stringOf } from '../json.ts';

/** Checks `x-kubernetes-list-type` and `x-kubernetes-list-map-keys` of one node. */
export function validateListType(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const listType = stringOf(schema['x-kubernetes-list-type']);
  const keys = listOf(schema['x-kubernetes-list-map-keys']);
  const type = stringOf(schema['type']) ?? '';
  if (listType !== undefined && type !== 'array') {
    const text = 'must be array if x-kubernetes-list-type is specified';
    errors.push(type === '' ? required(`${path}.type`, text) : invalidValue(`${path}.type`, type, text));
  } else if (listType === 'set' && isObject(schema['items'])) {
    errors.push(...problemsOfSetItems(schema['items'], `${path}.items`));
  }
  const choices = ['atomic', 'set', 'map'];
  if (listType !== undefined && !choices.includes(listType))
    errors.push(notSupported(`${path}.x-kubernetes-list-type`, listType, choices));
  if (keys.length > 0 && listType !== 'map') {
    const field = `${path}.x-kubernetes-list-type`;
    const text = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(listType === undefined ? required(field, text) : invalidValue(field, listType, text));
  }
  return listType === 'map' ? [...errors, ...problemsOfMap(schema, keys, path)] : errors;
}

/** The elements of a set are compared as wholes. */
function problemsOfSetItems(items: JsonObject, path: string): FieldError[] {
  const text = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'] ?? null;
  if (items['type'] === 'array' && listType !== null && listType !== 'atomic')
    return [invalidValue(`${path}.x-kubernetes-list-type`, listType, text)];
  if (items['type'] !== 'object' || items['x-kubernetes-map-type'] === 'atomic') return [];
  // The server shows the list type here, too.
  const shown = listType === null ? 'null' : undefined;
  return [invalidValue(`${path}.x-kubernetes-map-type`, listType, text, shown)];
}

function problemsOfMap(schema: JsonObject, keys: readonly unknown[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const items = schema['items'];
  const keysField = `${path}.x-kubernetes-list-map-keys`;
  if (keys.length === 0)
    errors.push(required(keysField, 'must not be empty if x-kubernetes-list-type is map'));
  if (items === undefined || items === null)
    errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
  if (!isObject(items)) return errors;
  if (items['type'] !== 'object') {
    const text = "must be object if parent array's x-kubernetes-list-type is map";
    return [...errors, invalidValue(`${path}.items.type`, items['type'] ?? '', text)];
  }
  const properties = objectOf(items['properties']);
  const seen = new Set<unknown>();
  for (const key of keys) {
    const property = properties[String(key)];
    if (!isObject(property)) {
      errors.push(invalidValue(keysField, keys, 'entries must all be names of item properties'));
    } else if (property['type'] === 'array' || property['type'] === 'object') {
      const text = "must be a scalar type if parent array's x-kubernetes-list-type is map";
      // The server shows the type of the items here.
      errors.push(invalidValue(`${path}.items.properties[${String(key)}].type`, items['type'], text));
    }
    if (seen.has(key)) errors.push(invalidValue(keysField, keys, 'must not contain duplicate entries'));
    seen.add(key);
  }
  return errors;
}

/** Elements of sets and maps are there, and so are the keys that tell them apart. */
export function validateListKeys(schema: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const { items } = schema;
  const listType = schema['x-kubernetes-list-type'];
  if (!isObject(items) || (listType !== 'set' && listType !== 'map')) return [];
  if (items['nullable'] === true) {
    const text = `cannot be nullable when x-kubernetes-list-type is ${listType}`;
    errors.push(forbiddenValue(`${path}.items.nullable`, text));
  }
  if (listType === 'set') return errors;
  const needed = listOf(items['required']);
  for (const key of listOf(schema['x-kubernetes-list-map-keys']).map(String)) {
    const property = objectOf(items['properties'])[key];
    if (!isObject(property)) continue;
    const field = `${path}.items.properties[${key}]`;
    const because = 'this property is in x-kubernetes-list-map-keys, so it';
    if (!needed.includes(key) && (property['default'] ?? null) === null)
      errors.push(required(`${field}.default`, `${because} must have a default or be a required property`));
    if (property['nullable'] === true)
      errors.push(forbiddenValue(`${field}.nullable`, `${because} cannot be nullable`));
  }
  return errors;
}
