/** Writes what has been admitted: what the store gets of it, and which addresses a Service takes. */
import type { Clock } from '../../../base/clock.ts';
import { dropEmptyMetadata } from './defaults.ts';
import { DEFINITIONS, markForDeletion } from './definitions.ts';
import { type DeleteOptions, type Deletion, isAtItsEnd, stateInDeletion } from './deletion.ts';
import type { KubernetesObject } from './json.ts';
import { changesSpec, isSameState } from './metadata.ts';
import { NAMESPACES, namespaceInDeletion } from './namespaces.ts';
import { keyOf, type ResourceType } from './resources.ts';
import type { ServiceAddresses } from './service-addresses.ts';
import { alreadyExists } from './status.ts';
import type { Store } from './store.ts';
import type { WriteContext } from './write-context.ts';

/** The last step of every write; a dry run leaves the store as it is. */
export class ObjectWriter {
  readonly #store: Store;
  readonly #clock: Clock;
  readonly #addresses: ServiceAddresses;

  constructor(options: {
    readonly store: Store;
    readonly clock: Clock;
    readonly addresses: ServiceAddresses;
  }) {
    this.#store = options.store;
    this.#clock = options.clock;
    this.#addresses = options.addresses;
  }

  /** Stores a new object, unless the write is a dry run. @throws ApiError 409 if its name is taken */
  insert(type: ResourceType, object: KubernetesObject, context: WriteContext): KubernetesObject {
    this.finishNew(type, object, context);
    return context.dryRun ? object : this.#store.insert(type, object);
  }

  /** Completes a new object, in place: all but storing it. @throws ApiError 409 if its name is taken */
  finishNew(type: ResourceType, object: KubernetesObject, context: WriteContext): void {
    const name = object.metadata.name ?? '';
    const existing = this.#store.get(type, object.metadata.namespace, name);
    if (existing) throw alreadyExists(type, name, existing.metadata.deletionTimestamp !== undefined);
    dropEmptyMetadata(object);
    context.own?.(undefined, object);
  }

  /** Stores the new state of an object, or removes the object if that state is its end. */
  replace(
    type: ResourceType,
    current: KubernetesObject,
    updated: KubernetesObject,
    context: WriteContext,
  ): KubernetesObject {
    const finished = this.finish(type, current, updated, context);
    return finished === current || context.dryRun ? finished : this.write(type, finished);
  }

  /**
   * Completes the new state of an object, in place: all but storing it.
   * @returns the new state; the current one if they are the same
   */
  finish(
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
    return isSameState(current, updated) ? current : updated;
  }

  /** Stores a state that is complete, or removes the object if that state is its end. */
  write(type: ResourceType, finished: KubernetesObject): KubernetesObject {
    return isAtItsEnd(type, finished) ? this.#remove(type, finished) : this.#store.replace(type, finished);
  }

  /** Gives back the addresses of a Service that is gone, or that nobody stored. */
  release(type: ResourceType, object: KubernetesObject): void {
    if (keyOf(type) === 'services') this.#addresses.release(object);
  }

  #remove(type: ResourceType, last: KubernetesObject): KubernetesObject {
    this.release(type, last);
    return this.#store.remove(type, last);
  }

  /** Deletes an object, or marks it where somebody has to act before. @param current - its stored state */
  delete(
    type: ResourceType,
    current: KubernetesObject,
    options: DeleteOptions,
    context: WriteContext,
  ): Deletion {
    const now = this.#clock.now();
    if (keyOf(type) === DEFINITIONS && current.metadata.deletionTimestamp === undefined) {
      const marked = markForDeletion(type, current, options.preconditions, now);
      return { object: context.dryRun ? marked : this.#store.replace(type, marked), gone: false };
    }
    const waiting =
      keyOf(type) === NAMESPACES
        ? namespaceInDeletion(type, current, options, now)
        : stateInDeletion(type, current, options, now);
    if (!waiting) return { object: context.dryRun ? current : this.#remove(type, current), gone: true };
    if (isSameState(current, waiting)) return { object: current, gone: false };
    return { object: context.dryRun ? waiting : this.#store.replace(type, waiting), gone: false };
  }

  /** Completes the addresses of a Service, in place. @throws ApiError 422 */
  allocate(
    type: ResourceType,
    object: KubernetesObject,
    previous: KubernetesObject | undefined,
    { subresource, dryRun }: WriteContext,
  ): void {
    if (keyOf(type) === 'services' && subresource !== 'status')
      this.#addresses.allocate(object, previous, dryRun);
  }
}
