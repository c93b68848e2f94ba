/** Delays keys after failures, and limits how many come back in a second. */

/**
 * client-go's default for controllers: 5 ms, doubling, up to 1000 s; and 10 retries a second of all keys
 * together, after a burst of 100 (util/workqueue/default_rate_limiters.go @v0.32:
 * DefaultTypedControllerRateLimiter).
 */
const BASE_DELAY_MS = 5;
const MAX_DELAY_MS = 1_000_000;
/** Of all keys together. */
export const RETRY_RATE = { burst: 100, perSecond: 10 };

/** Returns the milliseconds that the n-th failure in a row delays a key; the first is n = 0. */
export function retryDelayMs(failures: number): number {
  return Math.min(BASE_DELAY_MS * 2 ** failures, MAX_DELAY_MS);
}
