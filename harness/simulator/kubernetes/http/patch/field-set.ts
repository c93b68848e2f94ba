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
  readonly children: ReadonlyMap<string, FieldSet>;
}

/** The set of no fields. */
export const NO_FIELD: Readonly<FieldSet> = Object.freeze({ member: false, children: new Map() });
/** The set of one field that has no others within. */
export const FIELD: FieldSet = { member: true, children: new Map() };

/** Tells whether a set has neither members nor children. */
export function isEmpty(set: FieldSet): boolean {
  if (set.member) return false;
  for (const child of set.children.values()) if (!isEmpty(child)) return false;
  return true;
}

/** Reads a set from `fieldsV1`. */
export function fromFieldsV1(fields: unknown): FieldSet {
  const children = new Map<string, FieldSet>();
  const own = objectOf(fields);
  let member = false;
  for (const key in own) {
    if (key === '.') member = true;
    else {
      const within = fromFieldsV1(own[key]);
      const isAlone = !within.member && within.children.size === 0;
      children.set(key, isAlone ? FIELD : within);
    }
  }
  return { member, children };
}

/** Writes a set as `fieldsV1`, with sorted keys, as Go writes maps. */
export const toFieldsV1 = (set: FieldSet): JsonObject => written(set) ?? {};

/** Returns undefined for an empty set. A member without any child says so by being empty. */
function written({ member, children }: FieldSet): JsonObject | undefined {
  const result: JsonObject = member ? { '.': {} } : {};
  let hasChild = false;
  for (const key of [...children.keys()].sort()) {
    const child = children.get(key);
    const value = child && written(child);
    if (value === undefined) continue;
    result[key] = value;
    hasChild = true;
  }
  if (hasChild) return result;
  return member ? {} : undefined;
}

/** Returns the fields of either set. */
export function union(a: FieldSet, b: FieldSet): FieldSet {
  const children = new Map(a.children);
  for (const [key, child] of b.children) {
    const own = children.get(key);
    children.set(key, own ? union(own, child) : child);
  }
  return { member: a.member || b.member, children };
}

/** Returns the fields of both sets. */
export function intersection(a: FieldSet, b: FieldSet): FieldSet {
  const common = (child: FieldSet, other: FieldSet | undefined) =>
    other ? intersection(child, other) : NO_FIELD;
  return { member: a.member && b.member, children: childrenOf(a, b, common) };
}

/** Returns the members of `a` that are not in `b`. */
export function difference(a: FieldSet, b: FieldSet): FieldSet {
  if (b.children.size === 0 && !(a.member && b.member)) return a;
  const rest = (child: FieldSet, other: FieldSet | undefined) => (other ? difference(child, other) : child);
  return { member: a.member && !b.member, children: childrenOf(a, b, rest) };
}

/** Returns the members of `a` that are neither in `b` nor below a member of `b`. */
export function differenceBelow(a: FieldSet, b: FieldSet): FieldSet {
  if (b.member) return NO_FIELD;
  if (b.children.size === 0) return a;
  const rest = (child: FieldSet, other: FieldSet | undefined) =>
    other ? differenceBelow(child, other) : child;
  return { member: a.member, children: childrenOf(a, b, rest) };
}

/** Makes children out of those of `a` and what `b` has in their places, without empty ones. */
function childrenOf(
  a: FieldSet,
  b: FieldSet,
  make: (child: FieldSet, other: FieldSet | undefined) => FieldSet,
): ReadonlyMap<string, FieldSet> {
  const children = new Map<string, FieldSet>();
  for (const [key, child] of a.children) {
    const made = make(child, b.children.get(key));
    if (!isEmpty(made)) children.set(key, made);
  }
  return children;
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
