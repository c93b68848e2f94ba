/** Runs checks: one after the other, those that ask from different clusters side by side. */
import { linkedSignal } from '../base/deadline.ts';
import { CleanupStack, disposeWithin } from '../base/dispose.ts';
import { HarnessError, messageOf } from '../base/errors.ts';
import { redact } from '../base/redact.ts';
import type { Plan } from '../plan/step.ts';
import type { PlatformAdjustment } from '../platform/platform.ts';
import type { Check, CheckContext, CheckOutcome, CheckResult } from '../verify/check.ts';
import type { Emitter } from './emitter.ts';
import { withRepair } from './repair.ts';

/** Milliseconds of the wall's clock to put back what one check has changed. */
const PUT_BACK_MS = 60_000;

export interface RunChecksOptions {
  readonly context: Omit<CheckContext, 'signal' | 'onProgress' | 'putBack'>;
  /** Milliseconds until a check counts as hung. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal;
  readonly emitter: Emitter;
  /** For what repairs a fault. */
  readonly plan: Plan;
  readonly adjustments: readonly PlatformAdjustment[];
  /** Called with what of a check's changes could not be put back, a sentence each. */
  readonly onNotPutBack: (failures: readonly string[]) => void;
  /** Called for each result, in the order in which they come, before the next group is begun. */
  readonly onResult: (result: CheckResult) => Promise<void>;
}

/**
 * Runs checks, group by group.
 * @returns the results in the order of `checks`; fewer if the run was interrupted
 */
export async function runChecks(
  checks: readonly Check[],
  options: RunChecksOptions,
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for (const group of groupsOf(checks)) {
    if (options.signal.aborted) break;
    const ended = await Promise.all(group.map(check => runCheck(check, options)));
    for (const result of ended) {
      if (!result) continue;
      results.push(result);
      if (!options.signal.aborted) await options.onResult(result);
    }
  }
  return results;
}

/**
 * Groups checks that may run at once: neighbours that ask from different clusters. A check of no cluster is
 * alone in its group, and so is each extended one, which reads counters.
 */
export function groupsOf(checks: readonly Check[]): readonly (readonly Check[])[] {
  const groups: Check[][] = [];
  for (const check of checks) {
    const last = groups.at(-1);
    const fits = last?.every(
      other =>
        check.level === 'core' &&
        other.level === 'core' &&
        check.cluster !== undefined &&
        other.cluster !== undefined &&
        other.cluster !== check.cluster,
    );
    if (last && fits) last.push(check);
    else groups.push([check]);
  }
  return groups;
}

async function runCheck(check: Check, options: RunChecksOptions): Promise<CheckResult | undefined> {
  const { context, deadlineMs, signal, emitter } = options;
  const { clock } = context;
  const { id, sentence, level, isNamed, cluster } = check;
  emitter.emit({ type: 'check-started', check: id });
  const startedAtMs = clock.now();
  using linked = linkedSignal(signal, {
    clock,
    timeoutMs: deadlineMs,
    reason: () => new HarnessError('ERR_TIMEOUT', `The check did not end within ${deadlineMs / 1000} s.`),
  });
  let lastMessage = '';
  let outcome: CheckOutcome;
  const changes = new CleanupStack();
  try {
    const told = await check.run({
      ...context,
      signal: linked.signal,
      onProgress: message => {
        if (message !== lastMessage)
          emitter.emit({ type: 'check-progress', check: id, message: redact(message) });
        lastMessage = message;
      },
      putBack: (what, undo) => changes.add(what, undo),
    });
    outcome = {
      ...told,
      ...(told.diagnosis && { diagnosis: withRepair(told.diagnosis, options.plan, options.adjustments) }),
    };
  } catch (error) {
    if (signal.aborted) return undefined;
    outcome = { outcome: 'unknown', found: redact(messageOf(error)), evidence: null };
  } finally {
    options.onNotPutBack(await disposeWithin(changes, PUT_BACK_MS));
  }
  const result: CheckResult = {
    ...{ id, sentence, level },
    ...(isNamed && { isNamed }),
    ...(cluster !== undefined && { cluster }),
    ...outcome,
  };
  emitter.emit({ type: 'check-ended', result, durationMs: clock.now() - startedAtMs });
  return result;
}
