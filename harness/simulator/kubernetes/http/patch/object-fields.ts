/** The fields that an object has, and those in which two of its states differ. */
import { equal, isObject, type JsonObject } from '../../registry/json.ts';
import { FIELD, type FieldSet, isEmpty, NO_FIELD } from './field-set.ts';
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
  if (isObject(value) && !node?.atomic) return fieldsOfMap(value, node, asUpdate);
  return Array.isArray(value) && isGranular(node) ? fieldsOfList(value, node, asUpdate) : FIELD;
}

function fieldsOfMap(map: JsonObject, node: MergeNode | undefined, asUpdate: boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const key in map) {
    const value = map[key];
    if (value === undefined) continue;
    const child = fieldsOf(value, childOf(node, key), asUpdate);
    if (asUpdate && OWNED_MAPS.includes(key) && child.children.size > 0) child.member = true;
    children.set(`f:${key}`, child);
  }
  return { member: children.size === 0 || (asUpdate && node?.owned === true), children };
}

function fieldsOfList(list: readonly unknown[], node: MergeNode, asUpdate: boolean): FieldSet {
  const children = new Map<string, FieldSet>();
  for (const element of list) {
    const key = elementOf(element, node);
    if (key === undefined) return FIELD;
    const child = node.set ? FIELD : fieldsOf(element, elementNode(node), asUpdate);
    child.member = true;
    children.set(key, child);
  }
  return { member: asUpdate || list.length === 0, children };
}

/** The fields in which two states differ. */
export interface FieldChanges {
  /** Added, or with another value. */
  readonly changed: FieldSet;
  readonly removed: FieldSet;
}

/** Compares two states: returns the fields that changed, and those that are gone. */
export function changesOf(before: unknown, after: unknown, node: MergeNode | undefined): FieldChanges {
  if (before === after) return { changed: NO_FIELD, removed: NO_FIELD };
  if (before === undefined) return { changed: fieldsOf(after, node, true), removed: NO_FIELD };
  if (after === undefined) return { changed: NO_FIELD, removed: fieldsOf(before, node, true) };
  if (isObject(before) && isObject(after) && !node?.atomic) return changesOfMap(before, after, node);
  if (Array.isArray(before) && Array.isArray(after) && isGranular(node))
    return changesOfList(before, after, node);
  return { changed: equal(before, after) ? NO_FIELD : FIELD, removed: NO_FIELD };
}

function changesOfMap(before: JsonObject, after: JsonObject, node: MergeNode | undefined): FieldChanges {
  const [changed, removed] = [new Map<string, FieldSet>(), new Map<string, FieldSet>()];
  const compare = (key: string) => {
    if (before[key] === after[key]) return;
    const inner = changesOf(before[key], after[key], childOf(node, key));
    if (!isEmpty(inner.changed)) changed.set(`f:${key}`, inner.changed);
    if (!isEmpty(inner.removed)) removed.set(`f:${key}`, inner.removed);
  };
  for (const key in before) compare(key);
  for (const key in after) if (!Object.hasOwn(before, key)) compare(key);
  return { changed: { member: false, children: changed }, removed: { member: false, children: removed } };
}

function changesOfList(before: readonly unknown[], after: readonly unknown[], node: MergeNode): FieldChanges {
  const [changed, removed] = [new Map<string, FieldSet>(), new Map<string, FieldSet>()];
  const index = (list: readonly unknown[]) =>
    new Map(list.map(element => [elementOf(element, node) ?? '', element]));
  const [old, now] = [index(before), index(after)];
  for (const key of new Set([...old.keys(), ...now.keys()])) {
    const inner: FieldChanges = node.set
      ? { changed: old.has(key) ? NO_FIELD : FIELD, removed: now.has(key) ? NO_FIELD : FIELD }
      : changesOf(old.get(key), now.get(key), elementNode(node));
    if (!isEmpty(inner.changed)) {
      if (!old.has(key)) inner.changed.member = true;
      changed.set(key, inner.changed);
    }
    if (!isEmpty(inner.removed)) {
      if (!now.has(key)) inner.removed.member = true;
      removed.set(key, inner.removed);
    }
  }
  return { changed: { member: false, children: changed }, removed: { member: false, children: removed } };
}
