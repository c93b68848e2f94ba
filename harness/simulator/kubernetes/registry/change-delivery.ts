/** Hands changes to listeners: in the order of the writes, and never from within a write. */
import type { Change, ChangeListener } from './change.ts';

/** Who hears of the changes of one resource type. */
export interface Listener {
  /** It does not hear of changes up to this version: they were written before it came. */
  readonly from: number;
  readonly onChange: ChangeListener;
  /** Called after the last change, when the type is forgotten. */
  readonly onEnd: (() => void) | undefined;
}

interface PendingChange {
  readonly listeners: ReadonlySet<Listener>;
  /** Undefined: the type is dropped, nothing comes after it. */
  readonly change: Change | undefined;
}

/** The changes of all types that wait for the next microtask: everybody sees them in one order. */
export class ChangeDelivery {
  readonly #pending: PendingChange[] = [];
  readonly #onListenerError: (error: unknown) => void;
  #isDelivering = false;

  /** @param onListenerError - gets what a listener throws */
  constructor(onListenerError: (error: unknown) => void) {
    this.#onListenerError = onListenerError;
  }

  /**
   * Calls the listeners in a later microtask: those of them that are there by then.
   * @param change - undefined ends them
   */
  queue(listeners: ReadonlySet<Listener>, change: Change | undefined): void {
    if (listeners.size === 0) return;
    this.#pending.push({ listeners, change });
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    queueMicrotask(() => this.#deliver());
  }

  /** A listener that writes adds to the queue instead of nesting. */
  #deliver(): void {
    try {
      for (let index = 0; index < this.#pending.length; index++) {
        const { listeners, change } = this.#pending[index] as PendingChange; // in range
        for (const listener of [...listeners]) {
          try {
            if (!change) listener.onEnd?.();
            else if (change.resourceVersion > listener.from) listener.onChange(change);
          } catch (error) {
            // A defect in one listener must be seen, and must not keep the change from the others.
            this.#onListenerError(error);
          }
        }
      }
    } finally {
      this.#pending.length = 0;
      this.#isDelivering = false;
    }
  }
}
