/**
 * The questions of a doctor: side by side, each with a deadline of its own, so that what hangs is a finding
 * and holds nothing else up.
 */
import { unlessAborted } from '../base/abort.ts';
import { type Clock, systemClock } from '../base/clock.ts';
import { linkedSignal } from '../base/deadline.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import type { Finding } from './platform.ts';

export interface Question {
  readonly subject: string;
  /** The advice for a missing answer, unless the error has some of its own. */
  readonly fix: string;
  /** @param signal - aborts at the deadline: processes and requests end with it */
  readonly ask: (signal: AbortSignal) => Promise<readonly Finding[]> | readonly Finding[];
}

export interface AskOptions {
  readonly signal: AbortSignal;
  readonly clock?: Clock;
  /** Milliseconds for each; 4 seconds by default, since a doctor has 5 for all. */
  readonly deadlineMs?: number;
}

const DEADLINE_MS = 4000;

/**
 * Asks all questions side by side. A question that fails or gets no answer becomes a finding.
 * @throws the signal's reason
 */
export async function askAll(
  questions: readonly Question[],
  options: AskOptions,
): Promise<readonly Finding[]> {
  // Each question listens to it: there may be more than ten.
  using linked = linkedSignal(options.signal);
  const asking = { ...options, signal: linked.signal };
  const answers = await Promise.all(questions.map(question => askOne(question, asking)));
  options.signal.throwIfAborted();
  return answers.flat();
}

async function askOne({ subject, fix, ask }: Question, options: AskOptions): Promise<readonly Finding[]> {
  const { signal, clock = systemClock, deadlineMs = DEADLINE_MS } = options;
  using linked = linkedSignal(signal, {
    clock,
    timeoutMs: deadlineMs,
    reason: () => new Error(`no answer within ${deadlineMs / 1000} s`),
  });
  try {
    linked.signal.throwIfAborted();
    // What goes on after the deadline is not waited for: it may never end.
    return await unlessAborted(Promise.resolve(ask(linked.signal)), linked.signal);
  } catch (error) {
    const problem: unknown = linked.expired() ? linked.signal.reason : error;
    const hint = problem instanceof HarnessError ? problem.hint : undefined;
    return [{ subject, ok: false, found: messageOf(problem), fix: hint ?? fix }];
  }
}
