/** A map that forgets: of its keys only those stay that were used last. */

/** Keeps the keys that were used last, so many of them. */
export class RecentMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #most: number;

  /** @param most - how many keys it keeps; 1 or more */
  constructor(most: number) {
    this.#most = most;
  }

  /** Returns what is known of a key, which counts as a use of it. */
  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  /** Sets a key; beyond the limit the one goes that was not used for longest. */
  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#most) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      break;
    }
  }
}
