/** Time as an argument: the clock of this machine, or the virtual one of a simulated world. */

/** A pending timer; opaque to everyone but the clock that made it. */
export interface Timer {
  readonly brand?: 'timer';
}

export interface Clock {
  readonly kind: 'wall' | 'virtual';
  /** Returns milliseconds since the epoch. */
  now(): number;
  /** @param delayMs - milliseconds, 0 or more */
  setTimeout(callback: () => void, delayMs: number): Timer;
  /** Clearing a timer that has fired, or `undefined`, does nothing. */
  clearTimeout(timer: Timer | undefined): void;
  /**
   * Tells a virtual clock that something happened: its time stands still for some turns of the event loop
   * more.
   */
  bump?(): void;
}

/**
 * Node's timers hold 31 bits of milliseconds, 24.8 days, and fire at once for more. A `sleep 3650d` in a
 * container is longer.
 */
const MAX_DELAY_MS = 2 ** 31 - 1;

/** A timer of any length, in stretches that Node can hold. */
class WallTimer implements Timer {
  readonly brand = 'timer';
  #handle: NodeJS.Timeout | undefined;

  constructor(callback: () => void, delayMs: number) {
    this.#wait(callback, delayMs);
  }

  stop(): void {
    clearTimeout(this.#handle);
  }

  #wait(callback: () => void, leftMs: number): void {
    this.#handle =
      leftMs <= MAX_DELAY_MS
        ? setTimeout(callback, leftMs)
        : setTimeout(() => this.#wait(callback, leftMs - MAX_DELAY_MS), MAX_DELAY_MS);
  }
}

/** The clock of this machine: the only place that reads it. */
export const systemClock: Clock = {
  kind: 'wall',
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => new WallTimer(callback, delayMs),
  clearTimeout: timer => {
    if (timer instanceof WallTimer) timer.stop();
  },
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
