/** The newest changes of one resource type, for watches that resume. */
import type { Change } from './change.ts';

/** The history keeps at least this many of the last changes. */
const HISTORY_LENGTH = 4096;

/** Keeps changes in their order, and knows from which version on it has all of them. */
export class ChangeHistory {
  readonly #changes: Change[] = [];
  /** The version of the newest change that is lost. */
  #lostVersion = 0;

  /**
   * Adds a change.
   * @param change - newer than all before
   */
  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length < HISTORY_LENGTH * 2) return;
    const lost = this.#changes.splice(0, HISTORY_LENGTH);
    this.#lostVersion = lost.at(-1)?.resourceVersion ?? this.#lostVersion;
  }

  /** Returns the changes after a version, oldest first; undefined if some of them are lost. */
  since(resourceVersion: number): readonly Change[] | undefined {
    if (resourceVersion < this.#lostVersion) return undefined;
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle] as Change).resourceVersion <= resourceVersion) low = middle + 1;
      else high = middle;
    }
    return this.#changes.slice(low);
  }
}
