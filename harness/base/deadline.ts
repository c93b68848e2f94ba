/** Abort signals that others bring about: those that are followed, or a deadline. */
import { setMaxListeners } from 'node:events';
import type { Clock, Timer } from './clock.ts';

/** When a linked signal aborts by itself. */
export interface Deadline {
  readonly clock: Clock;
  /** Milliseconds of the clock, 0 or more, from now. */
  readonly timeoutMs: number;
  /** Makes the reason of the abort; `Error: the deadline passed` by default. */
  readonly reason?: () => Error;
}

/**
 * Makes the controller of a signal to which any number of parties may listen at once. With other signals Node
 * takes more than ten listeners for a leak, and warns on standard error.
 */
export function controllerForMany(): AbortController {
  const controller = new AbortController();
  setMaxListeners(0, controller.signal);
  return controller;
}

/** A signal that aborts with others or at a deadline, and does not limit its listeners. */
export class LinkedSignal implements Disposable {
  readonly #controller = controllerForMany();
  readonly #followed = new Map<AbortSignal, () => void>();
  readonly #clock: Clock | undefined;
  readonly #timer: Timer | undefined;
  #expired = false;

  constructor(parent: AbortSignal | undefined, deadline?: Deadline) {
    if (parent) this.follow(parent);
    if (!deadline) return;
    const { clock, timeoutMs, reason = () => new Error('the deadline passed') } = deadline;
    this.#clock = clock;
    this.#timer = clock.setTimeout(() => {
      this.#expired = true;
      this.abort(reason());
    }, timeoutMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Tells whether the deadline has passed before the disposal; true also if a parent aborted earlier. */
  readonly expired = (): boolean => this.#expired;

  /** Aborts with the other signal too, at once if that has aborted already. The first reason stays. */
  follow(other: AbortSignal): void {
    const onAbort = () => this.abort(other.reason);
    if (other.aborted) onAbort();
    else {
      other.addEventListener('abort', onAbort, { once: true });
      this.#followed.set(other, onAbort);
    }
  }

  abort(reason?: unknown): void {
    this.#controller.abort(reason);
  }

  /** Stops the timer and stops following. The signal stays as it is: who waits for it is not woken. */
  [Symbol.dispose](): void {
    this.#clock?.clearTimeout(this.#timer);
    for (const [signal, onAbort] of this.#followed) signal.removeEventListener('abort', onAbort);
    this.#followed.clear();
  }
}

/**
 * Returns a signal that aborts with its parent, with the same reason, or when the deadline passes. Dispose of
 * it when the work is over: only then does the parent forget it.
 */
export function linkedSignal(parent: AbortSignal | undefined, deadline?: Deadline): LinkedSignal {
  return new LinkedSignal(parent, deadline);
}
