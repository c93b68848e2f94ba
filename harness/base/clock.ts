/** Time as an argument: the clock of this machine, or the virtual one of a simulated world. */

/** A pending timer; opaque to everyone but the clock that made it. */
export interface Timer {
  readonly brand?: 'timer';
}

export interface Clock {
  readonly kind: 'wall' | 'virtual';
  /** Milliseconds since the epoch. */
  now(): number;
  /** @param delayMs - milliseconds, 0 or more */
  setTimeout(callback: () => void, delayMs: number): Timer;
  /** Clearing a timer that has fired, or `undefined`, does nothing. */
  clearTimeout(timer: Timer | undefined): void;
}

/** The clock of this machine: the only place that reads it. */
export const systemClock: Clock = {
  kind: 'wall',
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => setTimeout(callback, delayMs) as unknown as Timer, // a NodeJS.Timeout, opaque to others
  clearTimeout: timer => clearTimeout(timer as unknown as NodeJS.Timeout | undefined),
};

/**
 * Resolves after `delayMs` milliseconds of `clock`.
 * @throws the signal's reason as soon as it aborts
 */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = () => {
      clock.clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = clock.setTimeout(() => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    }, delayMs);
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
