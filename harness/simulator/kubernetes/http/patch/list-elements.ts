/** Names the elements of a list in a set of fields: by their keys, or by their values. */
import { isObject, type JsonObject } from '../../registry/json.ts';
import type { MergeNode } from './merge-keys.ts';

/** The value of a list's key that an element leaves out. */
const KEY_DEFAULTS: Readonly<JsonObject> = { protocol: 'TCP' };

/**
 * Names an element by its keys: `k:{"containerPort":80,"protocol":"TCP"}`; undefined for an element without
 * its keys.
 */
export function elementOf(element: unknown, node: MergeNode): string | undefined {
  if (node.set) return `v:${JSON.stringify(element)}`;
  if (!isObject(element) || !node.listKeys) return undefined;
  const keys: JsonObject = {};
  for (const key of [...node.listKeys].sort()) {
    const value = element[key] ?? (node.keyDefaults ?? KEY_DEFAULTS)[key];
    if (value !== undefined) keys[key] = value;
  }
  return Object.keys(keys).length === 0 ? undefined : `k:${JSON.stringify(keys)}`;
}

/** Tells whether managers own the elements of a list one by one. */
export const isGranular = (node: MergeNode | undefined): node is MergeNode =>
  node !== undefined && !node.atomic && (node.set === true || node.listKeys !== undefined);
