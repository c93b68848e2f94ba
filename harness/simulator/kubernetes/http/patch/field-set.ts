/**
 * Sets of fields of an object, as `managedFields` keeps them (sigs.k8s.io/structured-merge-diff fieldpath
 * @v4).
 */
import { type JsonObject, objectOf } from '../../registry/json.ts';

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
  if (set.member) return false;
  for (const child of set.children.values()) if (!isEmpty(child)) return false;
  return true;
}

/** Reads a set from `fieldsV1`. */
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

/** Writes a set as `fieldsV1`, with sorted keys, as Go writes maps. */
export const toFieldsV1 = (set: FieldSet): JsonObject => written(set) ?? {};

/** Returns undefined for an empty set. */
function written({ member, children }: FieldSet): JsonObject | undefined {
  if (children.size === 0) return member ? {} : undefined;
  const keys = children.size === 1 ? [...children.keys()] : [...children.keys()].sort();
  const result: JsonObject = {};
  if (member) result['.'] = {};
  let isEmpty = !member;
  for (const key of keys) {
    const child = children.get(key);
    const value = child && written(child);
    if (value === undefined) continue;
    result[key] = value;
    isEmpty = false;
  }
  if (isEmpty) return undefined;
  // Without any child it is a member alone, which says so by being empty.
  return member && Object.keys(result).length === 1 ? {} : result;
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

/** Returns the members of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  const result: FieldSet = { member: a.member && !b.member, children: new Map() };
  for (const [key, child] of a.children) {
    const other = b.children.get(key);
    const rest = other ? difference(child, other) : child;
    if (!isEmpty(rest)) result.children.set(key, rest);
  }
  return result;
}

/** Returns the members of `a` that are neither in `b` nor below a member of `b`. */
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

/** Lists the paths of all members, outer ones first. */
export function membersOf(set: FieldSet, path: readonly string[] = []): (readonly string[])[] {
  const result: (readonly string[])[] = set.member ? [path] : [];
  for (const [key, child] of set.children) result.push(...membersOf(child, [...path, key]));
  return result;
}

/** Tells whether the path, or anything below it, is in the set. */
export function touches(set: FieldSet, path: readonly string[]): boolean {
  let current: FieldSet | undefined = set;
  for (const key of path) {
    current = current.children.get(key);
    if (!current) return false;
  }
  return !isEmpty(current);
}

/** Writes a path: `.spec.containers[name="c"].image`. */
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
