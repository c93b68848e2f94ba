/**
 * Sets of fields of an object, as `managedFields` keeps them (sigs.k8s.io/structured-merge-diff fieldpath
 * @v4).
 */
import { equal, isObject, type JsonObject, listOf, objectOf } from '../../registry/json.ts';
import { childOf, type MergeNode } from './merge-keys.ts';

/**
 * A tree of path elements: `f:name` a field, `k:{"name":"c"}` an element found by keys, `v:"x"` an element
 * found by its value.
 * A member is a path that belongs to the set.
 */
export interface FieldSet {
  member: boolean;
  readonly children: Map<string, FieldSet>;
}

/** Makes a set of no fields. */
export const emptySet = (): FieldSet => ({ member: false, children: new Map() });

/** Tells whether a set has neither members nor children. */
export function isEmpty(set: FieldSet): boolean {
  return !set.member && [...set.children.values()].every(isEmpty);
}

/** From `fieldsV1`. */
export function fromFieldsV1(fields: unknown): FieldSet {
  const set = emptySet();
  const entries = Object.entries(objectOf(fields));
  for (const [key, value] of entries) {
    if (key === '.') set.member = true;
    else {
      const child = fromFieldsV1(value);
      if (Object.keys(objectOf(value)).length === 0) child.member = true;
      set.children.set(key, child);
    }
  }
  return set;
}

/** To `fieldsV1`: keys in order, as Go writes maps. */
export function toFieldsV1(set: FieldSet): JsonObject {
  const result: JsonObject = {};
  const kept = [...set.children].filter(([, child]) => !isEmpty(child)).sort(([a], [b]) => (a < b ? -1 : 1));
  if (set.member && kept.length > 0) result['.'] = {};
  for (const [key, child] of kept) result[key] = toFieldsV1(child);
  return result;
}

/** Returns the fields of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { member: a.member || b.member, children: new Map(a.children) };
  for (const [key, child] of b.children) {
    const own = result.children.get(key);
    result.children.set(key, own ? union(own, child) : child);
  }
  return result;
}

/** Returns the fields of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { member: a.member && b.member, children: new Map() };
  for (const [key, child] of a.children) {
    const other = b.children.get(key);
    if (!other) continue;
    const common = intersection(child, other);
    if (!isEmpty(common)) result.children.set(key, common);
  }
  return result;
}

/** The members of `a` that are no members of `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { member: a.member && !b.member, children: new Map() };
  for (const [key, child] of a.children) {
    const other = b.children.get(key);
    const rest = other ? difference(child, other) : child;
    if (!isEmpty(rest)) result.children.set(key, rest);
  }
  return result;
}

/** The members of `a` that are neither members of `b` nor below one. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return emptySet();
  const result: FieldSet = { member: a.member, children: new Map() };
  for (const [key, child] of a.children) {
    const other = b.children.get(key);
    const rest = other ? differenceBelow(child, other) : child;
    if (!isEmpty(rest)) result.children.set(key, rest);
  }
  return result;
}

/** The paths of all members, outer ones first. */
export function membersOf(set: FieldSet, path: readonly string[] = []): (readonly string[])[] {
  const result: (readonly string[])[] = set.member ? [path] : [];
  for (const [key, child] of set.children) result.push(...membersOf(child, [...path, key]));
  return result;
}

/** Is the path, or anything below it, in the set? */
export function touches(set: FieldSet, path: readonly string[]): boolean {
  let current: FieldSet | undefined = set;
  for (const key of path) {
    current = current.children.get(key);
    if (!current) return false;
  }
  return !isEmpty(current);
}

/** The value of a list's key that an element leaves out. */
const KEY_DEFAULTS: Readonly<JsonObject> = { protocol: 'TCP' };

/** `k:{"containerPort":80,"protocol":"TCP"}`; undefined for an element without its keys. */
export function elementOf(element: unknown, node: MergeNode): string | undefined {
  if (node.set) return `v:${JSON.stringify(element)}`;
  if (!isObject(element) || !node.listKeys) return undefined;
  const keys: JsonObject = {};
  for (const key of [...node.listKeys].sort()) {
    const value = element[key] ?? KEY_DEFAULTS[key];
    if (value !== undefined) keys[key] = value;
  }
  return Object.keys(keys).length === 0 ? undefined : `k:${JSON.stringify(keys)}`;
}

const isGranular = (node: MergeNode | undefined): node is MergeNode =>
  node !== undefined && !node.atomic && (node.set === true || node.listKeys !== undefined);

/** Maps that users fill: an update owns the map itself, too. */
const OWNED_MAPS: readonly string[] = [
  'labels',
  'annotations',
  'data',
  'binaryData',
  'matchLabels',
  'selector',
];

/** The fields that a value has. @param asUpdate - whether maps and list elements count themselves */
export function fieldsOf(value: unknown, node: MergeNode | undefined, asUpdate: boolean): FieldSet {
  const set = emptySet();
  if (isObject(value) && !node?.atomic) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    if (entries.length === 0) set.member = true;
    for (const [key, entry] of entries) {
      const child = fieldsOf(entry, childOf(node, key), asUpdate);
      if (asUpdate && OWNED_MAPS.includes(key) && child.children.size > 0) child.member = true;
      set.children.set(`f:${key}`, child);
    }
    return set;
  }
  if (Array.isArray(value) && isGranular(node)) {
    if (value.length === 0) set.member = true;
    else if (asUpdate) set.member = true;
    for (const element of value) {
      const key = elementOf(element, node);
      if (key === undefined) return { member: true, children: new Map() };
      const child = node.set ? emptySet() : fieldsOf(element, { fields: node.fields ?? {} }, asUpdate);
      child.member = true;
      set.children.set(key, child);
    }
    return set;
  }
  set.member = true;
  return set;
}

/** The fields in which two states differ. */
export interface FieldChanges {
  /** Added, or with another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** How one state became another. */
export function changesOf(before: unknown, after: unknown, node: MergeNode | undefined): FieldChanges {
  const changed = emptySet();
  const removed = emptySet();
  if (before === undefined)
    return { changed: after === undefined ? changed : fieldsOf(after, node, true), removed };
  if (after === undefined) return { changed, removed: fieldsOf(before, node, true) };
  const collect = (key: string, old: unknown, now: unknown, child: MergeNode | undefined) => {
    const inner = changesOf(old, now, child);
    if (!isEmpty(inner.changed)) changed.children.set(key, inner.changed);
    if (!isEmpty(inner.removed)) removed.children.set(key, inner.removed);
  };
  if (isObject(before) && isObject(after) && !node?.atomic) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      collect(`f:${key}`, before[key], after[key], childOf(node, key));
    }
    return { changed, removed };
  }
  if (Array.isArray(before) && Array.isArray(after) && isGranular(node)) {
    const index = (list: readonly unknown[]) =>
      new Map(list.map(element => [elementOf(element, node) ?? '', element]));
    const [old, now] = [index(before), index(after)];
    for (const key of new Set([...old.keys(), ...now.keys()])) {
      if (node.set) {
        const leaf: FieldSet = { member: true, children: new Map() };
        if (!old.has(key)) changed.children.set(key, leaf);
        if (!now.has(key)) removed.children.set(key, leaf);
        continue;
      }
      collect(key, old.get(key), now.get(key), { fields: node.fields ?? {} });
      for (const [set, present] of [
        [changed, !old.has(key)],
        [removed, !now.has(key)],
      ] as const) {
        const child = set.children.get(key);
        if (present && child) child.member = true;
      }
    }
    return { changed, removed };
  }
  if (!equal(before, after)) changed.member = true;
  return { changed, removed };
}

/** Takes a path out of a value, in place. */
export function removePath(value: unknown, path: readonly string[], node: MergeNode | undefined): void {
  const [first, ...rest] = path;
  if (first === undefined) return;
  if (first.startsWith('f:')) {
    if (!isObject(value)) return;
    const key = first.slice(2);
    if (rest.length === 0) delete value[key];
    else removePath(value[key], rest, childOf(node, key));
    return;
  }
  if (!Array.isArray(value) || !node) return;
  const position = value.findIndex(element => elementOf(element, node) === first);
  if (position < 0) return;
  if (rest.length === 0) value.splice(position, 1);
  else removePath(value[position], rest, { fields: node.fields ?? {} });
}

/** `.spec.containers[name="c"].image`. */
export function formatPath(path: readonly string[]): string {
  return path
    .map(element => {
      if (element.startsWith('f:')) return `.${element.slice(2)}`;
      if (element.startsWith('v:')) return `[=${element.slice(2)}]`;
      const keys = objectOf(JSON.parse(element.slice(2)));
      return `[${Object.entries(keys)
        .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
        .join(',')}]`;
    })
    .join('');
}

/** Merges the applied state into the live one: maps by key, lists by their keys; all else is replaced. */
export function mergeApplied(live: unknown, applied: unknown, node: MergeNode | undefined): unknown {
  if (isObject(live) && isObject(applied) && !node?.atomic) {
    const result: JsonObject = { ...live };
    for (const [key, value] of Object.entries(applied)) {
      result[key] = mergeApplied(live[key], value, childOf(node, key));
    }
    return result;
  }
  if (Array.isArray(applied) && isGranular(node)) {
    const result = [...listOf(live)];
    for (const element of applied) {
      const key = elementOf(element, node);
      const position = result.findIndex(other => elementOf(other, node) === key);
      if (position < 0) result.push(element);
      else
        result[position] = node.set
          ? element
          : mergeApplied(result[position], element, { fields: node.fields ?? {} });
    }
    return result;
  }
  return applied;
}
