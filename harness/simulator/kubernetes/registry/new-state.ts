/** The new state of an object, from what a client sends and what is stored: before admission, pure. */
import { applyDefaults, dropEmptyMetadata } from './defaults.ts';
import { IMMUTABLE, invalid, invalidValue } from './field-errors.ts';
import { copy, type KubernetesObject, listOf } from './json.ts';
import { completeUpdate } from './kind-rules.ts';
import { changesOfDeletion, clearSystemMetadata, keepSystemMetadata } from './metadata.ts';
import { keepNamespace, NAMESPACES, openNamespace } from './namespaces.ts';
import { takeResize } from './resize-write.ts';
import { keyOf, type ResourceType, storageApiVersion } from './resources.ts';
import { ApiError, conflict } from './status.ts';
import { takeStatus } from './status-write.ts';
import type { WriteContext } from './write-context.ts';

/** The subresources whose writes change nothing but the status. */
const STATUS_ONLY: readonly string[] = ['status', 'approval'];

/** Computes the new state from the stored one. `draft` makes a copy of that, to change and to return. */
export type Change = (draft: () => KubernetesObject, current: KubernetesObject) => KubernetesObject;

/** Turns what a client sent into a new object, in place: without a name of its own yet, and without a uid. */
export function prepareCreate(
  type: ResourceType,
  namespace: string,
  object: KubernetesObject,
): KubernetesObject {
  clearSystemMetadata(object);
  object.kind = type.kind;
  // What a webhook converts comes in the version of the client.
  if (!type.custom?.conversion || object.apiVersion === undefined)
    object.apiVersion = storageApiVersion(type);
  if (type.namespaced) object.metadata.namespace = namespace;
  else delete object.metadata.namespace;
  if (type.hasStatus && !type.keepsStatus) delete object['status'];
  applyDefaults(type, object);
  if (keyOf(type) === NAMESPACES) openNamespace(object);
  dropEmptyMetadata(object);
  return object;
}

/**
 * Applies a change to the stored state, and keeps what a client cannot change.
 * @throws ApiError 409 if the change is one of another version, 422 if it adds a finalizer to what ends
 */
export function prepareUpdate(
  type: ResourceType,
  current: KubernetesObject,
  change: Change,
  context: WriteContext,
): KubernetesObject {
  let updated = change(() => copy(current), current);
  checkSameObject(type, current, updated, context);
  keepSystemMetadata(updated, current);
  updated.kind = type.kind;
  updated.apiVersion = type.custom?.conversion ? current.apiVersion : storageApiVersion(type);
  if (STATUS_ONLY.includes(context.subresource)) updated = takeStatus(type, updated, current);
  else if (context.subresource === 'resize') updated = takeResize(updated, current);
  else if (type.hasStatus && context.subresource === '') keepStatus(updated, current);
  if (keyOf(type) === NAMESPACES) keepNamespace(updated, current, context.subresource);
  if (keyOf(type) === 'secrets' && updated['type'] === undefined) updated['type'] = current['type'];
  applyDefaults(type, updated);
  if (context.subresource === '') completeUpdate(type, updated, current);
  dropEmptyMetadata(updated);
  if (current.metadata.deletionTimestamp !== undefined) checkNoNewFinalizers(type, current, updated);
  return updated;
}

/**
 * Throws if the new state insists on another version, or on another object of the name
 * (apiserver pkg/registry/generic/registry/store.go, pkg/storage/etcd3/store.go @v0.34).
 */
function checkSameObject(
  type: ResourceType,
  current: KubernetesObject,
  updated: KubernetesObject,
  { options }: WriteContext,
): void {
  const name = current.metadata.name ?? '';
  const { uid, resourceVersion } = updated.metadata;
  if (resourceVersion !== undefined && !/^\d*$/.test(resourceVersion)) {
    const text = `strconv.ParseUint: parsing ${JSON.stringify(resourceVersion)}: invalid syntax`;
    throw new ApiError(500, undefined, text);
  }
  if (
    resourceVersion !== undefined &&
    resourceVersion !== '' &&
    resourceVersion !== current.metadata.resourceVersion
  ) {
    throw conflict(type, name);
  }
  if (uid === undefined || uid === '' || uid === current.metadata.uid) return;
  if (options['kind'] === 'PatchOptions')
    throw invalid(type, name, [invalidValue('metadata.uid', uid, IMMUTABLE)]);
  throw uidConflict(type, { ...current.metadata, name }, uid);
}

/** The refusal of an update for an object of another uid than that which is there, if one is. */
export function uidConflict(
  type: ResourceType,
  { name = '', namespace = '', uid = '' }: Partial<KubernetesObject['metadata']>,
  wanted: string,
): ApiError {
  const failed = `Precondition failed: UID in precondition: ${wanted}, UID in object meta: ${uid}`;
  const key = storageKey(type, namespace, name);
  return conflict(
    type,
    name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${failed}`,
  );
}

/** Where a real server keeps kinds that are not under their plural (pkg/registry/…/storage @v1.34). */
const FOLDERS: Readonly<Record<string, string>> = {
  services: 'services/specs',
  endpoints: 'services/endpoints',
  nodes: 'minions',
  replicationcontrollers: 'controllers',
  'ingresses.networking.k8s.io': 'ingress',
};

/** Returns the key under which a real server keeps an object, which some errors name. */
function storageKey(type: ResourceType, namespace: string, name: string): string {
  const plain = type.custom ? `${type.group}/${type.plural}` : type.plural;
  const folder = FOLDERS[keyOf(type)] ?? plain;
  return `/${folder}${type.namespaced ? `/${namespace}` : ''}/${name}`;
}

/** Fills in the defaults again after an admission plug-in has changed the object. */
export function settle(type: ResourceType, changed: KubernetesObject): KubernetesObject {
  const draft = copy(changed);
  applyDefaults(type, draft);
  return draft;
}

/**
 * Makes a change fail with 422 if it marks the object for deletion, which DELETE alone does. Writes of a
 * subresource leave the metadata alone and need no check.
 */
export function checkedChange(type: ResourceType, change: Change, { subresource }: WriteContext): Change {
  if (subresource !== '') return change;
  return (draft, current) => {
    const updated = change(draft, current);
    const errors = changesOfDeletion(updated, current);
    if (errors.length > 0) throw invalid(type, current.metadata.name ?? '', errors);
    return updated;
  };
}

function keepStatus(updated: KubernetesObject, current: KubernetesObject): void {
  if (current['status'] === undefined) delete updated['status'];
  else updated['status'] = copy(current['status']);
}

function checkNoNewFinalizers(
  type: ResourceType,
  current: KubernetesObject,
  updated: KubernetesObject,
): void {
  const before = new Set(listOf(current.metadata['finalizers']));
  const added = listOf(updated.metadata['finalizers']).filter(entry => !before.has(entry));
  if (added.length === 0) return;
  throw invalid(type, current.metadata.name ?? '', [
    {
      reason: 'FieldValueForbidden',
      field: 'metadata.finalizers',
      message: `Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{${added.map(entry => JSON.stringify(entry)).join(', ')}}`,
    },
  ]);
}
