/** Decides if, when and where a failed request is tried again. */
import type { Random } from '../../../../base/random.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { RetryCondition, RetryPolicy } from '../../xds/retry-policy.ts';

/** How an attempt ended without a response. */
export type ResetReason = 'connect-failure' | 'connect-timeout' | 'connection-termination' | 'protocol-error';

/**
 * Base interval of the back-off between attempts (envoyproxy/envoy source/common/router/retry_state_impl.cc
 * @v1.16.0).
 */
const BASE_INTERVAL_MS = 25;
const MAX_INTERVAL_MS = 250;
/** grpc-status values that the conditions `cancelled` and `unavailable` stand for. */
const GRPC_STATUS: ReadonlyMap<string, RetryCondition> = new Map([
  ['1', 'cancelled'],
  ['14', 'unavailable'],
]);

/** The retries of one request. */
export class RetryState {
  readonly #policy: RetryPolicy;
  readonly #wording: Pick<EnvoyWording, 'retriesConnectTimeouts'>;
  readonly #random: Random;
  #left: number;
  #intervalMs = BASE_INTERVAL_MS;

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
  }

  /** The number of times that a host may be picked again because it was tried before. */
  get hostSelectionMaxAttempts(): number {
    return this.#policy.hostSelectionRetryMaxAttempts;
  }

  wantsAfterReset(reason: ResetReason): boolean {
    const { retryOn } = this.#policy;
    switch (reason) {
      case 'connect-timeout':
        if (!this.#wording.retriesConnectTimeouts) return false;
        return retryOn.includes('connect-failure') || retryOn.includes('reset-before-request');
      case 'connect-failure':
        return retryOn.includes('connect-failure') || retryOn.includes('reset-before-request');
      case 'connection-termination':
      case 'protocol-error':
        return false; // would be `reset`, which Istio does not ask for
    }
  }

  wantsAfterResponse(status: number, grpcStatus: string | undefined): boolean {
    const { retryOn, retriableStatusCodes } = this.#policy;
    if (retryOn.includes('retriable-status-codes') && retriableStatusCodes.includes(status)) return true;
    const condition = grpcStatus === undefined ? undefined : GRPC_STATUS.get(grpcStatus);
    return condition !== undefined && retryOn.includes(condition);
  }

  /** @returns milliseconds until the next attempt, or undefined if none is left */
  next(): number | undefined {
    if (this.#left === 0) return undefined;
    this.#left--;
    const waitMs = this.#random.integer(this.#intervalMs);
    this.#intervalMs = Math.min(this.#intervalMs * 2, MAX_INTERVAL_MS);
    return waitMs;
  }
}
