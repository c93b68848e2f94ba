/** How the changes of a fault are taken back: the last first, and again where it did not succeed. */
import { messageOf } from '../base/errors.ts';

interface Entry {
  readonly what: string;
  readonly undo: () => unknown;
}

/** The changes of one fault that are not taken back yet. */
export class Undos {
  #entries: Entry[] = [];

  /** Registers how a change is taken back, before it is made. */
  add(what: string, undo: () => unknown): void {
    this.#entries.push({ what, undo });
  }

  /**
   * Takes everything back; what fails stays, and can be tried again.
   * @throws AggregateError with everything that stays
   */
  async run(): Promise<void> {
    const failures: Error[] = [];
    for (const entry of [...this.#entries].reverse()) {
      try {
        await entry.undo();
        this.#entries = this.#entries.filter(each => each !== entry);
      } catch (error) {
        failures.push(new Error(`${entry.what}: ${messageOf(error)}`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'Not all is taken back.');
  }
}
