/** The threads of a matrix: each tries the misconfigurations of one mesh at a time, as it is told. */
import { unlessAborted } from '../../base/abort.ts';
import type { PreparedAttempt } from '../../matrix/attempts.ts';
import type { Held } from '../../matrix/hold.ts';
import type { Worker } from '../../matrix/try-all.ts';
import { Thread } from '../threads/thread.ts';

/** Another thread that tries misconfigurations; one that has ended is followed by the next. */
export class TryingThread implements Worker, Disposable {
  #thread = new Thread();

  /** Until its code is loaded. */
  get ready(): Promise<void> {
    return this.#thread.ready;
  }

  /** @throws what nobody has caught in the thread; ERR_SIMULATOR_DEFECT if it ends; the signal's reason */
  async tryThem(attempts: readonly PreparedAttempt[], signal: AbortSignal): Promise<readonly Held[]> {
    const [first] = attempts;
    if (!first) return [];
    const { scenario, edition } = first;
    try {
      const trying = this.#thread.tryThem({ scenario, edition, ids: attempts.map(({ id }) => id) }, signal);
      return await unlessAborted(trying, signal);
    } catch (error) {
      this.#thread[Symbol.dispose]();
      if (!signal.aborted) this.#thread = new Thread();
      throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#thread[Symbol.dispose]();
  }
}
