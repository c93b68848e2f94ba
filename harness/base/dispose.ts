/** Clean-up in reverse order that tries everything and reports all that failed. */
import { systemClock, type Timer } from './clock.ts';
import { messageOf } from './errors.ts';
import { redact } from './redact.ts';

/** What was made and how to undo it; the disposal undoes the last thing first. */
export class CleanupStack implements AsyncDisposable {
  readonly #undos: { readonly what: string; readonly undo: () => Promise<void> | void }[] = [];

  /** Registers an undo; call it before the work that it undoes, so that a half-made thing is undone too. */
  add(what: string, undo: () => Promise<void> | void): void {
    this.#undos.push({ what, undo });
  }

  /** Hands all undos over to a new stack; the disposal of this one then does nothing. */
  move(): CleanupStack {
    const moved = new CleanupStack();
    moved.#undos.push(...this.#undos.splice(0));
    return moved;
  }

  /**
   * Undoes everything, the last first.
   * @throws AggregateError with every failure, after it has tried all undos
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let entry = this.#undos.pop(); entry; entry = this.#undos.pop()) {
      try {
        await entry.undo();
      } catch (error) {
        failures.push(new Error(`${entry.what}: ${messageOf(error)}`, { cause: error }));
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The clean-up failed in part.');
  }
}

/**
 * Disposes of the stack, but waits no longer than `deadlineMs` milliseconds of the wall's clock: a simulated
 * world's clock may be what hangs. Work that is late goes on unwatched.
 * @returns what failed, one redacted sentence each; never throws
 */
export async function disposeWithin(cleanUp: CleanupStack, deadlineMs: number): Promise<string[]> {
  let timer: Timer | undefined;
  const late = new Promise<string[]>(resolve => {
    timer = systemClock.setTimeout(
      () => resolve([`It did not end within ${deadlineMs / 1000} s.`]),
      deadlineMs,
    );
  });
  const work = cleanUp[Symbol.asyncDispose]().then(
    () => [],
    (error: unknown) =>
      (error instanceof AggregateError ? error.errors : [error]).map(each => redact(messageOf(each))),
  );
  const failures = await Promise.race([work, late]);
  systemClock.clearTimeout(timer);
  return failures;
}
