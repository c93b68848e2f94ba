/** The objects of one resource type by their keys, in byte order, as etcd lists them. */
import type { Change } from './change.ts';
import type { KubernetesObject } from './json.ts';

/** Returns the key of an object among those of its type: `namespace/name`. */
export const objectKey = (namespace: string | undefined, name: string): string =>
  `${namespace ?? ''}/${name}`;

const keyOf = ({ metadata: { namespace, name = '' } }: KubernetesObject): string =>
  objectKey(namespace, name);

/** A map of objects that can be listed in the order of their keys. */
export class OrderedObjects {
  /** The keys of the map, sorted. */
  readonly #keys: string[] = [];
  readonly #objects = new Map<string, KubernetesObject>();

  get size(): number {
    return this.#objects.size;
  }

  get(key: string): KubernetesObject | undefined {
    return this.#objects.get(key);
  }

  /** Adds an object, or replaces the one with its key. */
  set(object: KubernetesObject): void {
    const key = keyOf(object);
    if (!this.#objects.has(key)) this.#keys.splice(this.#lowerBound(key), 0, key);
    this.#objects.set(key, object);
  }

  /** @param object - has the key of one that is there */
  delete(object: KubernetesObject): void {
    const key = keyOf(object);
    this.#objects.delete(key);
    this.#keys.splice(this.#lowerBound(key), 1);
  }

  /** Returns the accepted objects whose keys begin with the prefix, in the order of the keys. */
  list(prefix: string, accepts: (object: KubernetesObject) => boolean): KubernetesObject[] {
    const result: KubernetesObject[] = [];
    const first = prefix === '' ? 0 : this.#lowerBound(prefix);
    for (let index = first; index < this.#keys.length; index++) {
      const key = this.#keys[index] as string; // in range
      if (!key.startsWith(prefix)) break;
      const object = this.#objects.get(key) as KubernetesObject; // keys and objects go together
      if (accepts(object)) result.push(object);
    }
    return result;
  }

  /** Makes the map as it was before some changes. @param changes - the last ones, oldest first */
  before(changes: readonly Change[]): OrderedObjects {
    const result = new OrderedObjects();
    for (const key of this.#keys) result.#keys.push(key);
    for (const [key, object] of this.#objects) result.#objects.set(key, object);
    for (const { object, previous } of [...changes].reverse()) {
      if (previous) result.set(previous);
      else result.delete(object);
    }
    return result;
  }

  /** Finds the index of the first key that is not less than `key`. */
  #lowerBound(key: string): number {
    let low = 0;
    let high = this.#keys.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#keys[middle] as string) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
