/**
 * The three-way patch of built-in kinds, which merges some lists item by item.
 * Kubernetes: apimachinery pkg/util/strategicpatch/patch.go (CreateThreeWayMergePatch).
 */
import { isDeepStrictEqual } from 'node:util';
import { mergeKeyAt, PRIMITIVE_SETS } from './merge-keys.ts';
import { isNil, isObject, type JsonObject, mergeInto, type ThreeWay } from './three-way.ts';

/** Returns the patch for an object of a built-in kind: a strategic one, which merges some lists by a key. */
export function strategicPatchOf({ original, modified, current }: ThreeWay): JsonObject {
  const additions = strategicChanges(current, modified, '');
  const deletions = strategicRemovals(original ?? {}, modified, '');
  return mergeInto(deletions, additions);
}

function strategicChanges(from: JsonObject, to: JsonObject, path: string): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(to)) {
    const before = from[key];
    const here = path === '' ? key : `${path}.${key}`;
    if (isObject(value) && isObject(before)) {
      const inner = strategicChanges(before, value, here);
      if (Object.keys(inner).length > 0) patch[key] = inner;
      continue;
    }
    const mergeKey = mergeKeyAt(here);
    if (Array.isArray(value) && Array.isArray(before) && mergeKey !== undefined) {
      const items = changedItems(before, value, mergeKey, here);
      if (items.length > 0) {
        patch[`$setElementOrder/${key}`] = value.map(item => keyOnly(item, mergeKey));
        patch[key] = items;
      }
      continue;
    }
    if (Array.isArray(value) && Array.isArray(before) && PRIMITIVE_SETS.test(here)) {
      const added = value.filter(item => !before.includes(item));
      if (added.length > 0) {
        patch[`$setElementOrder/${key}`] = value;
        patch[key] = added;
      }
      continue;
    }
    // To set a missing field to null is no change: a Deployment's `creationTimestamp: null`.
    if (!(isNil(value) && isNil(before)) && !isDeepStrictEqual(value, before)) patch[key] = value;
  }
  return patch;
}

function changedItems(
  before: readonly unknown[],
  after: readonly unknown[],
  key: string,
  path: string,
): JsonObject[] {
  const old = byKey(before, key);
  return after.filter(isObject).flatMap(item => {
    const was = old.get(String(item[key]));
    if (!was) return [item];
    const inner = strategicChanges(was, item, path);
    return Object.keys(inner).length > 0 ? [{ ...inner, [key]: item[key] }] : [];
  });
}

function strategicRemovals(from: JsonObject, to: JsonObject, path: string): JsonObject {
  const patch: JsonObject = {};
  for (const [key, value] of Object.entries(from)) {
    const here = path === '' ? key : `${path}.${key}`;
    if (!Object.hasOwn(to, key)) {
      if (!isNil(value)) patch[key] = null;
      continue;
    }
    const after = to[key];
    if (isObject(value) && isObject(after)) {
      const inner = strategicRemovals(value, after, here);
      if (Object.keys(inner).length > 0) patch[key] = inner;
      continue;
    }
    const mergeKey = mergeKeyAt(here);
    if (Array.isArray(value) && Array.isArray(after) && mergeKey !== undefined) {
      const items = removedItems(value, after, mergeKey, here);
      if (items.length > 0) {
        patch[`$setElementOrder/${key}`] = after.map(item => keyOnly(item, mergeKey));
        patch[key] = items;
      }
    } else if (Array.isArray(value) && Array.isArray(after) && PRIMITIVE_SETS.test(here)) {
      const gone = value.filter(item => !after.includes(item));
      if (gone.length > 0) patch[`$deleteFromPrimitiveList/${key}`] = gone;
    }
  }
  return patch;
}

function removedItems(
  before: readonly unknown[],
  after: readonly unknown[],
  key: string,
  path: string,
): JsonObject[] {
  const kept = byKey(after, key);
  return before.filter(isObject).flatMap(item => {
    const now = kept.get(String(item[key]));
    if (!now) return [{ $patch: 'delete', [key]: item[key] }];
    const inner = strategicRemovals(item, now, path);
    return Object.keys(inner).length > 0 ? [{ ...inner, [key]: item[key] }] : [];
  });
}

const byKey = (items: readonly unknown[], key: string) =>
  new Map(items.filter(isObject).map(item => [String(item[key]), item]));
const keyOnly = (item: unknown, key: string): unknown => (isObject(item) ? { [key]: item[key] } : item);
