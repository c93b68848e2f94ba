/** Runs the sessions of a command: in this thread one after the other, and in others beside it. */
import type { Heard, RunSession } from '../run-sessions.ts';
import { setForRuns } from '../v8-flags.ts';
import type { Thread } from './thread.ts';

/** What runs a session to its end. @returns what failed besides */
type Runner = (session: RunSession) => Promise<readonly string[]>;

/**
 * Starts sessions in their order, as many at once as there are threads, until the signal aborts.
 * @param threads - beside this one; none where sessions need this one
 * @param trouble - told of what failed besides
 * @returns how many were begun
 * @throws what nobody has caught in a thread
 */
export async function startAll(
  sessions: readonly RunSession[],
  threads: readonly Thread[],
  { heard, signal, trouble }: { heard: Heard; signal: AbortSignal; trouble: (text: string) => void },
): Promise<number> {
  const open = sessions.entries();
  let begun = 0;
  const runOpen = async (run: Runner) => {
    for (const [index, session] of open) {
      if (signal.aborted) return;
      begun += 1;
      const failures = await run(session);
      heard.order.tell(index, () => {
        for (const failure of failures) trouble(failure);
      });
      heard.order.end(index);
    }
  };
  await Promise.all([
    setWhenReady(threads),
    runOpen(async ({ prepared }) => (await prepared.start()).listenerFailures),
    ...threads.map(async thread => {
      await thread.ready;
      await runOpen(({ ordered, ear }) => thread.run(ordered, ear, signal));
    }),
  ]);
  return begun;
}

/** Sets V8 for runs. The flags are the process's: code that a thread loads later is refused. */
export async function setWhenReady(threads: readonly Pick<Thread, 'ready'>[]): Promise<void> {
  // Without threads it has to be now: a session begins in this turn.
  if (threads.length > 0) await Promise.all(threads.map(({ ready }) => ready));
  setForRuns(threads.length > 0);
}
