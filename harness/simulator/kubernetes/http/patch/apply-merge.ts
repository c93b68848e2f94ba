/** Merges what a manager applies into the stored object, and tells who owns which field then. */
import { convert } from '../../registry/conversion.ts';
import { copy, type JsonObject, type KubernetesObject, timestamp } from '../../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../../registry/resources.ts';
import { fillDefaults } from '../../registry/schema/keep.ts';
import type { WriteContext } from '../../registry/write-context.ts';
import type { Environment } from '../environment.ts';
import { applyConflict } from './apply-conflict.ts';
import { mergeTreeFor } from './custom-merge-keys.ts';
import { difference, type FieldSet, intersection, membersOf, touches } from './field-set.ts';
import { mergeApplied, removePath } from './merge-applied.ts';
import type { MergeNode } from './merge-keys.ts';
import { changesOf, fieldsOf } from './object-fields.ts';
import { type Manager, ownable, readManagers } from './ownership.ts';

/** Makes the entry in `managedFields` of the manager that applies. */
export function entryOf(
  { clock }: Environment,
  type: ResourceType,
  context: WriteContext,
  fields: FieldSet,
): Manager {
  return {
    manager: context.fieldManager,
    operation: 'Apply',
    apiVersion: apiVersionOf(type.group, context.version),
    subresource: context.subresource,
    time: timestamp(clock.now()),
    fields,
  };
}

/**
 * Computes the merged state from each state of the object that it is shown, and remembers who owns what then.
 */
export function merger(
  environment: Environment,
  type: ResourceType,
  context: WriteContext,
  applied: KubernetesObject,
  force: boolean,
) {
  const { subresource } = context;
  const tree = mergeTreeFor(type, context.version);
  const wanted = ownable(applied, type, subresource);
  const fields = fieldsOf(wanted, tree, false);
  let managers: readonly Manager[] = [];
  const change = (draft: () => KubernetesObject, current: KubernetesObject): KubernetesObject => {
    const live = ownable(convert(type, context.version, current), type, subresource);
    const isOwn = (entry: Manager) =>
      entry.operation === 'Apply' &&
      entry.manager === context.fieldManager &&
      entry.subresource === subresource;
    const before = managersOf(current, live, type, context, tree);
    const others = before.filter(entry => !isOwn(entry));
    // Copied, for the live parts are frozen; an object, for both are.
    const merged = copy(mergeApplied(live, wanted, tree)) as JsonObject;
    const { changed } = changesOf(live, merged, tree);
    const clashes = others
      .map(entry => ({ entry, fields: intersection(intersection(entry.fields, changed), fields) }))
      .filter(({ fields: common }) => membersOf(common).length > 0);
    if (clashes.length > 0 && !force) throw applyConflict(clashes);
    const remaining = others.map(entry => {
      const clash = clashes.find(candidate => candidate.entry === entry);
      return clash ? { ...entry, fields: difference(entry.fields, clash.fields) } : entry;
    });
    const mine = before.find(isOwn);
    if (mine) {
      // A field that this manager no longer applies goes, unless somebody else owns it.
      // Outer paths come first: an element goes as a whole, with what nobody owns in it.
      for (const path of membersOf(difference(mine.fields, fields))) {
        if (
          isKeyOfElement(path) ||
          touches(fields, path) ||
          remaining.some(entry => touches(entry.fields, path))
        )
          continue;
        removePath(merged, path, tree);
      }
    }
    const entry = entryOf(environment, type, context, fields);
    const unchanged =
      mine &&
      membersOf(difference(mine.fields, fields)).length === 0 &&
      membersOf(difference(fields, mine.fields)).length === 0;
    managers = [...remaining, unchanged ? mine : entry];
    const asked = applied.metadata.resourceVersion;
    const result = rebuild(draft(), merged, subresource, asked);
    fillDefaults(type, context.version, result);
    return result;
  };
  return { change, managers: () => managers };
}

/** An element of a list without the keys by which it is found would be nothing. */
function isKeyOfElement(path: readonly string[]): boolean {
  const [element = '', field = ''] = path.slice(-2);
  return (
    element.startsWith('k:') &&
    field.startsWith('f:') &&
    Object.hasOwn(JSON.parse(element.slice(2)), field.slice(2))
  );
}

/** Objects that came without managers are as if someone had updated them before. */
function managersOf(
  current: KubernetesObject,
  live: JsonObject,
  type: ResourceType,
  context: WriteContext,
  tree: MergeNode,
): Manager[] {
  const managers = readManagers(current);
  if (managers.length > 0) return managers;
  return [
    {
      manager: 'before-first-apply',
      operation: 'Update',
      apiVersion: apiVersionOf(type.group, context.version),
      subresource: '',
      time: current.metadata.creationTimestamp ?? '',
      fields: fieldsOf(live, tree, true),
    },
  ];
}

/** Returns the draft with the merged content in place of its own. */
function rebuild(
  draft: KubernetesObject,
  merged: JsonObject,
  subresource: string,
  resourceVersion: string | undefined,
): KubernetesObject {
  const { metadata, ...content } = copy(merged);
  const result = draft;
  if (resourceVersion !== undefined && resourceVersion !== '')
    result.metadata.resourceVersion = resourceVersion;
  if (subresource === 'status') {
    result['status'] = content['status'];
    return result;
  }
  for (const key of Object.keys(result)) {
    if (!['kind', 'apiVersion', 'metadata', 'status'].includes(key) && !(key in content)) delete result[key];
  }
  for (const [key, value] of Object.entries(content)) {
    // A spec is an object.
    const own = key === 'spec' ? { ...addressesOf(result), ...(value as JsonObject) } : value;
    result[key] = own;
  }
  for (const key of ['labels', 'annotations', 'finalizers', 'ownerReferences']) delete result.metadata[key];
  Object.assign(result.metadata, metadata);
  return result;
}

/** Returns a Service's addresses, which nobody owns, and which stay. */
function addressesOf(object: KubernetesObject): JsonObject {
  const spec = object['spec'];
  if (object.kind !== 'Service' || typeof spec !== 'object' || spec === null) return {};
  const { clusterIP, clusterIPs } = spec as JsonObject; // an object, by the line above
  return { ...(clusterIP !== undefined && { clusterIP }), ...(clusterIPs !== undefined && { clusterIPs }) };
}
