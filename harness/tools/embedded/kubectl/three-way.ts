/**
 * The patch that `kubectl apply` sends: what the file changes in the live object, and what the file before it
 * had and this one drops. Here is the one for custom resources, and what both kinds of patch share.
 * Kubernetes: apimachinery pkg/util/jsonmergepatch/patch.go.
 */
import { isDeepStrictEqual } from 'node:util';
import { ITEM_KEYS } from './merge-keys.ts';

/** An object of JSON, read from a file or from the API server. */
export type JsonObject = Record<string, unknown>;

/** The three states that a patch of `kubectl apply` is made from. */
export interface ThreeWay {
  /** What was applied last time, from the annotation; `undefined` if it is missing. */
  readonly original: JsonObject | undefined;
  /** What is applied now. */
  readonly modified: JsonObject;
  /** The live object. */
  readonly current: JsonObject;
}

/** Returns the patch for a custom resource: an RFC 7396 merge patch, which replaces lists as a whole. */
export function mergePatchOf({ original, modified, current }: ThreeWay): JsonObject {
  const patch = changes(current, modified);
  return mergeInto(removals(original ?? {}, modified), patch);
}

function changes(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(to)) {
    const before = from[key];
    if (isObject(value) && isObject(before)) {
      const inner = changes(before, value);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    } else if (!(isNil(value) && isNil(before)) && !isDeepStrictEqual(value, before)) patch[key] = value;
  }
  return patch;
}

/** Returns `null` for each key that `from` has and `to` lacks. */
function removals(from: JsonObject, to: JsonObject): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(from)) {
    const after = to[key];
    if (!Object.hasOwn(to, key)) patch[key] = null;
    else if (isObject(value) && isObject(after)) {
      const inner = removals(value, after);
      if (Object.keys(inner).length > 0) patch[key] = inner;
    }
  }
  return patch;
}

/** Joins two patches: additions win over deletions; of two patches for one item of a list one is made. */
export function mergeInto(deletions: JsonObject, additions: JsonObject): JsonObject {
  const merged: JsonObject = { ...deletions };
  for (const [key, value] of Object.entries(additions)) {
    const there = merged[key];
    if (isObject(there) && isObject(value)) merged[key] = mergeInto(there, value);
    else if (Array.isArray(there) && Array.isArray(value) && !key.startsWith('$')) {
      const removed = there.filter(item => isObject(item) && item['$patch'] === 'delete');
      const others = there.filter(item => !removed.includes(item));
      merged[key] = [...joinItems(others, value), ...removed];
    } else merged[key] = value;
  }
  return merged;
}

function joinItems(deletions: readonly unknown[], additions: readonly unknown[]): unknown[] {
  const same = (a: unknown, b: unknown) =>
    isObject(a) && isObject(b) && ITEM_KEYS.some(key => a[key] !== undefined && a[key] === b[key]);
  const joined = additions.map(item => {
    const deletion = deletions.find(other => same(other, item));
    return isObject(deletion) && isObject(item) ? mergeInto(deletion, item) : item;
  });
  return [...joined, ...deletions.filter(item => !additions.some(other => same(item, other)))];
}

/** Tells whether a field is null or missing: to set one to the other is no change. */
export const isNil = (value: unknown) => value === null || value === undefined;

/** Tells whether a value of JSON is an object, not a list. */
export const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
