/**
 * The pending timers of a virtual clock: a binary heap ordered by due time, then by the order in which they
 * were set.
 */
import type { Timer } from '../../base/clock.ts';

/** A timer, and its place among those that are due at the same time. */
export interface QueuedTimer extends Timer {
  readonly due: number;
  readonly sequence: number;
  /** `undefined` once it has fired or was cleared. */
  callback: (() => void) | undefined;
}

/** Hands out timers in the order in which they are due. */
export class TimerQueue {
  #heap: QueuedTimer[] = [];
  #cleared = 0;

  /** The number of pending timers. */
  get size(): number {
    return this.#heap.length - this.#cleared;
  }

  add(timer: QueuedTimer): void {
    this.#heap.push(timer);
    this.#siftUp(this.#heap.length - 1);
  }

  /**
   * Forgets the callback now and the entry later: most timers are deadlines that are cleared long before they
   * are due.
   */
  clear(timer: QueuedTimer): void {
    if (timer.callback === undefined) return;
    timer.callback = undefined;
    this.#cleared++;
    if (this.#cleared > 64 && this.#cleared * 2 > this.#heap.length) this.#compact();
  }

  /** Returns the timer that is due first, or `undefined`. */
  peek(): QueuedTimer | undefined {
    for (;;) {
      const first = this.#heap[0];
      if (first === undefined || first.callback !== undefined) return first;
      this.#cleared--;
      this.#removeFirst();
    }
  }

  /** Takes the first timer out; the caller fires it. */
  shift(): QueuedTimer | undefined {
    const first = this.peek();
    if (first) this.#removeFirst();
    return first;
  }

  #removeFirst(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #compact(): void {
    // A sorted array is a heap.
    this.#heap = this.#heap.filter(timer => timer.callback !== undefined).sort(inOrder);
    this.#cleared = 0;
  }

  #siftUp(start: number): void {
    const heap = this.#heap;
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#isBefore(index, parent)) return;
      swap(heap, index, parent);
      index = parent;
    }
  }

  #siftDown(start: number): void {
    const heap = this.#heap;
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      let smallest = index;
      if (left < heap.length && this.#isBefore(left, smallest)) smallest = left;
      if (right < heap.length && this.#isBefore(right, smallest)) smallest = right;
      if (smallest === index) return;
      swap(heap, index, smallest);
      index = smallest;
    }
  }

  #isBefore(a: number, b: number): boolean {
    // Both indexes are in range.
    return inOrder(this.#heap[a] as QueuedTimer, this.#heap[b] as QueuedTimer) < 0;
  }
}

const inOrder = (a: QueuedTimer, b: QueuedTimer): number => a.due - b.due || a.sequence - b.sequence;

function swap(heap: QueuedTimer[], a: number, b: number): void {
  const kept = heap[a] as QueuedTimer; // both indexes are in range
  heap[a] = heap[b] as QueuedTimer;
  heap[b] = kept;
}
