/** Waits until a probe succeeds. The harness has no other loop that waits. */
import { type Clock, sleep } from './clock.ts';
import { HarnessError, messageOf } from './errors.ts';

export interface WaitOptions {
  /** Milliseconds of `clock` until the wait fails; more than 0. */
  readonly timeoutMs: number;
  /** Milliseconds between two probes. */
  readonly intervalMs: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
  /** How many acceptable values in a row end the wait; 1 by default. For what flickers. */
  readonly inARow?: number;
  /** Shows the last value in the error; JSON by default. */
  readonly describe?: (value: unknown) => string;
}

/**
 * Probes until `accept` says yes (`inARow` times running), and returns the last value.
 * A probe that throws counts as "not yet", and its message as the last thing seen.
 *
 * @param what - a clause that can stand after "waited for": `istiod in cluster1 to be ready`
 * @throws HarnessError ERR_TIMEOUT after the deadline, telling what was last seen; the signal's reason when
 *   it aborts
 */
export async function waitUntil<T>(
  what: string,
  probe: () => Promise<T> | T,
  accept: (value: T) => boolean,
  options: WaitOptions,
): Promise<T> {
  const {
    clock,
    timeoutMs,
    intervalMs,
    signal,
    inARow = 1,
    describe = value => JSON.stringify(value),
  } = options;
  const deadline = clock.now() + timeoutMs;
  let lastSeen = 'nothing';
  let cause: unknown;
  let accepted = 0;
  for (;;) {
    signal?.throwIfAborted();
    try {
      const value = await probe();
      lastSeen = describe(value) ?? 'undefined';
      cause = undefined;
      accepted = accept(value) ? accepted + 1 : 0;
      if (accepted >= inARow) return value;
    } catch (error) {
      signal?.throwIfAborted();
      accepted = 0;
      lastSeen = messageOf(error);
      cause = error;
    }
    const left = deadline - clock.now();
    if (left <= 0) {
      throw new HarnessError(
        'ERR_TIMEOUT',
        `Waited ${timeoutMs / 1000} s for ${what}, in vain. Last seen: ${lastSeen}`,
        cause === undefined ? {} : { cause },
      );
    }
    await sleep(clock, Math.min(intervalMs, left), signal);
  }
}
