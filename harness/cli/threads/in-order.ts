/**
 * What several that run at once have to tell, in the order of their list, as if one had run after the other:
 * the first that has not ended tells at once, and the others wait for it.
 */
export class InOrder {
  readonly #waiting = new Map<number, (() => void)[]>();
  readonly #ended = new Set<number>();
  #telling = 0;

  /** Tells something of one of them, or keeps it until it is its turn. */
  tell(index: number, say: () => void): void {
    if (index === this.#telling) {
      say();
      return;
    }
    const kept = this.#waiting.get(index) ?? [];
    kept.push(say);
    this.#waiting.set(index, kept);
  }

  /** Says that one has told everything. */
  end(index: number): void {
    this.#ended.add(index);
    while (this.#ended.has(this.#telling)) {
      this.#telling += 1;
      for (const say of this.#waiting.get(this.#telling) ?? []) say();
      this.#waiting.delete(this.#telling);
    }
  }
}
