/** The fields that an object has, and those in which two of its states differ. */
import { equal, isObject } from '../../registry/json.ts';
import { emptySet, type FieldSet, isEmpty } from './field-set.ts';
import { elementOf, isGranular } from './list-elements.ts';
import { childOf, elementNode, type MergeNode } from './merge-keys.ts';

/** Maps that users fill: an update owns the map itself, too. */
const OWNED_MAPS: readonly string[] = [
  'labels',
  'annotations',
  'data',
  'binaryData',
  'matchLabels',
  'selector',
];

/** Returns the set of fields of a value. @param asUpdate - whether maps and list elements count themselves */
export function fieldsOf(value: unknown, node: MergeNode | undefined, asUpdate: boolean): FieldSet {
  const set = emptySet();
  if (isObject(value) && !node?.atomic) {
    const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
    if (entries.length === 0 || (asUpdate && node?.owned)) set.member = true;
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
      const child = node.set ? emptySet() : fieldsOf(element, elementNode(node), asUpdate);
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

/** Compares two states: returns the fields that changed, and those that are gone. */
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
      collect(key, old.get(key), now.get(key), elementNode(node));
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
