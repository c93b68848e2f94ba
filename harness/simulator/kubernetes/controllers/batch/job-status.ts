/** The status of a Job while it is worked out. Pure. */
import { type Condition, type JobStatus, timestamp } from '../../client/kinds.ts';

/** A status that can be changed. */
export type StatusDraft = { -readonly [K in keyof JobStatus]?: JobStatus[K] };

/** A condition without its times. */
export type Verdict = Pick<Condition, 'type' | 'reason' | 'message'>;

/** Makes a condition of this moment. @param now - milliseconds since the epoch */
function conditionAt(
  { type, reason, message }: Verdict,
  status: Condition['status'],
  now: number,
): Condition {
  const time = timestamp(now);
  return {
    type,
    status,
    lastProbeTime: time,
    lastTransitionTime: time,
    ...(reason !== undefined && { reason }),
    ...(message !== undefined && { message }),
  };
}

/**
 * Sets a condition (ensureJobConditionStatus): one that is absent is not made to say that it is false.
 * @returns whether anything has changed
 */
export function setCondition(
  draft: StatusDraft,
  verdict: Verdict,
  status: Condition['status'],
  now: number,
): boolean {
  const conditions = draft.conditions ?? [];
  const known = conditions.find(({ type }) => type === verdict.type);
  if (known) {
    const isSame =
      known.status === status && known.reason === verdict.reason && known.message === verdict.message;
    if (isSame) return false;
    const next = conditionAt(verdict, status, now);
    draft.conditions = conditions.map(condition => (condition === known ? next : condition));
    return true;
  }
  if (status === 'False') return false;
  draft.conditions = [...conditions, conditionAt(verdict, status, now)];
  return true;
}

/**
 * Moves uids of pods that no longer have their finalizer into the counts
 * (cleanUncountedPodsWithoutFinalizers).
 * @param tracked - the uids of pods that have it
 * @returns whether anything has changed
 */
export function countUntracked(draft: StatusDraft, tracked: ReadonlySet<string>): boolean {
  const { succeeded = [], failed = [] } = draft.uncountedTerminatedPods ?? {};
  const left = {
    succeeded: succeeded.filter(uid => tracked.has(uid)),
    failed: failed.filter(uid => tracked.has(uid)),
  };
  const counted = {
    succeeded: succeeded.length - left.succeeded.length,
    failed: failed.length - left.failed.length,
  };
  if (counted.succeeded + counted.failed === 0) return false;
  if (counted.succeeded > 0) draft.succeeded = (draft.succeeded ?? 0) + counted.succeeded;
  if (counted.failed > 0) draft.failed = (draft.failed ?? 0) + counted.failed;
  draft.uncountedTerminatedPods = listsOf(left);
  return true;
}

/** Leaves empty lists out, as Go's JSON does. */
export function listsOf({
  succeeded,
  failed,
}: {
  readonly succeeded: readonly string[];
  readonly failed: readonly string[];
}): NonNullable<JobStatus['uncountedTerminatedPods']> {
  return { ...(succeeded.length > 0 && { succeeded }), ...(failed.length > 0 && { failed }) };
}

/** Leaves counts of 0 out, as Go's JSON does; `ready` and `terminating` are told always. */
export function finished(draft: StatusDraft): JobStatus {
  const { active = 0, succeeded = 0, failed = 0, completedIndexes = '', ...rest } = draft;
  return {
    ...(active > 0 && { active }),
    ...(succeeded > 0 && { succeeded }),
    ...(failed > 0 && { failed }),
    ...(completedIndexes !== '' && { completedIndexes }),
    ...rest,
  };
}
