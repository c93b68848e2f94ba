/**
 * Creating, changing and deleting objects: the rules between a request and the store, for remote and local
 * clients alike.
 */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { AdmissionChain, AdmissionRequest } from './admission.ts';
import { applyDefaults, dropEmptyMetadata } from './defaults.ts';
import { DEFINITIONS, markForDeletion } from './definitions.ts';
import { copy, type KubernetesObject, listOf, objectOf, stringOf, timestamp, valueAt } from './json.ts';
import {
  changesOfDeletion,
  changesSpec,
  clearSystemMetadata,
  generateName,
  isSameState,
  keepSystemMetadata,
} from './metadata.ts';
import type { ResourceRegistry } from './registry.ts';
import { keyOf, type ResourceType, storageApiVersion } from './resources.ts';
import type { ServiceAddresses } from './service-addresses.ts';
import {
  ApiError,
  alreadyExists,
  badRequest,
  conflict,
  type FieldError,
  forbidden,
  invalid,
  notFound,
} from './status.ts';
import type { Store } from './store.ts';
import { CONTROL_PLANE, type UserInfo } from './user.ts';

/** How a write is made. */
export interface WriteContext {
  readonly user: UserInfo;
  readonly dryRun: boolean;
  /** The API version that the client speaks, without the group. */
  readonly version: string;
  /** Empty for the object itself. */
  readonly subresource: string;
  readonly fieldManager: string;
  /** How `managedFields` are kept; undefined: not touched. */
  readonly own?: FieldOwnership;
  /** The options of the request for webhooks. */
  readonly options: Readonly<Record<string, unknown>>;
  warn(text: string): void;
}

/** Brings `managedFields` of the new state up to date. */
export type FieldOwnership = (current: KubernetesObject | undefined, updated: KubernetesObject) => void;

/** The context of the cluster's own components. */
export function controlPlaneContext(type: ResourceType, subresource = ''): WriteContext {
  return {
    user: CONTROL_PLANE,
    dryRun: false,
    version: type.versions[0] ?? 'v1',
    subresource,
    fieldManager: 'kube-controller-manager',
    options: {},
    warn: () => {},
  };
}

export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: 'Background' | 'Foreground' | 'Orphan';
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
}

export interface Deletion {
  readonly object: KubernetesObject;
  /** False if it only waits for its end: finalizers, grace. */
  readonly gone: boolean;
}

/** Finds what is wrong with an object. @param old - the stored state on update */
export type Validator = (
  type: ResourceType,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  context: WriteContext,
) => readonly FieldError[];

export interface ObjectServiceOptions {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly addresses: ServiceAddresses;
  readonly admission: AdmissionChain;
  readonly validate: Validator;
}

const NAMESPACES_THAT_STAY: readonly string[] = ['default', 'kube-system', 'kube-public'];
const DEFAULT_POD_GRACE_SECONDS = 30;
const MAX_NAME_ATTEMPTS = 8;
const MAX_CONFLICT_RETRIES = 5;

/** Computes the new state from the stored one; `draft` makes a copy of that, to be changed and returned. */
export type Change = (draft: () => KubernetesObject, current: KubernetesObject) => KubernetesObject;

export class ObjectService {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly #random: Random;
  readonly #addresses: ServiceAddresses;
  readonly #admission: AdmissionChain;
  readonly #validate: Validator;

  constructor(options: ObjectServiceOptions) {
    this.store = options.store;
    this.registry = options.registry;
    this.clock = options.clock;
    this.#random = options.random;
    this.#addresses = options.addresses;
    this.#admission = options.admission;
    this.#validate = options.validate;
  }

  /** @throws ApiError 404 */
  get(type: ResourceType, namespace: string | undefined, name: string): KubernetesObject {
    const object = this.store.get(type, namespace, name);
    if (!object) throw notFound(type, name);
    return object;
  }

  /**
   * Creates with admission and validation, as a request does.
   * @param object - is the caller's own; it is changed
   */
  async create(
    type: ResourceType,
    namespace: string,
    object: KubernetesObject,
    context: WriteContext,
  ): Promise<KubernetesObject> {
    const prepared = this.#prepareCreate(type, namespace, object);
    const request = this.#request('CREATE', type, namespace, prepared, undefined, context);
    // Mutating webhooks see the object before it has its generated name and its uid, validating ones after.
    const mutated = (await this.#admission.mutate(request, changed => settle(type, changed))) ?? prepared;
    const admitted = Object.isFrozen(mutated) ? copy(mutated) : mutated;
    this.#identify(type, namespace, admitted);
    this.#allocate(type, admitted, undefined, context);
    try {
      this.#check(type, admitted, undefined, context);
      await this.#admission.validate({ ...request, name: admitted.metadata.name ?? '', object: admitted });
      return this.#insert(type, admitted, context);
    } catch (error) {
      if (keyOf(type) === 'services' && !context.dryRun) this.#addresses.release(admitted);
      throw error;
    }
  }

  /** Creates without admission and validation, at once. @throws ApiError 409 */
  createDirectly(type: ResourceType, namespace: string, object: KubernetesObject): KubernetesObject {
    const context = controlPlaneContext(type);
    const status = object['status'];
    const prepared = this.#prepareCreate(type, namespace, object);
    this.#identify(type, namespace, prepared);
    // The cluster's own components know what they do: bootstrap objects come with their status.
    if (type.hasStatus && status !== undefined) prepared['status'] = copy(status);
    this.#allocate(type, prepared, undefined, context);
    return this.#insert(type, prepared, context);
  }

  /**
   * Changes an object with admission and validation; repeated if someone else wrote meanwhile and the change
   * does not
   * insist on a version.
   */
  async update(
    type: ResourceType,
    namespace: string,
    name: string,
    change: Change,
    context: WriteContext,
  ): Promise<KubernetesObject> {
    for (let attempt = 0; ; attempt++) {
      const current = this.get(type, namespace, name);
      const updated = this.#prepareUpdate(type, current, checkedChange(type, change, context), context);
      const request = this.#request('UPDATE', type, namespace, updated, current, context);
      const mutated = (await this.#admission.mutate(request, changed => settle(type, changed))) ?? updated;
      const admitted = Object.isFrozen(mutated) ? copy(mutated) : mutated;
      this.#allocate(type, admitted, current, context);
      this.#check(type, admitted, current, context);
      await this.#admission.validate({ ...request, object: admitted });
      if (this.store.get(type, namespace, name) !== current) {
        // A change that insists on a version fails when it is computed again.
        if (attempt >= MAX_CONFLICT_RETRIES) throw conflict(type, name);
        continue;
      }
      return this.#replace(type, current, admitted, context);
    }
  }

  /** Changes an object without admission and validation, at once. */
  updateDirectly(
    type: ResourceType,
    namespace: string,
    name: string,
    change: Change,
    subresource = '',
  ): KubernetesObject {
    const current = this.get(type, namespace, name);
    const context = controlPlaneContext(type, subresource);
    const updated = this.#prepareUpdate(type, current, change, context);
    this.#allocate(type, updated, current, context);
    return this.#replace(type, current, updated, context);
  }

  async delete(
    type: ResourceType,
    namespace: string,
    name: string,
    options: DeleteOptions,
    context: WriteContext,
  ): Promise<Deletion> {
    const current = this.get(type, namespace, name);
    const request = this.#request('DELETE', type, namespace, undefined, current, context);
    await this.#admission.validate(request);
    return this.#delete(type, namespace, name, options, context);
  }

  /** @throws ApiError 404, 409 */
  deleteDirectly(type: ResourceType, namespace: string, name: string, options: DeleteOptions = {}): Deletion {
    return this.#delete(type, namespace, name, options, controlPlaneContext(type));
  }

  #request(
    operation: AdmissionRequest['operation'],
    type: ResourceType,
    namespace: string,
    object: KubernetesObject | undefined,
    oldObject: KubernetesObject | undefined,
    context: WriteContext,
  ): AdmissionRequest {
    return {
      operation,
      type,
      version: context.version,
      subresource: context.subresource,
      namespace: type.namespaced ? namespace : keyOf(type) === 'namespaces' ? nameIn(object, oldObject) : '',
      name: nameIn(object, oldObject),
      object,
      oldObject,
      user: context.user,
      dryRun: context.dryRun,
      options: context.options,
      warn: context.warn,
    };
  }

  #prepareCreate(type: ResourceType, namespace: string, object: KubernetesObject): KubernetesObject {
    clearSystemMetadata(object);
    object.kind = type.kind;
    object.apiVersion = storageApiVersion(type);
    if (type.namespaced) object.metadata.namespace = namespace;
    else delete object.metadata.namespace;
    if (type.hasStatus) delete object['status'];
    applyDefaults(type, object);
    if (keyOf(type) === 'namespaces')
      object['spec'] = { finalizers: ['kubernetes'], ...objectOf(object['spec']) };
    dropEmptyMetadata(object);
    return object;
  }

  /** Gives a new object its name, if that is to be generated, and what makes it itself. */
  #identify(type: ResourceType, namespace: string, object: KubernetesObject): void {
    const prefix = object.metadata['generateName'];
    if ((object.metadata.name ?? '') === '' && typeof prefix === 'string' && prefix !== '') {
      object.metadata.name = this.#freeName(type, namespace, prefix);
    }
    object.metadata.uid = this.#random.uuid();
    object.metadata.creationTimestamp = timestamp(this.clock.now());
    if (type.hasGeneration) object.metadata.generation = 1;
  }

  /** Kubernetes 1.31 and later tries again when a generated name is taken. */
  #freeName(type: ResourceType, namespace: string, prefix: string): string {
    let name = generateName(prefix, this.#random);
    for (let attempt = 1; attempt < MAX_NAME_ATTEMPTS && this.store.get(type, namespace, name); attempt++) {
      name = generateName(prefix, this.#random);
    }
    return name;
  }

  #insert(type: ResourceType, object: KubernetesObject, context: WriteContext): KubernetesObject {
    const name = object.metadata.name ?? '';
    if (this.store.get(type, object.metadata.namespace, name)) throw alreadyExists(type, name);
    dropEmptyMetadata(object);
    context.own?.(undefined, object);
    return context.dryRun ? object : this.store.insert(type, object);
  }

  #prepareUpdate(
    type: ResourceType,
    current: KubernetesObject,
    change: Change,
    context: WriteContext,
  ): KubernetesObject {
    const name = current.metadata.name ?? '';
    let updated = change(() => copy(current), current);
    const { uid, resourceVersion } = updated.metadata;
    if (
      resourceVersion !== undefined &&
      resourceVersion !== '' &&
      resourceVersion !== current.metadata.resourceVersion
    ) {
      throw conflict(type, name);
    }
    if (uid !== undefined && uid !== '' && uid !== current.metadata.uid) {
      throw conflict(
        type,
        name,
        `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.metadata.uid}`,
      );
    }
    keepSystemMetadata(updated, current);
    updated.kind = type.kind;
    updated.apiVersion = storageApiVersion(type);
    if (context.subresource === 'status') updated = takeStatus(updated, current);
    else if (type.hasStatus && context.subresource === '') keepStatus(updated, current);
    if (keyOf(type) === 'secrets' && updated['type'] === undefined) updated['type'] = current['type'];
    applyDefaults(type, updated);
    dropEmptyMetadata(updated);
    if (current.metadata.deletionTimestamp !== undefined) checkNoNewFinalizers(type, current, updated);
    return updated;
  }

  #replace(
    type: ResourceType,
    current: KubernetesObject,
    updated: KubernetesObject,
    context: WriteContext,
  ): KubernetesObject {
    dropEmptyMetadata(updated);
    if (type.hasGeneration && changesSpec(type, current, updated)) {
      updated.metadata.generation = (current.metadata.generation ?? 0) + 1;
    }
    context.own?.(current, updated);
    if (isSameState(current, updated)) return current;
    const ends =
      updated.metadata.deletionTimestamp !== undefined &&
      listOf(updated.metadata['finalizers']).length === 0 &&
      this.#mayGo(type, updated);
    if (context.dryRun) return updated;
    if (ends) return this.#remove(type, updated);
    return this.store.replace(type, updated);
  }

  /**
   * An object in deletion goes with its last finalizer; a Pod waits for its kubelet, a Namespace for its
   * content.
   */
  #mayGo(type: ResourceType, object: KubernetesObject): boolean {
    if (keyOf(type) === 'namespaces') return listOf(valueAt(object, 'spec', 'finalizers')).length === 0;
    return Number(object.metadata['deletionGracePeriodSeconds'] ?? 0) === 0;
  }

  #remove(type: ResourceType, last: KubernetesObject): KubernetesObject {
    if (keyOf(type) === 'services') this.#addresses.release(last);
    return this.store.remove(type, last.metadata.namespace, last.metadata.name ?? '', last);
  }

  #delete(
    type: ResourceType,
    namespace: string,
    name: string,
    options: DeleteOptions,
    context: WriteContext,
  ): Deletion {
    const current = this.get(type, namespace, name);
    if (keyOf(type) === DEFINITIONS && current.metadata.deletionTimestamp === undefined) {
      const marked = markForDeletion(type, current, options.preconditions, this.clock.now());
      return { object: context.dryRun ? marked : this.store.replace(type, marked), gone: false };
    }
    checkPreconditions(type, current, options.preconditions);
    const isNamespace = keyOf(type) === 'namespaces';
    if (isNamespace && NAMESPACES_THAT_STAY.includes(name))
      throw forbidden(type, name, 'this namespace may not be deleted');
    const grace = keyOf(type) === 'pods' ? podGraceSeconds(current, options.gracePeriodSeconds) : 0;
    const finalizers = new Set(
      listOf(current.metadata['finalizers']).filter(entry => typeof entry === 'string'),
    );
    if (!isLeftToItself(type)) {
      if (options.propagationPolicy === 'Foreground') finalizers.add('foregroundDeletion');
      if (options.propagationPolicy === 'Orphan') finalizers.add('orphan');
    }
    const waits =
      grace > 0 ||
      finalizers.size > 0 ||
      (isNamespace && listOf(valueAt(current, 'spec', 'finalizers')).length > 0);
    if (!waits) {
      if (context.dryRun) return { object: current, gone: true };
      return { object: this.#remove(type, current), gone: true };
    }
    const updated = copy(current);
    if (finalizers.size > 0) updated.metadata['finalizers'] = [...finalizers];
    const already = current.metadata.deletionTimestamp !== undefined;
    const shorter = already && grace < Number(current.metadata['deletionGracePeriodSeconds'] ?? 0);
    if (!already || shorter) {
      updated.metadata.deletionTimestamp = timestamp(this.clock.now() + grace * 1000);
      updated.metadata['deletionGracePeriodSeconds'] = grace;
    }
    if (!already && type.hasGeneration) updated.metadata.generation = (current.metadata.generation ?? 0) + 1;
    if (isNamespace) updated['status'] = { ...objectOf(updated['status']), phase: 'Terminating' };
    if (isSameState(current, updated)) return { object: current, gone: false };
    return { object: context.dryRun ? updated : this.store.replace(type, updated), gone: false };
  }

  #allocate(
    type: ResourceType,
    object: KubernetesObject,
    previous: KubernetesObject | undefined,
    { subresource, dryRun }: WriteContext,
  ): void {
    if (keyOf(type) === 'services' && subresource !== 'status')
      this.#addresses.allocate(object, previous, dryRun);
  }

  #check(
    type: ResourceType,
    object: KubernetesObject,
    old: KubernetesObject | undefined,
    context: WriteContext,
  ): void {
    const errors = this.#validate(type, object, old, context);
    if (errors.length > 0) throw invalid(type, object.metadata.name ?? '', errors);
  }
}

/** Puts an object in order that a plug-in has changed. */
function settle(type: ResourceType, changed: KubernetesObject): KubernetesObject {
  const draft = copy(changed);
  applyDefaults(type, draft);
  return draft;
}

function nameIn(object: KubernetesObject | undefined, oldObject: KubernetesObject | undefined): string {
  return object?.metadata.name ?? oldObject?.metadata.name ?? '';
}

/**
 * A change that is refused if it marks the object for deletion; a write of `/status` leaves the metadata
 * alone.
 */
function checkedChange(type: ResourceType, change: Change, { subresource }: WriteContext): Change {
  if (subresource !== '') return change;
  return (draft, current) => {
    const updated = change(draft, current);
    const errors = changesOfDeletion(updated, current);
    if (errors.length > 0) throw invalid(type, current.metadata.name ?? '', errors);
    return updated;
  };
}

/**
 * A write of `/status` changes the status only (and, in Kubernetes, the metadata of few kinds). The rest
 * stays the stored one: frozen.
 */
function takeStatus(updated: KubernetesObject, current: KubernetesObject): KubernetesObject {
  const result: KubernetesObject = { ...current, metadata: { ...current.metadata } };
  if (updated['status'] === undefined) delete result['status'];
  else result['status'] = updated['status'];
  // Managed fields and the version asked for travel with any write.
  if (updated.metadata['managedFields'] !== undefined)
    result.metadata['managedFields'] = updated.metadata['managedFields'];
  return result;
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

function checkPreconditions(
  type: ResourceType,
  current: KubernetesObject,
  preconditions: DeleteOptions['preconditions'],
): void {
  const { uid, resourceVersion } = current.metadata;
  const name = current.metadata.name ?? '';
  const refuse = (text: string) => {
    // Unlike other conflicts these name the kind, not the resource.
    throw new ApiError(
      409,
      'Conflict',
      `Operation cannot be fulfilled on ${type.kind} ${JSON.stringify(name)}: ${text}`,
      {
        name,
        ...(type.group !== '' && { group: type.group }),
        kind: type.kind,
      },
    );
  };
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    refuse(
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    refuse(
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

/**
 * Events own nothing: whatever is asked, no one would take a finalizer of theirs away
 * (pkg/registry/core/event/strategy.go @v1.32).
 */
function isLeftToItself(type: ResourceType): boolean {
  return type.kind === 'Event';
}

/** pkg/registry/core/pod/strategy.go, CheckGracefulDelete: what never ran needs no grace. */
function podGraceSeconds(pod: KubernetesObject, asked: number | undefined): number {
  const spec = objectOf(pod['spec']);
  const own = Number(spec['terminationGracePeriodSeconds'] ?? DEFAULT_POD_GRACE_SECONDS);
  const phase = stringOf(valueAt(pod, 'status', 'phase'));
  if (!stringOf(spec['nodeName']) || phase === 'Succeeded' || phase === 'Failed') return 0;
  const grace = asked ?? own;
  if (grace < 0) throw badRequest('gracePeriodSeconds must be a non-negative integer');
  return grace;
}
