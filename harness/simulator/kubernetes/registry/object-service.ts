/**
 * Creating, changing and deleting objects: the rules between a request and the store, for remote and local
 * clients alike.
 */
import type { Clock } from '../../../base/clock.ts';
import type { Random } from '../../../base/random.ts';
import type { AdmissionChain, AdmissionRequest } from './admission.ts';
import { dropEmptyMetadata } from './defaults.ts';
import { DEFINITIONS, markForDeletion } from './definitions.ts';
import { type DeleteOptions, type Deletion, isAtItsEnd, stateInDeletion } from './deletion.ts';
import { type FieldError, invalid } from './field-errors.ts';
import { copy, type KubernetesObject, timestamp } from './json.ts';
import { changesSpec, generateName, isSameState } from './metadata.ts';
import { type Change, checkedChange, prepareCreate, prepareUpdate, settle } from './new-state.ts';
import type { ResourceRegistry } from './registry.ts';
import { keyOf, type ResourceType } from './resources.ts';
import type { ServiceAddresses } from './service-addresses.ts';
import { alreadyExists, conflict, notFound } from './status.ts';
import type { Store } from './store.ts';
import { controlPlaneContext, type WriteContext } from './write-context.ts';

/** Finds what is wrong with an object. @param old - the stored state on update */
export type Validator = (
  type: ResourceType,
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  context: WriteContext,
) => readonly FieldError[];

/** The parts that the service joins. */
export interface ObjectServiceOptions {
  readonly store: Store;
  readonly registry: ResourceRegistry;
  readonly clock: Clock;
  readonly random: Random;
  readonly addresses: ServiceAddresses;
  readonly admission: AdmissionChain;
  readonly validate: Validator;
}

const MAX_NAME_ATTEMPTS = 8;
const MAX_CONFLICT_RETRIES = 5;

/** An object by its place. */
interface ObjectName {
  readonly type: ResourceType;
  /** Empty for kinds of the whole cluster. */
  readonly namespace: string;
  readonly name: string;
}

/** The rules between a request and the store. */
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
    const prepared = prepareCreate(type, namespace, object);
    const request = requestOf({ operation: 'CREATE', type, namespace, object: prepared }, context);
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
    const prepared = prepareCreate(type, namespace, object);
    this.#identify(type, namespace, prepared);
    // The cluster's own components know what they do: bootstrap objects come with their status.
    if (type.hasStatus && status !== undefined) prepared['status'] = copy(status);
    this.#allocate(type, prepared, undefined, context);
    return this.#insert(type, prepared, context);
  }

  /**
   * Changes an object with admission and validation; repeated if someone else wrote meanwhile and the change
   * does not insist on a version.
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
      const updated = prepareUpdate(type, current, checkedChange(type, change, context), context);
      const request = requestOf(
        { operation: 'UPDATE', type, namespace, object: updated, oldObject: current },
        context,
      );
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
    const updated = prepareUpdate(type, current, change, context);
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
    const request = requestOf({ operation: 'DELETE', type, namespace, oldObject: current }, context);
    await this.#admission.validate(request);
    return this.#delete({ type, namespace, name }, options, context);
  }

  /** @throws ApiError 404, 409 */
  deleteDirectly(type: ResourceType, namespace: string, name: string, options: DeleteOptions = {}): Deletion {
    return this.#delete({ type, namespace, name }, options, controlPlaneContext(type));
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
    if (context.dryRun) return updated;
    if (isAtItsEnd(type, updated)) return this.#remove(type, updated);
    return this.store.replace(type, updated);
  }

  #remove(type: ResourceType, last: KubernetesObject): KubernetesObject {
    if (keyOf(type) === 'services') this.#addresses.release(last);
    return this.store.remove(type, last.metadata.namespace, last.metadata.name ?? '', last);
  }

  #delete(meant: ObjectName, options: DeleteOptions, context: WriteContext): Deletion {
    const { type } = meant;
    const current = this.get(type, meant.namespace, meant.name);
    const now = this.clock.now();
    if (keyOf(type) === DEFINITIONS && current.metadata.deletionTimestamp === undefined) {
      const marked = markForDeletion(type, current, options.preconditions, now);
      return { object: context.dryRun ? marked : this.store.replace(type, marked), gone: false };
    }
    const waiting = stateInDeletion(type, current, options, now);
    if (!waiting) return { object: context.dryRun ? current : this.#remove(type, current), gone: true };
    if (isSameState(current, waiting)) return { object: current, gone: false };
    return { object: context.dryRun ? waiting : this.store.replace(type, waiting), gone: false };
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

/** One write, as admission hears of it. */
interface Write {
  readonly operation: AdmissionRequest['operation'];
  readonly type: ResourceType;
  readonly namespace: string;
  readonly object?: KubernetesObject;
  /** The stored state. */
  readonly oldObject?: KubernetesObject;
}

function requestOf(
  { operation, type, namespace, object, oldObject }: Write,
  context: WriteContext,
): AdmissionRequest {
  const name = object?.metadata.name ?? oldObject?.metadata.name ?? '';
  return {
    operation,
    type,
    version: context.version,
    subresource: context.subresource,
    namespace: type.namespaced ? namespace : keyOf(type) === 'namespaces' ? name : '',
    name,
    object,
    oldObject,
    user: context.user,
    dryRun: context.dryRun,
    options: context.options,
    warn: context.warn,
  };
}
