/** Clean-up in reverse order that tries everything and reports all that failed. */
import { systemClock, type Timer } from './clock.ts';
import { messageOf } from './errors.ts';
import { redact } from './redact.ts';

interface Undo {
  readonly what: string;
  readonly undo: () => Promise<void> | void;
  readonly beside: string | undefined;
}

/** What was made and how to undo it; the disposal undoes the last thing first. */
export class CleanupStack implements AsyncDisposable {
  readonly #undos: Undo[] = [];

  /**
   * Registers an undo; call it before the work that it undoes, so that a half-made thing is undone too.
   * @param beside - a word for things that need nothing of each other: those that were registered in a
   *   row with the same word are undone side by side
   */
  add(what: string, undo: () => Promise<void> | void, beside?: string): void {
    this.#undos.push({ what, undo, beside });
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
    const attempt = async ({ what, undo }: Undo) => {
      try {
        await undo();
      } catch (error) {
        failures.push(new Error(`${what}: ${messageOf(error)}`, { cause: error }));
      }
    };
    for (let row = this.#lastRow(); row.length > 0; row = this.#lastRow())
      await Promise.all(row.map(attempt));
    if (failures.length > 0) throw new AggregateError(failures, 'The clean-up failed in part.');
  }

  /** Takes the last undo off, with those before it that may go beside it. */
  #lastRow(): readonly Undo[] {
    const last = this.#undos.pop();
    if (!last) return [];
    const row = [last];
    while (last.beside !== undefined && this.#undos.at(-1)?.beside === last.beside)
      row.push(...this.#undos.splice(-1));
    return row;
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
