/** Delays keys after failures, and limits how many come back in a second. */

/**
 * client-go's default for controllers: 5 ms, doubling, up to 1000 s; and 10 retries a second of all keys
 * together, after a burst of 100 (util/workqueue/default_rate_limiters.go @v0.32:
 * DefaultTypedControllerRateLimiter).
 */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;
const RETRIES_A_SECOND = 10;
const RETRY_BURST = 100;

/** Returns the milliseconds that the n-th failure in a row delays a key; the first is n = 0. */
export function retryDelayMs(failures: number): number {
  return Math.min(BASE_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
}

/**
 * Lets through `RETRY_BURST` keys at once, and then `RETRIES_A_SECOND`: it returns how long each must wait.
 */
export class RetryBucket {
  #tokens = RETRY_BURST;
  #at = Number.NEGATIVE_INFINITY;

  /** Takes one token, which may not be there yet. @returns milliseconds until it is */
  reserve(now: number): number {
    const earned = ((now - this.#at) * RETRIES_A_SECOND) / 1000;
    this.#tokens = Math.min(RETRY_BURST, this.#tokens + earned) - 1;
    this.#at = now;
    return this.#tokens >= 0 ? 0 : (-this.#tokens * 1000) / RETRIES_A_SECOND;
  }
}
