/**
 * The objects of one cluster in memory: one counter of versions, changes in order, and enough history to
 * resume watches.
 */

import { throwLater } from '../../../base/errors.ts';
import { freeze, type KubernetesObject } from './json.ts';
import { keyOf, type ResourceKey, type ResourceType } from './resources.ts';
import { type Filter, matchesFilter } from './selectors/filter.ts';

/** One write, as watches tell it. */
export interface Change {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly resourceVersion: number;
  /** The new state; for DELETED the last one, with the version of the deletion. */
  readonly object: KubernetesObject;
  /** The state before; undefined for ADDED. */
  readonly previous: KubernetesObject | undefined;
}

/** Hears of changes in their order. It may write: that change comes after this one. */
export type ChangeListener = (change: Change) => void;

/** How many changes per resource type are kept for watches that resume. */
const HISTORY_LENGTH = 4096;

interface Collection {
  readonly type: ResourceType;
  /** `namespace/name` in byte order, as etcd lists them. */
  keys: string[];
  readonly objects: Map<string, KubernetesObject>;
  history: Change[];
  /** The version of the newest change that the history has lost. */
  lostVersion: number;
  readonly listeners: Set<Listener>;
}

interface Listener {
  readonly onChange: ChangeListener;
  /** Told when the type is forgotten, after its last change. */
  readonly onEnd: (() => void) | undefined;
}

interface PendingChange {
  readonly collection: Collection;
  /** Undefined: the collection is dropped, nothing comes after it. */
  readonly change: Change | undefined;
}

/** Returns the key of an object among those of its type: `namespace/name`. */
export const objectKey = (namespace: string | undefined, name: string): string =>
  `${namespace ?? ''}/${name}`;

/** Where the versions begin, and who hears of listeners that throw. */
export interface StoreOptions {
  readonly firstResourceVersion?: number;
  /** Told what a listener throws; by default that ends the process. */
  readonly onListenerError?: ((error: unknown) => void) | undefined;
}

/** The objects of one cluster. What it holds and hands out is frozen. */
export class Store {
  readonly #collections = new Map<ResourceKey, Collection>();
  readonly #pending: PendingChange[] = [];
  readonly #onListenerError: (error: unknown) => void;
  #resourceVersion: number;
  #delivering = false;

  constructor({ firstResourceVersion = 1, onListenerError = throwLater }: StoreOptions = {}) {
    this.#resourceVersion = firstResourceVersion;
    this.#onListenerError = onListenerError;
  }

  get resourceVersion(): number {
    return this.#resourceVersion;
  }

  get(type: ResourceType, namespace: string | undefined, name: string): KubernetesObject | undefined {
    return this.#collections
      .get(collectionKey(type))
      ?.objects.get(objectKey(type.namespaced ? namespace : '', name));
  }

  /** In the order of namespace and name. */
  list(type: ResourceType, filter: Filter = {}): KubernetesObject[] {
    const collection = this.#collections.get(collectionKey(type));
    if (!collection) return [];
    const result: KubernetesObject[] = [];
    const prefix = filter.namespace === undefined || filter.namespace === '' ? '' : `${filter.namespace}/`;
    for (
      let index = prefix === '' ? 0 : lowerBound(collection.keys, prefix);
      index < collection.keys.length;
      index++
    ) {
      const key = collection.keys[index] as string; // in range
      if (!key.startsWith(prefix)) break;
      const object = collection.objects.get(key) as KubernetesObject; // keys and objects go together
      if (matchesFilter(filter, type, object)) result.push(object);
    }
    return result;
  }

  /** How many objects of the type there are. */
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
    const key = objectKey(stored.metadata.namespace, stored.metadata.name ?? '');
    if (collection.objects.has(key)) throw new Error(`${keyOf(type)} ${key} is stored already`);
    collection.keys.splice(lowerBound(collection.keys, key), 0, key);
    collection.objects.set(key, stored);
    this.#record(collection, 'ADDED', stored, undefined);
    return stored;
  }

  /** Replaces an object that exists, with the next version. */
  replace(type: ResourceType, object: KubernetesObject): KubernetesObject {
    const collection = this.#collection(type);
    const stored = this.#stamp(object);
    const key = objectKey(stored.metadata.namespace, stored.metadata.name ?? '');
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
    collection.keys.splice(lowerBound(collection.keys, key), 1);
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

  /** @returns the changes after a version, oldest first; undefined if some of them are lost */
  changesSince(type: ResourceType, resourceVersion: number): readonly Change[] | undefined {
    const collection = this.#collections.get(collectionKey(type));
    if (!collection) return [];
    if (resourceVersion < collection.lostVersion) return undefined;
    let low = 0;
    let high = collection.history.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((collection.history[middle] as Change).resourceVersion <= resourceVersion) low = middle + 1;
      else high = middle;
    }
    return collection.history.slice(low);
  }

  /** The objects as they were at a version; undefined if the history does not reach back. */
  listAt(type: ResourceType, resourceVersion: number, filter: Filter = {}): KubernetesObject[] | undefined {
    if (resourceVersion >= this.#resourceVersion) return this.list(type, filter);
    const changes = this.changesSince(type, resourceVersion);
    if (!changes) return undefined;
    if (changes.length === 0) return this.list(type, filter);
    const objects = new Map(this.#collection(type).objects);
    for (const change of [...changes].reverse()) {
      const key = objectKey(change.object.metadata.namespace, change.object.metadata.name ?? '');
      if (change.previous) objects.set(key, change.previous);
      else objects.delete(key);
    }
    return [...objects.keys()]
      .sort()
      .map(key => objects.get(key) as KubernetesObject) // a key of the map itself
      .filter(object => matchesFilter(filter, type, object));
  }

  /** Forgets a type, its objects and its history: its definition is gone. Its subscriptions end. */
  drop(key: ResourceKey): void {
    const collection = this.#collections.get(key);
    if (!collection) return;
    this.#collections.delete(key);
    this.#queue({ collection, change: undefined });
  }

  #collection(type: ResourceType): Collection {
    const key = collectionKey(type);
    let collection = this.#collections.get(key);
    if (!collection) {
      collection = { type, keys: [], objects: new Map(), history: [], lostVersion: 0, listeners: new Set() };
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
    collection.history.push(change);
    if (collection.history.length >= HISTORY_LENGTH * 2) {
      const lost = collection.history.splice(0, HISTORY_LENGTH);
      collection.lostVersion = lost.at(-1)?.resourceVersion ?? collection.lostVersion;
    }
    this.#queue({ collection, change });
  }

  #queue(pending: PendingChange): void {
    if (pending.collection.listeners.size === 0) return;
    this.#pending.push(pending);
    if (this.#delivering) return;
    this.#delivering = true;
    queueMicrotask(() => this.#deliver());
  }

  /** A listener that writes adds to the queue instead of nesting: everybody sees the changes in one order. */
  #deliver(): void {
    try {
      for (let index = 0; index < this.#pending.length; index++) {
        const { collection, change } = this.#pending[index] as PendingChange; // in range
        for (const listener of [...collection.listeners]) {
          try {
            if (change) listener.onChange(change);
            else listener.onEnd?.();
          } catch (error) {
            // A defect in one listener must be seen, and must not keep the change from the others.
            this.#onListenerError(error);
          }
        }
      }
    } finally {
      this.#pending.length = 0;
      this.#delivering = false;
    }
  }
}

/** Where objects of the type lie. */
function collectionKey(type: ResourceType): ResourceKey {
  return type.storedAs ?? keyOf(type);
}

/** The index of the first element that is not less than `key`. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
