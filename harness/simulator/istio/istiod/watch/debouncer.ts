/**
 * Gathers changes until it has been quiet for a moment, or for long enough (pilot/pkg/xds/discovery.go,
 * debounce).
 */
import type { Clock, Timer } from '../../../../base/clock.ts';

/** What to run, and how long to wait for quiet. */
export interface DebouncerOptions {
  readonly clock: Clock;
  /** How long nothing must change before `run` is called. */
  readonly afterMs: number;
  /** How long changes may put it off. */
  readonly maxMs: number;
  /** Never called again before it has ended. Must not throw. */
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

  /** Something changed. */
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

  /** One timer however many changes come: when it fires, it looks whether it has been quiet. */
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
