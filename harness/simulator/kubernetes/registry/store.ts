/**
 * The objects of one cluster in memory: one counter of versions, changes in order, and enough history to
 * resume watches.
 */

import { throwLater } from '../../../base/errors.ts';
import type { Change, ChangeListener } from './change.ts';
import { ChangeDelivery, type Listener } from './change-delivery.ts';
import { ChangeHistory } from './change-history.ts';
import { freeze, type KubernetesObject } from './json.ts';
import { OrderedObjects } from './ordered-objects.ts';
import { keyOf, type ResourceKey, type ResourceType } from './resources.ts';
import { type Filter, matchesFilter } from './selectors/filter.ts';

interface Collection {
  /** By `namespace/name`. */
  readonly objects: OrderedObjects;
  readonly history: ChangeHistory;
  readonly listeners: Set<Listener>;
}

/** Where the versions begin, and who hears of listeners that throw. */
export interface StoreOptions {
  readonly firstResourceVersion?: number;
  /** Told what a listener throws; by default that ends the process. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

/** The objects of one cluster, all of them frozen. */
export class Store {
  readonly #collections = new Map<ResourceKey, Collection>();
  readonly #delivery: ChangeDelivery;
  #resourceVersion: number;

  constructor({ firstResourceVersion = 1, onListenerError = throwLater }: StoreOptions = {}) {
    this.#resourceVersion = firstResourceVersion;
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
    return collection ? shown(collection.objects, filter, type) : [];
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
    const collection = this.#collection(type);
    const stored = this.#stamp(object);
    const key = keyOfObject(stored);
    if (collection.objects.get(key)) throw new Error(`${keyOf(type)} ${key} is stored already`);
    collection.objects.set(key, stored);
    this.#record(collection, 'ADDED', stored, undefined);
    return stored;
  }

  /** Replaces an object that exists, with the next version. */
  replace(type: ResourceType, object: KubernetesObject): KubernetesObject {
    const collection = this.#collection(type);
    const stored = this.#stamp(object);
    const key = keyOfObject(stored);
    const previous = collection.objects.get(key);
    if (!previous) throw new Error(`${keyOf(type)} ${key} is not stored`);
    collection.objects.set(key, stored);
    this.#record(collection, 'MODIFIED', stored, previous);
    return stored;
  }

  /** @param last - the state in which it goes; the stored one by default */
  remove(
    type: ResourceType,
    namespace: string | undefined,
    name: string,
    last?: KubernetesObject,
  ): KubernetesObject {
    const collection = this.#collection(type);
    const key = objectKey(type.namespaced ? namespace : '', name);
    const previous = collection.objects.get(key);
    if (!previous) throw new Error(`${keyOf(type)} ${key} is not stored`);
    const gone = this.#stamp(last ?? previous);
    collection.objects.delete(key);
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
    // This listener does not hear of changes that were written before and wait for delivery.
    const from = this.#resourceVersion;
    const own: Listener = {
      onChange: change => {
        if (change.resourceVersion > from) listener(change);
      },
      onEnd,
    };
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
    const objects = this.#collection(type).objects.copy();
    for (const { object, previous } of [...changes].reverse()) {
      if (previous) objects.set(keyOfObject(previous), previous);
      else objects.delete(keyOfObject(object));
    }
    return shown(objects, filter, type);
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

  #stamp(object: KubernetesObject): KubernetesObject {
    this.#resourceVersion++;
    return freeze({
      ...object,
      metadata: { ...object.metadata, resourceVersion: String(this.#resourceVersion) },
    });
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

/** Returns the key of an object among those of its type. */
const objectKey = (namespace: string | undefined, name: string): string => `${namespace ?? ''}/${name}`;
const keyOfObject = ({ metadata: { namespace, name = '' } }: KubernetesObject): string =>
  objectKey(namespace, name);

function shown(objects: OrderedObjects, filter: Filter, type: ResourceType): KubernetesObject[] {
  const prefix = filter.namespace === undefined || filter.namespace === '' ? '' : `${filter.namespace}/`;
  return objects.list(prefix, object => matchesFilter(filter, type, object));
}
