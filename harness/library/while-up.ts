/** What can be asked of a mesh while it is up; from the moment of its `stop()` on everything says so. */
import { setMaxListeners } from 'node:events';
import { unlessAborted } from '../base/abort.ts';
import { HarnessError } from '../base/errors.ts';

const HINT = 'Ask before stop(), or before the block of `await using` ends.';

/** How long a mesh is up. */
export class WhileUp {
  readonly #ending = new AbortController();

  constructor() {
    // As many calls as a program likes wait at once.
    setMaxListeners(0, this.#ending.signal);
  }

  /** Aborts when the mesh is stopped; its reason is an error for who has asked and has no answer yet. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  get isOver(): boolean {
    return this.signal.aborted;
  }

  /** @throws HarnessError ERR_USAGE if it is over */
  assert(asker: string): void {
    if (!this.isOver) return;
    throw new HarnessError('ERR_USAGE', `This mesh has been stopped: ${asker} comes too late.`, {
      hint: HINT,
    });
  }

  /**
   * Waits for an answer, at most until the mesh is stopped.
   * @throws HarnessError ERR_USAGE if it is over, before or meanwhile
   */
  async ask<Answer>(asker: string, work: () => Promise<Answer>): Promise<Answer> {
    this.assert(asker);
    return await unlessAborted(work(), this.signal);
  }

  end(): void {
    this.#ending.abort(
      new HarnessError('ERR_USAGE', 'This mesh was stopped while it was asked.', { hint: HINT }),
    );
  }

  /** Returns a client whose methods are asked while the mesh is up. */
  limit<Client extends object>(client: Client, cluster: string): Client {
    return new Proxy(client, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name, target);
        if (typeof value !== 'function') return value;
        return async (...given: readonly unknown[]) => {
          // Methods of a client are asynchronous.
          const work = async () => (await Reflect.apply(value, target, given)) as unknown;
          try {
            return await this.ask(`${String(name)} of ${cluster}`, work);
          } catch (error) {
            // Who has ended a watch, and then the mesh, is told of the first.
            throw error === this.signal.reason ? (endedBy(given)?.reason ?? error) : error;
          }
        };
      },
    });
  }
}

/** Finds a signal that has aborted among what a method was given. */
function endedBy(given: readonly unknown[]): AbortSignal | undefined {
  return given
    .map(each =>
      typeof each === 'object' && each !== null && 'signal' in each && !(each instanceof AbortSignal)
        ? each.signal
        : each,
    )
    .find(each => each instanceof AbortSignal && each.aborted) as AbortSignal | undefined; // as it was found
}
