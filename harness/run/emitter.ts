/** Makes the events of a run, and keeps them. */
import type { RunEvent } from './events.ts';
import type { Listeners } from './listeners.ts';

/** An event without its time. */
export type RunEventBody = RunEvent extends infer Event
  ? Event extends RunEvent
    ? Omit<Event, 'atMs' | 'wallMs'>
    : never
  : never;

export class Emitter {
  readonly #listeners: Listeners;
  readonly #elapsedMs: () => number;
  readonly #wallMs: () => number;
  readonly events: RunEvent[] = [];

  /**
   * @param elapsedMs - the time that an event gets
   * @param wallMs - the time of the wall's clock, which an event gets too
   */
  constructor(listeners: Listeners, elapsedMs: () => number, wallMs: () => number) {
    this.#wallMs = wallMs;
    this.#listeners = listeners;
    this.#elapsedMs = elapsedMs;
  }

  emit(body: RunEventBody): void {
    const times = { atMs: this.#elapsedMs(), wallMs: this.#wallMs() };
    const event = { ...times, ...body } as RunEvent; // the body is an event but for its times
    this.events.push(event);
    this.#listeners.tell(event);
  }
}
