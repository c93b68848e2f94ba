/** A local copy of Kubernetes objects, by key: what is kept of each, and who hears of changes. */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';

/** What to keep, and whom to tell. */
export interface ObjectCacheOptions<T> {
  /**
   * Returns the part of an object to keep: as little as possible, for there are many. `undefined` drops it.
   */
  readonly keep: (object: KubernetesObject) => T | undefined;
  /** Called for each object that appears, has another version or goes (`now` undefined). */
  readonly onChange: (key: string, now: T | undefined, before: T | undefined) => void;
}

/**
 * Names an object within a cache: `sample/helloworld`, or `istio-system` for an object without a namespace.
 */
export const keyOf = ({ metadata }: KubernetesObject): string =>
  metadata.namespace === undefined ? (metadata.name ?? '') : `${metadata.namespace}/${metadata.name}`;

/** Reports every change of the copy, in the order in which they come. */
export class ObjectCache<T> {
  readonly #options: ObjectCacheOptions<T>;
  readonly #items = new Map<string, { readonly version: string; readonly value: T }>();

  constructor(options: ObjectCacheOptions<T>) {
    this.#options = options;
  }

  get(key: string): T | undefined {
    return this.#items.get(key)?.value;
  }

  keys(): IterableIterator<string> {
    return this.#items.keys();
  }

  *values(): IterableIterator<T> {
    for (const { value } of this.#items.values()) yield value;
  }

  /** Takes a new list; objects that it lacks go. */
  replace(objects: readonly KubernetesObject[]): void {
    const present = new Set<string>();
    for (const object of objects) {
      present.add(keyOf(object));
      this.put(object);
    }
    for (const key of [...this.#items.keys()]) if (!present.has(key)) this.remove(key);
  }

  /** Does nothing for a version that it has. */
  put(object: KubernetesObject): void {
    const { keep, onChange } = this.#options;
    const key = keyOf(object);
    const version = object.metadata.resourceVersion ?? '';
    const before = this.#items.get(key);
    if (before?.version === version && version !== '') return;
    const value = keep(object);
    if (value === undefined) {
      this.remove(key);
      return;
    }
    this.#items.set(key, { version, value });
    onChange(key, value, before?.value);
  }

  remove(key: string): void {
    const before = this.#items.get(key);
    if (!before) return;
    this.#items.delete(key);
    this.#options.onChange(key, undefined, before.value);
  }
}
