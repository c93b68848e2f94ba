/** Hands a run's events to its listeners. It reports a listener that throws, and goes on. */
import { messageOf } from '../base/errors.ts';
import type { RunEvent, RunListener } from './events.ts';

export class Listeners {
  readonly #listeners: readonly RunListener[];
  readonly #onFailure: (message: string) => void;
  readonly #broken = new Set<RunListener>();

  /** @param onFailure - told once for each listener that throws */
  constructor(listeners: readonly RunListener[], onFailure: (message: string) => void) {
    this.#listeners = listeners;
    this.#onFailure = onFailure;
  }

  tell(event: RunEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (error) {
        if (this.#broken.has(listener)) continue;
        this.#broken.add(listener);
        this.#onFailure(`A listener failed on "${event.type}": ${messageOf(error)}`);
      }
    }
  }
}
