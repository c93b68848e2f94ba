/** What ends the transfer that is under way: its deadline, or a signal to the process. */

/**
 * All transfers of a process share one, and at most one thing at a time waits for it: an AbortSignal for each
 * would be slow, and most transfers end by themselves.
 */
export class Cancellation {
  /** Called once if the transfer is cancelled; whoever waits next sets it anew. */
  onCancel: (() => void) | undefined;
  #isCancelled = false;
  #reason: unknown;

  get isCancelled(): boolean {
    return this.#isCancelled;
  }

  get reason(): unknown {
    return this.#reason;
  }

  /** Forgets the last transfer. */
  renew(): void {
    this.#isCancelled = false;
    this.#reason = undefined;
    this.onCancel = undefined;
  }

  cancel(reason: unknown): void {
    if (this.#isCancelled) return;
    this.#isCancelled = true;
    this.#reason = reason;
    const onCancel = this.onCancel;
    this.onCancel = undefined;
    onCancel?.();
  }

  throwIfCancelled(): void {
    if (this.#isCancelled) throw this.#reason;
  }

  /** Ends the wait if the transfer is cancelled, not the work. */
  unlessCancelled<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const onCancel = () => reject(this.#reason);
      if (this.#isCancelled) onCancel();
      else this.onCancel = onCancel;
      work.then(resolve, reject);
    });
  }
}
