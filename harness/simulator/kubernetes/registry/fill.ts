/** Fills in fields that are not there. */
import { isObject, type JsonObject } from './json.ts';

/**
 * Sets what is absent, null or an empty text, in place; lists are copied. What is so already is not set: it
 * may be a part of the stored state, which cannot be changed.
 */
export function fill(target: JsonObject, defaults: Readonly<JsonObject>): void {
  for (const key in defaults) {
    const own = target[key];
    const value = defaults[key];
    if ((own === undefined || own === null || own === '') && own !== value)
      target[key] = Array.isArray(value) ? [...value] : value;
  }
}

/** Sets what `fill` sets, and numbers that are 0: fields that are no pointers in Go. */
export function fillZero(target: JsonObject, defaults: Readonly<JsonObject>): void {
  for (const key in defaults) {
    const value = defaults[key];
    if (target[key] === 0 && value !== 0 && value !== undefined) target[key] = value;
  }
  fill(target, defaults);
}

/** Returns the object at the key, and makes it if it is absent. */
export function child(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}
