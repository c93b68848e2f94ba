/** A thread that runs sessions beside the main one, with the code that is kept of the bundle. */
import { Worker } from 'node:worker_threads';
import { HarnessError, messageOf } from '../../base/errors.ts';
import { cliEntry } from '../up/release-folder.ts';
import type { Answer, Order, OrderedSession } from './orders.ts';

/** One more thread. It has one session at a time. */
export class Thread implements Disposable {
  readonly #worker: Worker;
  readonly #failed: Promise<never>;
  #hear: (answer: Answer) => void = () => {};
  /** Until its code is loaded; rejects if the thread ends before. */
  readonly ready: Promise<void>;

  /** Starts it: it gets ready while the main thread does. */
  constructor() {
    this.#worker = new Worker(cliEntry(), { argv: ['thread'] });
    this.#failed = new Promise((_resolve, reject) => {
      // Errors are cloned, with the stack that they had there.
      this.#worker.once('error', reject);
      this.#worker.once('exit', code =>
        reject(new HarnessError('ERR_SIMULATOR_DEFECT', `A thread ended (${code}).`)),
      );
    });
    // Whoever waits for something hears of it.
    this.#failed.catch(() => {});
    this.#worker.on('message', (answer: Answer) => this.#hear(answer));
    this.ready = this.#next(answer => answer.type === 'ready').then(() => {});
    this.ready.catch(() => {});
  }

  /**
   * Runs a session to its end.
   * @param onAnswer - called with each of its events, and what else it says
   * @param signal - interrupts it; it cleans up all the same
   * @returns what failed besides
   * @throws what nobody has caught in the thread; ERR_SIMULATOR_DEFECT if the thread ends
   */
  async run(
    session: OrderedSession,
    onAnswer: (answer: Answer) => void,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const interrupt = () => this.#say({ type: 'interrupt', reason: messageOf(signal.reason) });
    const ended = this.#next(answer => {
      if (answer.type === 'ended') return true;
      onAnswer(answer);
      return false;
    });
    this.#say({ type: 'run', session });
    signal.addEventListener('abort', interrupt);
    try {
      const last = await ended;
      return last.type === 'ended' ? last.listenerFailures : [];
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }

  #say(order: Order): void {
    this.#worker.postMessage(order);
  }

  /** Hears until an answer is the last one, or the thread has failed. */
  #next(isLast: (answer: Answer) => boolean): Promise<Answer> {
    return Promise.race([
      this.#failed,
      new Promise<Answer>(resolve => {
        this.#hear = answer => {
          if (isLast(answer)) resolve(answer);
        };
      }),
    ]);
  }
}
