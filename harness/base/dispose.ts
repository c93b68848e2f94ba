/** Clean-up in reverse order that tries everything and reports all that failed. */

export class CleanupStack implements AsyncDisposable {
  readonly #undos: { readonly what: string; readonly undo: () => Promise<void> | void }[] = [];

  /** Registers an undo; call it before the work that it undoes, so that a half-made thing is undone too. */
  add(what: string, undo: () => Promise<void> | void): void {
    this.#undos.push({ what, undo });
  }

  /** Takes over nothing and undoes nothing: for the moment when ownership passes on. */
  move(): CleanupStack {
    const moved = new CleanupStack();
    moved.#undos.push(...this.#undos.splice(0));
    return moved;
  }

  /** @throws AggregateError with every failure, after all undos were tried */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let entry = this.#undos.pop(); entry; entry = this.#undos.pop()) {
      try {
        await entry.undo();
      } catch (error) {
        failures.push(
          new Error(`${entry.what}: ${error instanceof Error ? error.message : String(error)}`, {
            cause: error,
          }),
        );
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The clean-up failed in part.');
  }
}
