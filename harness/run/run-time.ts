/** The time of a run: it passes by the platform's clock, and ends before the clean-up. */
import type { Clock } from '../base/clock.ts';

/** Counts the milliseconds of one run; none pass before `start` and after `stop`. */
export class RunTime {
  #clock: Clock | undefined;
  #originMs = 0;
  #totalMs: number | undefined;

  start(clock: Clock): void {
    this.#clock = clock;
    this.#originMs = clock.now();
  }

  /** When the run began, in milliseconds of the platform's clock. */
  get originMs(): number {
    return this.#originMs;
  }

  get elapsedMs(): number {
    return this.#totalMs ?? (this.#clock ? this.#clock.now() - this.#originMs : 0);
  }

  /** Keeps the time of this moment: a virtual clock ends with its world. */
  stop(): void {
    this.#totalMs = this.elapsedMs;
  }
}
