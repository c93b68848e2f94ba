/** Hands a run's events to its listeners. It reports a listener that throws, and goes on. */
import { messageOf } from '../base/errors.ts';
import type { RunEvent, RunListener } from './events.ts';

/** An event without its time. */
export type RunEventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'atMs' | 'wallMs'>
    : never
  : never;

export class Emitter {
  readonly #listeners: readonly RunListener[];
  readonly #elapsedMs: () => number;
  readonly #wallMs: () => number;
  readonly #onFailure: (message: string) => void;
  readonly #broken = new Set<RunListener>();
  readonly events: RunEvent[] = [];

  /**
   * @param elapsedMs - the time that an event gets
   * @param onFailure - told once for each listener that throws
   * @param wallMs - the time of the wall's clock, which an event gets too
   */
  constructor(
    listeners: readonly RunListener[],
    elapsedMs: () => number,
    onFailure: (message: string) => void,
    wallMs: () => number,
  ) {
    this.#wallMs = wallMs;
    this.#listeners = listeners;
    this.#elapsedMs = elapsedMs;
    this.#onFailure = onFailure;
  }

  emit(body: RunEventBody): void {
    const times = { atMs: this.#elapsedMs(), wallMs: this.#wallMs() };
    const event = { ...times, ...body } as RunEvent; // the body is an event but for its times
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
