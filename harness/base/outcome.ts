/** A callback for one outcome of several that are possible. */

/**
 * Gives a callback away once, and forgets it then. The listeners of a connection live as long as it does:
 * with the callback of whoever dialled in them, each connection would hold all of its first call.
 */
export class Outcome<F> {
  #tell: F | undefined;

  constructor(tell: F) {
    this.#tell = tell;
  }

  get isTaken(): boolean {
    return this.#tell === undefined;
  }

  /** Returns the callback, or `undefined` from the second time on. */
  take(): F | undefined {
    const tell = this.#tell;
    this.#tell = undefined;
    return tell;
  }
}
