/** Fills in fields that are not there. */
import { isObject, type JsonObject } from './json.ts';

/** Sets what is absent or null, in place; lists are copied. */
export function fill(target: JsonObject, defaults: Readonly<JsonObject>): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (target[key] === undefined || target[key] === null)
      target[key] = Array.isArray(value) ? [...value] : value;
  }
}

/** Returns the object at the key, and makes it if it is absent. */
export function child(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}
