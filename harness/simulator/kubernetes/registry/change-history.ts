/** The newest changes of one resource type, for watches that resume. */
import type { Change } from './change.ts';

/** How often the size is looked at, in changes. */
const LOOK_EVERY = 256;
/** Bytes of the changes of one type, as JSON; beyond it the older half goes. */
const MOST_BYTES = 16 * 1024 * 1024;

/** Keeps changes in their order, and knows from which version on it has all of them. */
export class ChangeHistory {
  #changes: Change[] = [];
  /** Bytes of those that were measured: the first ones. */
  #sizes: number[] = [];
  /** Their sum. */
  #bytes = 0;
  /** The version of the newest change that is lost. */
  #lostVersion = 0;

  /**
   * Adds a change.
   * @param change - newer than all before
   */
  add(change: Change): void {
    this.#changes.push(change);
    if (this.#changes.length - this.#sizes.length >= LOOK_EVERY) this.#bound();
  }

  /** Forgets the changes up to a version. */
  forget(resourceVersion: number): void {
    this.#drop(this.#indexAfter(resourceVersion));
  }

  /** Returns the changes after a version, oldest first; undefined if some of them are lost. */
  since(resourceVersion: number): readonly Change[] | undefined {
    if (resourceVersion < this.#lostVersion) return undefined;
    return this.#changes.slice(this.#indexAfter(resourceVersion));
  }

  #bound(): void {
    for (let index = this.#sizes.length; index < this.#changes.length; index++) {
      const size = bytesOf(this.#changes[index] as Change); // the index is in range
      this.#sizes.push(size);
      this.#bytes += size;
    }
    if (this.#bytes > MOST_BYTES) this.#drop(this.#changes.length >> 1);
  }

  /** Drops the oldest ones. A new list, so that the memory of the old one goes too. */
  #drop(count: number): void {
    if (count === 0) return;
    this.#lostVersion = this.#changes[count - 1]?.resourceVersion ?? this.#lostVersion;
    for (const size of this.#sizes.slice(0, count)) this.#bytes -= size;
    this.#sizes = this.#sizes.slice(count);
    this.#changes = this.#changes.slice(count);
  }

  #indexAfter(resourceVersion: number): number {
    let low = 0;
    let high = this.#changes.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#changes[middle] as Change).resourceVersion <= resourceVersion) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const bytesOf = ({ object }: Change): number => JSON.stringify(object).length;
