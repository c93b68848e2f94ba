/** Decides if, when and where a failed request is tried again. */
import type { Random } from '../../../../base/random.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { RetryCondition, RetryPolicy } from '../../xds/retry-policy.ts';

/** How an attempt ended without a response. */
export type ResetReason =
  | 'connect-failure'
  | 'connect-timeout'
  | 'connection-termination'
  | 'protocol-error'
  | 'overflow';
/** Also ended: an attempt that took longer than one may. */
type EndReason = ResetReason | 'per-try-timeout';

/**
 * Base interval of the back-off between attempts (envoyproxy/envoy source/common/router/retry_state_impl.cc
 * @v1.16.0).
 */
const BASE_INTERVAL_MS = 25;
/** How many base intervals a pause may have at most. */
const MAX_INTERVALS = 10;
/** grpc-status values, and the conditions that stand for them. */
const GRPC_STATUS: ReadonlyMap<string, RetryCondition> = new Map([
  ['1', 'cancelled'],
  ['4', 'deadline-exceeded'],
  ['8', 'resource-exhausted'],
  ['13', 'internal'],
  ['14', 'unavailable'],
]);
/** What makes any end without a response retried (retry_state_impl.cc @v1.30, wouldRetryFromReset). */
const ANY_RESET: readonly RetryCondition[] = ['5xx', 'gateway-error', 'reset'];

/** The retries of one request. */
export class RetryState {
  readonly #policy: RetryPolicy;
  readonly #wording: Pick<EnvoyWording, 'retriesConnectTimeouts'>;
  readonly #random: Random;
  #left: number;
  readonly #maxMs: number;
  #intervalMs: number;

  constructor(
    policy: RetryPolicy,
    {
      wording,
      random,
    }: { readonly wording: Pick<EnvoyWording, 'retriesConnectTimeouts'>; readonly random: Random },
  ) {
    this.#policy = policy;
    this.#wording = wording;
    this.#random = random;
    this.#left = policy.numRetries;
    this.#intervalMs = policy.backOffMs ?? BASE_INTERVAL_MS;
    this.#maxMs = this.#intervalMs * MAX_INTERVALS;
  }

  /** The number of times that a host may be picked again because it was tried before. */
  get hostSelectionMaxAttempts(): number {
    return this.#policy.hostSelectionRetryMaxAttempts;
  }

  /** Milliseconds that one attempt may take; undefined for as long as the request may. */
  get perTryTimeoutMs(): number | undefined {
    return this.#policy.perTryTimeoutMs;
  }

  /** Whether there may be another attempt. */
  get isLeft(): boolean {
    return this.#left > 0;
  }

  wantsAfterReset(reason: EndReason): boolean {
    const { retryOn } = this.#policy;
    if (reason === 'overflow') return false;
    if (ANY_RESET.some(condition => retryOn.includes(condition))) return true;
    switch (reason) {
      case 'connect-timeout':
        if (!this.#wording.retriesConnectTimeouts) return false;
        return retryOn.includes('connect-failure') || retryOn.includes('reset-before-request');
      case 'connect-failure':
        return retryOn.includes('connect-failure') || retryOn.includes('reset-before-request');
      case 'connection-termination':
      case 'protocol-error':
      case 'per-try-timeout':
        return false;
    }
  }

  wantsAfterResponse(status: number, grpcStatus: string | undefined): boolean {
    const { retryOn, retriableStatusCodes } = this.#policy;
    if (retryOn.includes('retriable-status-codes') && retriableStatusCodes.includes(status)) return true;
    if (retryOn.includes('5xx') && status >= 500) return true;
    if (retryOn.includes('gateway-error') && status >= 502 && status <= 504) return true;
    if (retryOn.includes('retriable-4xx') && status === 409) return true;
    const condition = grpcStatus === undefined ? undefined : GRPC_STATUS.get(grpcStatus);
    return condition !== undefined && retryOn.includes(condition);
  }

  /** @returns milliseconds until the next attempt, or undefined if none is left */
  next(): number | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    const waitMs = this.#random.integer(this.#intervalMs);
    this.#intervalMs = Math.min(this.#intervalMs * 2, this.#maxMs);
    return waitMs;
  }
}
