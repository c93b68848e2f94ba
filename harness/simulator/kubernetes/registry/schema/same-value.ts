/**
 * Tells whether a value is what it was: the order of lists that are maps or sets says nothing
 * (apiserver pkg/cel/common/equality.go @v1.34).
 */
import { equal, isObject, type JsonObject, listOf, objectOf } from '../json.ts';

function sameList(list: readonly unknown[], old: readonly unknown[], schema: JsonObject): boolean {
  if (list.length !== old.length) return false;
  const items = objectOf(schema['items']);
  const keys = listOf(schema['x-kubernetes-list-map-keys']).map(String);
  switch (schema['x-kubernetes-list-type']) {
    case 'set':
      return list.every(element => old.some(other => isSameValue(element, other, items)));
    case 'map':
      return list.every(element => {
        const other = old.find(candidate =>
          keys.every(key => equal(objectOf(candidate)[key], objectOf(element)[key])),
        );
        return other !== undefined && isSameValue(element, other, items);
      });
    default:
      return list.every((element, index) => isSameValue(element, old[index], items));
  }
}

/** Compares a value of a schema with the one that it was before. */
export function isSameValue(value: unknown, old: unknown, schema: JsonObject): boolean {
  if (equal(value, old)) return true;
  if (Array.isArray(value)) return Array.isArray(old) && sameList(value, old, schema);
  if (!isObject(value) || !isObject(old)) return false;
  const names = Object.keys(value);
  if (names.length !== Object.keys(old).length) return false;
  const properties = objectOf(schema['properties']);
  return names.every(name => {
    const inner = Object.hasOwn(properties, name) ? properties[name] : schema['additionalProperties'];
    return Object.hasOwn(old, name) && isSameValue(value[name], old[name], objectOf(inner));
  });
}
