/** Ownership of fields: keeps `managedFields` up to date on writes that are no apply. */
import type { Clock } from '../../../../base/clock.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  objectsOf,
  setOwn,
  stringOf,
  timestamp,
} from '../../registry/json.ts';
import { apiVersionOf, keyOf, type ResourceType } from '../../registry/resources.ts';
import { metadataOfStatusWrites } from '../../registry/status-write.ts';
import type { FieldOwnership, WriteContext } from '../../registry/write-context.ts';
import { mergeTreeFor } from './custom-merge-keys.ts';
import {
  difference,
  differenceBelow,
  type FieldSet,
  fromFieldsV1,
  isEmpty,
  NO_FIELD,
  toFieldsV1,
  union,
} from './field-set.ts';
import { changesOf, fieldsOf } from './object-fields.ts';

/** An entry of `managedFields`. */
export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string;
  readonly fields: FieldSet;
}

/** Fields of metadata that nobody owns. */
const UNOWNED_METADATA: readonly string[] = [
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'creationTimestamp',
  'generation',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'selfLink',
  'managedFields',
];

/** Returns the part of an object whose fields a write of this kind can own. */
export function ownable(object: KubernetesObject, type: ResourceType, subresource: string): JsonObject {
  const { kind: _kind, apiVersion: _apiVersion, metadata, status, ...rest } = object;
  const isStatus = subresource === 'status';
  const settable = isStatus ? metadataOfStatusWrites(type) : undefined;
  const kept: JsonObject = {};
  for (const key in metadata)
    if (!UNOWNED_METADATA.includes(key) && (settable === undefined || settable.includes(key)))
      setOwn(kept, key, metadata[key]);
  const result: JsonObject = {};
  if (isStatus) {
    if (Object.keys(kept).length > 0) result['metadata'] = kept;
    if (status !== undefined) result['status'] = status;
    return result;
  }
  if (Object.keys(kept).length > 0) result['metadata'] = kept;
  Object.assign(result, rest);
  if (status !== undefined && !type.hasStatus) result['status'] = status;
  // The server's own doing.
  if (keyOf(type) === 'services' && isObject(result['spec'])) {
    const { clusterIP: _address, clusterIPs: _addresses, ...spec } = result['spec'];
    result['spec'] = spec;
  }
  return result;
}

/** Reads `managedFields`, without malformed entries. */
export function readManagers(object: KubernetesObject | undefined): Manager[] {
  return objectsOf(object?.metadata['managedFields'])
    .filter(entry => entry['manager'] !== undefined)
    .map(entry => ({
      manager: stringOf(entry['manager']) ?? '',
      operation: entry['operation'] === 'Apply' ? 'Apply' : 'Update',
      apiVersion: stringOf(entry['apiVersion']) ?? '',
      subresource: stringOf(entry['subresource']) ?? '',
      time: stringOf(entry['time']) ?? '',
      fields: fromFieldsV1(entry['fieldsV1']),
    }));
}

/** Writes `managedFields` in the order of the real server: apply entries first, then updates by time. */
export function writeManagers(object: KubernetesObject, managers: readonly Manager[]): void {
  const kept = managers.filter(({ fields }) => !isEmpty(fields));
  if (kept.length === 0) {
    delete object.metadata['managedFields'];
    return;
  }
  const order = (a: Manager, b: Manager) =>
    a.operation !== b.operation
      ? a.operation === 'Apply'
        ? -1
        : 1
      : a.time !== b.time
        ? a.time < b.time
          ? -1
          : 1
        : a.manager < b.manager
          ? -1
          : 1;
  object.metadata['managedFields'] = kept.sort(order).map(writtenOf);
}

function writtenOf({ manager, operation, apiVersion, time, fields, subresource }: Manager): JsonObject {
  const fieldsV1 = toFieldsV1(fields);
  const written: JsonObject = { manager, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1 };
  if (subresource !== '') written['subresource'] = subresource;
  return written;
}

/**
 * Has the writer come to own the fields that a write changes.
 * @param context - of this write alone
 * @returns the same
 */
export const owningContext = (clock: Clock, type: ResourceType, context: WriteContext): WriteContext =>
  Object.assign(context, { own: ownershipOf(clock, type, context) });

/** Makes the ownership of a create, update or patch by the context's manager. */
export function ownershipOf(clock: Clock, type: ResourceType, context: WriteContext): FieldOwnership {
  const { version, subresource, fieldManager } = context;
  const apiVersion = apiVersionOf(type.group, version);
  const tree = mergeTreeFor(type, version);
  return (current, updated) => {
    const sent = updated.metadata['managedFields'];
    // `managedFields: [{}]` is how a client gives all ownership up; other lists in an update replace what was
    // there.
    const resets =
      Array.isArray(sent) && sent.length === 1 && isObject(sent[0]) && Object.keys(sent[0]).length === 0;
    if (resets) {
      delete updated.metadata['managedFields'];
      return;
    }
    const before = sent === undefined ? readManagers(current) : readManagers(updated);
    const now = ownable(updated, type, subresource);
    const owning = (fields: FieldSet): Manager => ({
      manager: fieldManager,
      operation: 'Update',
      apiVersion,
      subresource,
      time: timestamp(clock.now()),
      fields,
    });
    if (!current) {
      writeManagers(updated, [owning(fieldsOf(now, tree, true))]);
      return;
    }
    const { changed, removed } = changesOf(ownable(current, type, subresource), now, tree);
    if (isEmpty(changed) && isEmpty(removed)) {
      writeManagers(updated, before);
      return;
    }
    const isOwn = (entry: Manager) =>
      entry.manager === fieldManager &&
      entry.operation === 'Update' &&
      entry.apiVersion === apiVersion &&
      entry.subresource === subresource;
    const mine = before.find(isOwn);
    const others = before
      .filter(entry => !isOwn(entry))
      .map(entry => ({ ...entry, fields: differenceBelow(difference(entry.fields, changed), removed) }));
    const fields = union(differenceBelow(mine?.fields ?? NO_FIELD, removed), changed);
    writeManagers(updated, [...others, owning(fields)]);
  };
}
