/**
 * The patch that `kubectl apply` sends: what the file changes in the live object, and what the file before it
 * had and this one drops.
 * Kubernetes: apimachinery pkg/util/jsonmergepatch/patch.go, pkg/util/strategicpatch/patch.go
 * (CreateThreeWayMergePatch).
 */
import { isDeepStrictEqual } from 'node:util';

export type JsonObject = Record<string, unknown>;

export interface ThreeWay {
  /** What was applied last time, from the annotation; `undefined` if it is missing. */
  readonly original: JsonObject | undefined;
  /** What is applied now. */
  readonly modified: JsonObject;
  /** The live object. */
  readonly current: JsonObject;
}

/** For custom resources: an RFC 7396 merge patch, where lists are replaced as a whole. */
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

/** `null` for each key that `from` has and `to` has not. */
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

/**
 * Lists that built-in kinds merge by a key; every other list is replaced. The path has no indices.
 * docs/reference/kubernetes.md K5
 */
const MERGE_KEYS: readonly (readonly [RegExp, string])[] = [
  [/(^|\.)(containers|initContainers|ephemeralContainers)$/, 'name'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.ports$/, 'containerPort'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.env$/, 'name'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.volumeMounts$/, 'mountPath'],
  [/(^|\.)(containers|initContainers|ephemeralContainers)\.volumeDevices$/, 'devicePath'],
  [/(^|\.)spec\.volumes$/, 'name'],
  [/(^|\.)spec\.imagePullSecrets$/, 'name'],
  [/(^|\.)spec\.hostAliases$/, 'ip'],
  [/(^|\.)spec\.schedulingGates$/, 'name'],
  [/(^|\.)spec\.topologySpreadConstraints$/, 'topologyKey'],
  [/^spec\.ports$/, 'port'],
  [/^secrets$/, 'name'],
  [/^metadata\.ownerReferences$/, 'uid'],
  [/^status\.conditions$/, 'type'],
  [/^webhooks(\.matchConditions)?$/, 'name'],
];
const PRIMITIVE_SETS = /^metadata\.finalizers$/;

const mergeKeyAt = (path: string) => MERGE_KEYS.find(([pattern]) => pattern.test(path))?.[1];

/** For built-in kinds: a strategic merge patch, where some lists are merged by a key. */
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
    // What was never set and is set to nothing is no change: a Deployment's `creationTimestamp: null`.
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

/** Additions win over deletions; lists of patches for items are joined by what they patch. */
function mergeInto(deletions: JsonObject, additions: JsonObject): JsonObject {
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
const ITEM_KEYS = [...new Set(MERGE_KEYS.map(([, key]) => key))];

const byKey = (items: readonly unknown[], key: string) =>
  new Map(items.filter(isObject).map(item => [String(item[key]), item]));
const keyOnly = (item: unknown, key: string): unknown => (isObject(item) ? { [key]: item[key] } : item);
const isNil = (value: unknown) => value === null || value === undefined;
const isObject = (value: unknown): value is JsonObject =>
  value !== null && typeof value === 'object' && !Array.isArray(value);
