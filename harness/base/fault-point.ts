/** A place where a test can have something fail; nothing else does. */

/** Asks for a fault each time, by what is about to be done. */
export class FaultPoint<Asked extends readonly unknown[], Fault> {
  #chooses: ((...asked: Asked) => Fault | undefined) | undefined;

  /**
   * Has things fail in this process, until disposed.
   * @param chooses - returns how; undefined lets it be done
   */
  inject(chooses: (...asked: Asked) => Fault | undefined): Disposable {
    this.#chooses = chooses;
    return {
      [Symbol.dispose]: () => {
        this.#chooses = undefined;
      },
    };
  }

  /** Returns the fault that a test wants; undefined outside of such tests. */
  of(...asked: Asked): Fault | undefined {
    return this.#chooses?.(...asked);
  }
}
