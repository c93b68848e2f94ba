/** When a failed request is tried again: words that the releases, istiod and Envoy share. */

/** What may make Envoy try again. */
export const RETRY_CONDITIONS = [
  'connect-failure',
  'reset-before-request',
  'refused-stream',
  'unavailable',
  'cancelled',
  'retriable-status-codes',
  '5xx',
  'gateway-error',
  'reset',
  'retriable-4xx',
  'deadline-exceeded',
  'internal',
  'resource-exhausted',
] as const;

/** One of Envoy's `retry_on` words, as far as Istio asks for them. */
export type RetryCondition = (typeof RETRY_CONDITIONS)[number];

/** How a route retries (Envoy's route.v3.RetryPolicy, cut to what Istio sets). */
export interface RetryPolicy {
  /** Attempts after the first. */
  readonly numRetries: number;
  readonly retryOn: readonly RetryCondition[];
  readonly retriableStatusCodes: readonly number[];
  /** After so many milliseconds without an answer an attempt is given up. */
  readonly perTryTimeoutMs?: number;
  /** The base interval of the pauses between attempts, which grow to ten times as much; 25 by default. */
  readonly backOffMs?: number;
  /**
   * How often Envoy picks again when it has picked a host that was tried before (previous_hosts); 0: it does
   * not look at that.
   */
  readonly hostSelectionRetryMaxAttempts: number;
}
