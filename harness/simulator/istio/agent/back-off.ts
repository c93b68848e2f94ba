/** How long to wait before the next try: longer each time, up to a limit, with chance in it. */
import type { Random } from '../../../base/random.ts';

/** Waits of one retry loop: they double from the first to the longest, and chance halves them at most. */
export class BackOff {
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #random: Random;
  #intervalMs: number;

  constructor(initialMs: number, maxMs: number, random: Random) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
    this.#random = random;
    this.#intervalMs = initialMs;
  }

  /** Between half of the interval and all of it; then the interval doubles. */
  next(): number {
    const waitMs = Math.round(this.#intervalMs * (0.5 + this.#random.next() / 2));
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#maxMs);
    return waitMs;
  }

  reset(): void {
    this.#intervalMs = this.#initialMs;
  }
}
