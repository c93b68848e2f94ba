/** What was worked out before, by its key, as long as there is room. */
export class BoundedMemory<V extends object> {
  readonly #most: number;
  readonly #known = new Map<string, V>();

  /** @param most - entries; when it is full, the memory begins anew */
  constructor(most: number) {
    this.#most = most;
  }

  /**
   * Returns what is known, or else what is made now. What cannot be made is not kept.
   * @param make - called if the key is not known; what it throws passes through
   */
  recall<R extends V | undefined>(key: string, make: () => R): V | R {
    const found = this.#known.get(key);
    if (found) return found;
    const made = make();
    if (made === undefined) return made;
    if (this.#known.size >= this.#most) this.#known.clear();
    this.#known.set(key, made);
    return made;
  }
}
