/** Puts back what a check changed, whatever ends the check. */
import { linkedSignal } from '../base/deadline.ts';
import { CleanupStack } from '../base/dispose.ts';
import { messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import type { CheckContext, CheckOutcome } from './check.ts';

/** Milliseconds of the mesh's clock for one thing that is put back. */
const UNDO_MS = 30_000;

/** What a check has changed so far. */
export interface Changes {
  /**
   * Registers how something is put back; called before it is changed, so that a half-made change is undone
   * too. The undo has a signal of its own: the check's may be what ended it.
   * @param what - in words, with a command that does the same by hand
   */
  undoWith(what: string, undo: (signal: AbortSignal) => Promise<unknown>): void;
  /** Puts everything back now, the last change first. @throws AggregateError with all that failed */
  putBack(): Promise<void>;
}

/**
 * Lets a check change something, and puts it back at the end: of a verdict, of a failure, of an abort.
 * @returns the check's outcome; `unknown` if something could not be put back, with what is to be done by hand
 */
export async function withChanges(
  context: CheckContext,
  work: (changes: Changes) => Promise<CheckOutcome>,
): Promise<CheckOutcome> {
  const { clock, onProgress } = context;
  const stack = new CleanupStack();
  const changes: Changes = {
    undoWith: (what, undo) => {
      let isDone = false;
      const once = async () => {
        if (isDone) return;
        using linked = linkedSignal(undefined, { clock, timeoutMs: UNDO_MS });
        await undo(linked.signal);
        isDone = true;
      };
      stack.add(what, once);
      // Whoever runs the check tries what fails here once more, and tells of it also after an interruption.
      context.putBack(what, once);
    },
    putBack: () => stack[Symbol.asyncDispose](),
  };
  let failure: string | undefined;
  const finish = async () => {
    try {
      await changes.putBack();
    } catch (error) {
      const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
      failure = `What it changed is not put back: ${redact(errors.map(messageOf).join('; '))}`;
      onProgress(failure);
    }
  };
  let outcome: CheckOutcome;
  try {
    outcome = await work(changes);
  } catch (error) {
    await finish();
    throw error;
  }
  await finish();
  return failure === undefined
    ? outcome
    : { outcome: 'unknown', found: `${failure}. Before that: ${outcome.found}`, evidence: outcome.evidence };
}
