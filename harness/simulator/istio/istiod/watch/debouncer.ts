/**
 * Gathers changes until it has been quiet for a moment, or for long enough (pilot/pkg/xds/discovery.go,
 * debounce).
 */
import type { Clock, Timer } from '../../../../base/clock.ts';

/** What to run, and how long to wait for quiet. */
export interface DebouncerOptions {
  readonly clock: Clock;
  /** The time without changes before `run` is called. */
  readonly afterMs: number;
  /** The longest time that changes may delay `run`. */
  readonly maxMs: number;
  /** Does the work. It is never called again before it has ended, and must not throw. */
  readonly run: () => Promise<void>;
}

/** Runs work once for many triggers, never twice at a time. */
export class Debouncer {
  readonly #options: DebouncerOptions;
  #timer: Timer | undefined;
  #firstAt = 0;
  #lastAt = 0;
  #isRunning = false;
  #isStopped = false;
  #isPending = false;

  constructor(options: DebouncerOptions) {
    this.#options = options;
  }

  /** Notes a change. */
  trigger(): void {
    const now = this.#options.clock.now();
    if (!this.#isPending) this.#firstAt = now;
    this.#isPending = true;
    this.#lastAt = now;
    this.#arm();
  }

  stop(): void {
    this.#isStopped = true;
    this.#options.clock.clearTimeout(this.#timer);
  }

  /** Sets one timer for any number of changes: when it fires, it looks if it has been quiet. */
  #arm(): void {
    if (this.#timer || this.#isRunning || this.#isStopped) return;
    const { clock, afterMs, maxMs } = this.#options;
    const dueAt = Math.min(this.#lastAt + afterMs, this.#firstAt + maxMs);
    this.#timer = clock.setTimeout(
      () => {
        this.#timer = undefined;
        const isDue = clock.now() >= Math.min(this.#lastAt + afterMs, this.#firstAt + maxMs);
        if (isDue) void this.#run();
        else this.#arm();
      },
      // Whole milliseconds, rounded up: a timer that fires a hair too early would be set again for no time at
      // all.
      Math.max(Math.ceil(dueAt - clock.now()), 0),
    );
  }

  async #run(): Promise<void> {
    this.#isPending = false;
    this.#isRunning = true;
    await this.#options.run();
    this.#isRunning = false;
    if (this.#isPending) this.#arm();
  }
}
