/** A thread that works beside the main one, with the code that is kept of the bundle. */
import { Worker } from 'node:worker_threads';
import { HarnessError, messageOf } from '../../base/errors.ts';
import type { Held } from '../../matrix/hold.ts';
import { cliEntry } from '../up/release-folder.ts';
import type { Answer, Order, OrderedAttempts, OrderedSession } from './orders.ts';

/** One more thread. It has one order at a time. */
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
      this.#worker.once('exit', () =>
        reject(new HarnessError('ERR_SIMULATOR_DEFECT', 'The thread of it ended.')),
      );
    });
    // Whoever waits for something hears of it.
    this.#failed.catch(() => {});
    this.#worker.on('message', (answer: Answer) => this.#hear(answer));
    this.ready = this.#next(answer => (answer.type === 'ready' ? true : undefined)).then(() => {});
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
    const ended = this.#next(answer => {
      if (answer.type === 'ended') return answer.listenerFailures;
      onAnswer(answer);
      return undefined;
    });
    return await this.#order({ type: 'run', session }, ended, signal);
  }

  /**
   * Tries misconfigurations.
   * @returns what became of each, in their order
   * @throws as run
   */
  async tryThem(attempts: OrderedAttempts, signal: AbortSignal): Promise<readonly Held[]> {
    const tried = this.#next(answer => (answer.type === 'tried' ? answer.held : undefined));
    return await this.#order({ type: 'try', attempts }, tried, signal);
  }

  [Symbol.dispose](): void {
    void this.#worker.terminate();
  }

  /** Gives an order, and interrupts it if the signal aborts before it is carried out. */
  async #order<Done>(order: Order, done: Promise<Done>, signal: AbortSignal): Promise<Done> {
    const interrupt = () => this.#say({ type: 'interrupt', reason: messageOf(signal.reason) });
    this.#say(order);
    signal.addEventListener('abort', interrupt);
    try {
      return await done;
    } finally {
      signal.removeEventListener('abort', interrupt);
    }
  }

  #say(order: Order): void {
    this.#worker.postMessage(order);
  }

  /** Hears until an answer has what is waited for, or the thread has failed. */
  #next<Last>(take: (answer: Answer) => Last | undefined): Promise<Last> {
    return Promise.race([
      this.#failed,
      new Promise<Last>(resolve => {
        this.#hear = answer => {
          const last = take(answer);
          if (last !== undefined) resolve(last);
        };
      }),
    ]);
  }
}
