/**
 * The objects of one cluster in memory: one counter of versions, changes in order, and enough history to
 * resume watches.
 */

import { throwLater } from '../../../base/errors.ts';
import type { Change, ChangeListener } from './change.ts';
import { ChangeDelivery, type Listener } from './change-delivery.ts';
import { ChangeHistory } from './change-history.ts';
import { supersede } from './derived.ts';
import { freeze, type KubernetesObject, sharing } from './json.ts';
import { OrderedObjects, objectKey } from './ordered-objects.ts';
import { keyOf, type ResourceKey, type ResourceType } from './resources.ts';
import { type Filter, matchesFilter } from './selectors/filter.ts';

interface Collection {
  /** By `namespace/name`. */
  readonly objects: OrderedObjects;
  readonly history: ChangeHistory;
  readonly listeners: Set<Listener>;
}

/** Who hears of listeners that throw. */
export interface StoreOptions {
  /** Told what a listener throws; by default that ends the process. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

/** The objects of one cluster, all of them frozen. */
export class Store {
  readonly #collections = new Map<ResourceKey, Collection>();
  readonly #delivery: ChangeDelivery;
  #resourceVersion = 1;

  constructor({ onListenerError = throwLater }: StoreOptions = {}) {
    this.#delivery = new ChangeDelivery(onListenerError);
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#collections
      .get(collectionKey(type))
      ?.objects.get(objectKey(type.namespaced ? namespace : '', name));
  }

  /** Lists objects in the order of namespace and name. */
  list(type: ResourceType, filter: Filter = {}): KubernetesObject[] {
    const collection = this.#collections.get(collectionKey(type));
    return collection ? shown(collection.objects, filter) : [];
  }

  /** Counts the objects of the type. */
  count(type: ResourceType): number {
    return this.#collections.get(collectionKey(type))?.objects.size ?? 0;
  }

  /**
   * Stores an object that does not exist yet, with the next version.
   * @returns the stored, frozen object
   */
  insert(type: ResourceType, object: KubernetesObject): KubernetesObject {
    return this.#put(type, object, false);
  }

  /** Replaces an object that exists, with the next version. */
  replace(type: ResourceType, object: KubernetesObject): KubernetesObject {
    return this.#put(type, object, true);
  }

  #put(type: ResourceType, object: KubernetesObject, exists: boolean): KubernetesObject {
    const collection = this.#collection(type);
    const key = objectKey(object.metadata.namespace, object.metadata.name ?? '');
    const previous = collection.objects.get(key);
    if (exists !== (previous !== undefined))
      throw new Error(`${keyOf(type)} ${key} is ${exists ? 'not stored' : 'stored already'}`);
    const stored = this.#stamp(object, previous);
    collection.objects.set(stored);
    if (previous) supersede(previous);
    this.#record(collection, exists ? 'MODIFIED' : 'ADDED', stored, previous);
    return stored;
  }

  /** Removes an object. @param last - the state in which it goes; it gets the next version, too */
  remove(type: ResourceType, last: KubernetesObject): KubernetesObject {
    const collection = this.#collection(type);
    const key = objectKey(last.metadata.namespace, last.metadata.name ?? '');
    const previous = collection.objects.get(key);
    if (!previous) throw new Error(`${keyOf(type)} ${key} is not stored`);
    const gone = this.#stamp(last, previous);
    collection.objects.delete(previous);
    supersede(previous);
    supersede(gone);
    this.#record(collection, 'DELETED', gone, previous);
    return gone;
  }

  /**
   * Calls back for every change from now on, in order, never from within a write.
   * @param onEnd - called once, after the last change, if the type is dropped meanwhile
   * @returns ends the subscription
   */
  subscribe(type: ResourceType, listener: ChangeListener, onEnd?: () => void): () => void {
    const collection = this.#collection(type);
    const own: Listener = { from: this.#resourceVersion, onChange: listener, onEnd };
    collection.listeners.add(own);
    return () => collection.listeners.delete(own);
  }

  /** Returns the changes after a version, oldest first; undefined if some of them are lost. */
  changesSince(type: ResourceType, resourceVersion: number): readonly Change[] | undefined {
    const collection = this.#collections.get(collectionKey(type));
    return collection ? collection.history.since(resourceVersion) : [];
  }

  /** Returns the objects as they were at a version; undefined if the history does not reach back. */
  listAt(type: ResourceType, resourceVersion: number, filter: Filter = {}): KubernetesObject[] | undefined {
    if (resourceVersion >= this.#resourceVersion) return this.list(type, filter);
    const changes = this.changesSince(type, resourceVersion);
    if (!changes) return undefined;
    const objects = this.#collection(type).objects.before(changes);
    return shown(objects, filter);
  }

  /** Forgets all changes up to a version: watches and lists cannot go back behind it. */
  compact(resourceVersion: number): void {
    for (const { history } of this.#collections.values()) history.forget(resourceVersion);
  }

  /** Forgets a type, its objects and its history: its definition is gone. Its subscriptions end. */
  drop(key: ResourceKey): void {
    const collection = this.#collections.get(key);
    if (!collection) return;
    this.#collections.delete(key);
    this.#delivery.queue(collection.listeners, undefined);
  }

  #collection(type: ResourceType): Collection {
    const key = collectionKey(type);
    let collection = this.#collections.get(key);
    if (!collection) {
      collection = { objects: new OrderedObjects(), history: new ChangeHistory(), listeners: new Set() };
      this.#collections.set(key, collection);
    }
    return collection;
  }

  /** Gives the next version. The history keeps both states: they share what they have in common. */
  #stamp(object: KubernetesObject, previous: KubernetesObject | undefined): KubernetesObject {
    this.#resourceVersion++;
    const metadata = { ...object.metadata, resourceVersion: String(this.#resourceVersion) };
    return freeze(sharing(previous, { ...object, metadata }));
  }

  #record(
    collection: Collection,
    type: Change['type'],
    object: KubernetesObject,
    previous: KubernetesObject | undefined,
  ): void {
    const change: Change = { type, object, previous, resourceVersion: this.#resourceVersion };
    collection.history.add(change);
    this.#delivery.queue(collection.listeners, change);
  }
}

/** Returns the key under which the store keeps the objects of a type. */
function collectionKey(type: ResourceType): ResourceKey {
  return type.storedAs ?? keyOf(type);
}

function shown(objects: OrderedObjects, filter: Filter): KubernetesObject[] {
  const prefix = filter.namespace === undefined || filter.namespace === '' ? '' : `${filter.namespace}/`;
  return objects.list(prefix, object => matchesFilter(filter, object));
}
