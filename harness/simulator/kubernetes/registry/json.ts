/** JSON values as the API machinery handles them: reading unknown shapes, copying, comparing, freezing. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';

export type { KubernetesObject } from '../../../base/kubernetes-client.ts';

/** A JSON object whose content nobody has checked. */
export type JsonObject = Record<string, unknown>;

/** Tells whether a value is an object, and neither null nor a list. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns the value if it is an object, else a new empty one. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : {};
}

/** Returns the value if it is a list, else an empty one. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Returns the objects of a list, without its other entries. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

/** Returns a text as it is, and undefined for all else. */
export function stringOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** Returns the entries of a map whose values are strings, without the others. */
export function stringsOf(value: unknown): Record<string, string> {
  const result: Record<string, string> = {};
  for (const [key, entry] of Object.entries(objectOf(value)))
    if (typeof entry === 'string') result[key] = entry;
  return result;
}

/** Returns the value at a path of keys, or undefined. */
export function valueAt(value: unknown, ...path: readonly (string | number)[]): unknown {
  let current: unknown = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isObject(current)) current = Object.hasOwn(current, key) ? current[key] : undefined;
    else return undefined;
  }
  return current;
}

/** Sets a key even if it is `__proto__`, which a plain assignment would turn into the prototype. */
export function setOwn(target: JsonObject, key: string, value: unknown): void {
  if (key === '__proto__') {
    Object.defineProperty(target, key, { value, enumerable: true, configurable: true, writable: true });
  } else target[key] = value;
}

// The four that follow see each part of each object. They go through keys without a list of them, and through
// lists by index: in code that V8 has not optimized, each step of an iterator is an object.

const isComposite = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Makes a deep copy that may be changed. */
export function copy<T>(value: T): T {
  if (!isComposite(value)) return value;
  if (Array.isArray(value)) {
    const list: unknown[] = [...value];
    for (let index = 0; index < list.length; index++) list[index] = copy(list[index]);
    return list as T; // the same shape, element by element
  }
  const result = { ...value } as JsonObject;
  for (const key in result) {
    const part = result[key];
    if (isComposite(part)) setOwn(result, key, copy(part));
  }
  return result as T; // the same shape, key by key
}

/** Compares two values deeply. An undefined key counts as absent; the order of keys does not count. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!equal(a[index], b[index])) return false;
    return true;
  }
  if (!isObject(a) || !isObject(b)) return false;
  for (const key in a) if (!equal(a[key], b[key])) return false;
  for (const key in b) if (b[key] !== undefined && a[key] === undefined) return false;
  return true;
}

/** Freezes the value and all within it. It trusts that a frozen value is frozen to the bottom. */
export function freeze<T>(value: T): T {
  if (!isComposite(value) || Object.isFrozen(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (let index = 0; index < value.length; index++) freeze(value[index]);
  else for (const key in value) freeze(value[key]);
  return value;
}

/**
 * Puts the parts of an older state in the place of equal parts of a newer one, in place: states that are kept
 * side by side then cost what differs between them.
 * @param older - frozen
 * @returns the newer state; the older one itself if nothing differs, the order of keys included
 */
export function sharing<T>(older: unknown, newer: T): T {
  if (!isComposite(older) || !isComposite(newer) || older === newer) return newer;
  if (Array.isArray(older) !== Array.isArray(newer)) return newer;
  if (Array.isArray(newer)) return sharingList(older as readonly unknown[], newer) as T; // the same shape
  const keys = Object.keys(older);
  const [from, to] = [older as JsonObject, newer as JsonObject];
  let isSame = true;
  let index = 0;
  for (const key in to) {
    const before = Object.hasOwn(from, key) ? from[key] : undefined;
    const value = key === '__proto__' ? to[key] : sharing(before, to[key]);
    if (value !== to[key] && !Object.isFrozen(to)) to[key] = value;
    isSame &&= value === before && key === keys[index];
    index++;
  }
  return isSame && index === keys.length ? (older as T) : newer; // the same, key by key
}

function sharingList(older: readonly unknown[], newer: unknown[]): readonly unknown[] {
  let isSame = older.length === newer.length;
  for (let index = 0; index < newer.length; index++) {
    const value = sharing(older[index], newer[index]);
    if (value !== newer[index] && !Object.isFrozen(newer)) newer[index] = value;
    isSame &&= value === older[index];
  }
  return isSame ? older : newer;
}

/** RFC 3339 has no later year: what lies behind it (a grace of millions of years) ends there. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59);

/** The second that was written last: a write has the time in several places. */
let lastSecond = { second: 0, text: '1970-01-01T00:00:00Z' };

/** Writes a time with the precision of metav1.Time: `2026-01-02T03:04:05Z`. */
export function timestamp(milliseconds: number): string {
  const second = Math.floor(Math.min(milliseconds, LAST_MS) / 1000);
  if (second !== lastSecond.second)
    lastSecond = { second, text: `${new Date(second * 1000).toISOString().slice(0, 19)}Z` };
  return lastSecond.text;
}

/** Writes a time with the precision of metav1.MicroTime: `2026-01-02T03:04:05.000000Z`. */
export function microTimestamp(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 23)}000Z`;
}

/** Returns the name; empty before it is generated. */
export function nameOf(object: KubernetesObject): string {
  return object.metadata.name ?? '';
}

/** Returns the namespace; empty for objects of the whole cluster. */
export function namespaceOf(object: KubernetesObject): string {
  return object.metadata.namespace ?? '';
}
