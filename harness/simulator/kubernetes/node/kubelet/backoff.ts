/**
 * The kubelet's patience with repeated failures: 10 s, doubling, up to 5 minutes; forgotten after 10 quiet
 * minutes.
 */
import type { Clock } from '../../../../base/clock.ts';

const INITIAL_MS = 10_000;
const MAX_MS = 300_000;

/** Says how long to wait before each try of one thing that may fail. */
export class Backoff {
  readonly #clock: Clock;
  #delayMs = 0;
  #updatedAt = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Returns how long the caller must wait before its next try: not at all before the first one, then longer
   * each time (kubernetes/client-go util/flowcontrol/backoff.go).
   */
  next(): number {
    const now = this.#clock.now();
    if (this.#delayMs > 0 && now - this.#updatedAt > 2 * MAX_MS) this.#delayMs = 0;
    const delayMs = this.#delayMs;
    this.#delayMs = delayMs === 0 ? INITIAL_MS : Math.min(delayMs * 2, MAX_MS);
    this.#updatedAt = now + delayMs;
    return delayMs;
  }

  /** Notes a success: the next failure counts as the first one again. */
  reset(): void {
    this.#delayMs = 0;
  }
}

/** Writes whole seconds as Go prints a duration: `1m20s`. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes > 0 ? `${minutes}m${seconds % 60}s` : `${seconds}s`;
}
