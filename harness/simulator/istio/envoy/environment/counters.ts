/** Named counters and gauges of one cluster or listener, as `/stats` shows them. */
export class Counters {
  readonly #values = new Map<string, number>();

  add(name: string, by = 1): void {
    this.#values.set(name, (this.#values.get(name) ?? 0) + by);
  }

  get(name: string): number {
    return this.#values.get(name) ?? 0;
  }

  /** Lists the counters, sorted by name. */
  entries(): (readonly [string, number])[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
