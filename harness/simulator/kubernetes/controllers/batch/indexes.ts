/**
 * The indexes of an indexed Job: which have succeeded or failed, and which pods have none of their own
 * (pkg/controller/job/indexed_job_utils.go @v1.34). Pure.
 */
import { isActive, type Job, type Pod } from '../../client/kinds.ts';
import {
  gapsIn,
  hasIndex,
  type Interval,
  mergeIntervals,
  sizeOf,
  toIntervals,
} from '../../registry/index-intervals.ts';
import { endedAt, isFailed, isTracked, judge, replacesFailedOnly } from './pod-ends.ts';

/** Annotation and label of a pod with its index. */
export const COMPLETION_INDEX = 'batch.kubernetes.io/job-completion-index';
const FAILURES = 'batch.kubernetes.io/job-index-failure-count';
const IGNORED_FAILURES = 'batch.kubernetes.io/job-index-ignored-failure-count';

/** Tells whether the pods of a Job have indexes. */
export const isIndexed = ({ spec }: Job): boolean => spec.completionMode === 'Indexed';

/** Returns the index of a pod; undefined if it has none. */
function indexOf({ metadata }: Pod): number | undefined {
  const text = metadata.annotations?.[COMPLETION_INDEX] ?? '';
  return /^\+?\d+$/.test(text) ? Number(text) : undefined;
}

/** Returns the index of a pod that the Job still has. */
export function validIndexOf(pod: Pod, { spec }: Job): number | undefined {
  const index = indexOf(pod);
  return index !== undefined && index < (spec.completions ?? 0) ? index : undefined;
}

function countOf({ metadata }: Pod, annotation: string): number {
  const count = Number.parseInt(metadata.annotations?.[annotation] ?? '', 10);
  return count > 0 && count < 2 ** 31 ? count : 0;
}

/** Counts the failures of a pod's index before it, those that a rule ignores included. */
export const failuresBefore = (pod: Pod): number => countOf(pod, FAILURES) + countOf(pod, IGNORED_FAILURES);

/** Reads intervals of a status or a rule; what is beyond the Job's completions is left out. */
export function knownIntervals(text: string | undefined, { spec }: Job): readonly Interval[] {
  const end = (spec.completions ?? 0) - 1;
  const intervals: Interval[] = [];
  for (const part of (text ?? '').split(',')) {
    const [first = Number.NaN, last = first] = part.split('-').map(limit => Number.parseInt(limit, 10));
    if (first >= 0 && first <= end && last >= first) intervals.push([first, Math.min(last, end)]);
  }
  return mergeIntervals(...intervals);
}

/** Adds indexes to intervals. */
export const withIndexes = (intervals: readonly Interval[], more: readonly number[]): readonly Interval[] =>
  more.length === 0 ? intervals : mergeIntervals(...intervals, ...toIntervals(more));

const indexesOf = (job: Job, pods: readonly Pod[]): readonly number[] =>
  pods.map(pod => validIndexOf(pod, job)).filter(index => index !== undefined);

/** Returns the indexes that have succeeded, with pods that are not counted yet. */
export function succeededIndexes(job: Job, pods: readonly Pod[]): readonly Interval[] {
  const ended = pods.filter(pod => pod.status?.phase === 'Succeeded' && isTracked(pod));
  return withIndexes(knownIntervals(job.status?.completedIndexes, job), indexesOf(job, ended));
}

/** Returns the indexes that have failed for good, by the limit per index. */
export function failedIndexes(job: Job, pods: readonly Pod[]): readonly Interval[] {
  const limit = job.spec.backoffLimitPerIndex ?? 0;
  const ended = pods.filter(pod => {
    if (!isTracked(pod) || !isFailed(pod, job)) return false;
    const { action, counts } = judge(job, pod);
    return action === 'FailIndex' || (counts && countOf(pod, FAILURES) >= limit);
  });
  return withIndexes(knownIntervals(job.status?.failedIndexes, job), indexesOf(job, ended));
}

/** What is known of the indexes of a Job. */
export interface Indexes {
  readonly succeeded: readonly Interval[];
  /** Undefined without a limit per index. */
  readonly failed: readonly Interval[] | undefined;
}

/** Returns the first indexes that have neither ended nor a pod. */
export function pendingIndexes(job: Job, pods: readonly Pod[], indexes: Indexes, count: number): number[] {
  const busy = pods.filter(pod => isActive(pod) || (replacesFailedOnly(job) && isTerminating(pod)));
  const taken = mergeIntervals(
    ...indexes.succeeded,
    ...(indexes.failed ?? []),
    ...toIntervals(indexesOf(job, busy)),
  );
  return gapsIn(taken, count, job.spec.completions ?? 0);
}

/** Tells whether a pod is on its way out, and has not ended yet. */
export const isTerminating = ({ metadata, status }: Pod): boolean =>
  metadata.deletionTimestamp !== undefined && status?.phase !== 'Succeeded' && status?.phase !== 'Failed';

/**
 * Returns the last failed pod of each index that waits to be replaced: its finalizer stays until the next pod
 * of the index has its count.
 */
export function podsToReplace(job: Job, pods: readonly Pod[], indexes: Indexes): ReadonlyMap<number, Pod> {
  const active = new Set(indexesOf(job, pods.filter(isActive)));
  const last = new Map<number, Pod>();
  for (const pod of pods) {
    const index = validIndexOf(pod, job);
    if (index === undefined || !isTracked(pod) || !isFailed(pod, job) || active.has(index)) continue;
    if (hasIndex(indexes.succeeded, index) || hasIndex(indexes.failed ?? [], index)) continue;
    const before = last.get(index);
    const isLater =
      !before || (failuresBefore(before) <= failuresBefore(pod) && endedAt(pod) >= endedAt(before));
    if (isLater) last.set(index, pod);
  }
  return last;
}

/** Returns the annotations that count the failures of an index for its next pod. */
export function failureAnnotations(job: Job, replaced: Pod | undefined): Record<string, string> {
  if (!replaced) return { [FAILURES]: '0' };
  const { counts } = judge(job, replaced);
  const ignored = countOf(replaced, IGNORED_FAILURES) + (counts ? 0 : 1);
  return {
    [FAILURES]: String(countOf(replaced, FAILURES) + (counts ? 1 : 0)),
    ...(ignored > 0 && { [IGNORED_FAILURES]: String(ignored) }),
  };
}

/** Says which rule of the success policy is met; undefined if none is (success_policy.go). */
export function successOf(job: Job, succeeded: readonly Interval[]): string | undefined {
  const rules = job.spec.successPolicy?.rules ?? [];
  if (succeeded.length === 0) return undefined;
  const met = rules.findIndex(({ succeededIndexes: wanted, succeededCount: count }) => {
    if (wanted === undefined) return count !== undefined && sizeOf(succeeded) >= count;
    const required = knownIntervals(wanted, job);
    if (required.length === 0) return false;
    const reached = overlap(required, succeeded);
    return reached === sizeOf(required) || (count !== undefined && reached >= count);
  });
  return met < 0 ? undefined : `Matched rules at index ${met}`;
}

function overlap(one: readonly Interval[], other: readonly Interval[]): number {
  let count = 0;
  for (const [first, last] of one)
    for (const [from, to] of other) count += Math.max(0, Math.min(last, to) - Math.max(first, from) + 1);
  return count;
}

/** Orders pods by their index; those without one come first. */
export const byIndex = (a: Pod, b: Pod): number => (indexOf(a) ?? -1) - (indexOf(b) ?? -1);
