/** Hands a run's events to its listeners. It reports a listener that throws, and goes on. */
import { messageOf } from '../base/errors.ts';
import type { RunEvent, RunListener } from './events.ts';

/** An event without its time. */
export type RunEventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'atMs'>
    : never
  : never;

export class Emitter {
  readonly #listeners: readonly RunListener[];
  readonly #elapsedMs: () => number;
  readonly #onFailure: (message: string) => void;
  readonly #broken = new Set<RunListener>();
  readonly events: RunEvent[] = [];

  /**
   * @param elapsedMs - the time that an event gets
   * @param onFailure - told once for each listener that throws
   */
  constructor(
    listeners: readonly RunListener[],
    elapsedMs: () => number,
    onFailure: (message: string) => void,
  ) {
    this.#listeners = listeners;
    this.#elapsedMs = elapsedMs;
    this.#onFailure = onFailure;
  }

  emit(body: RunEventBody): void {
    const event = { atMs: this.#elapsedMs(), ...body } as RunEvent; // the body is an event but for its time
    this.events.push(event);
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
