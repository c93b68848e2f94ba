/**
 * How a Job counts the pods that have ended: each keeps a finalizer until its uid stands in the status, so
 * that
 * none is counted twice or never (pkg/controller/job/job_controller.go @v1.34:
 * trackJobStatusAndRemoveFinalizers).
 */
import { isTrue, type Job, type Pod, timestamp } from '../../client/kinds.ts';
import type { LocalClient } from '../../client/local.ts';
import { hasCode } from '../../client/typed.ts';
import { formatIntervals, hasIndex } from '../../registry/index-intervals.ts';
import { byIndex, knownIntervals, validIndexOf, withIndexes } from './indexes.ts';
import {
  countUntracked,
  finished,
  listsOf,
  type StatusDraft,
  setCondition,
  type Verdict,
} from './job-status.ts';
import type { JobCounts } from './job-sync.ts';
import { isFailed, isTracked, judge, TRACKING } from './pod-ends.ts';

/** So many uids stand in a status at most. */
const MOST_UNCOUNTED = 500;

/** Writes a status. @returns the Job as it is stored then */
type WriteStatus = (job: Job) => Job;

/** Takes the finalizer from a pod, so that it may go; one that is gone already is no error. */
export function release(client: LocalClient, { metadata: { namespace = '', name = '' } }: Pod): void {
  try {
    client.modify('pods', namespace, name, draft => {
      const finalizers = draft.metadata['finalizers'];
      if (Array.isArray(finalizers))
        draft.metadata['finalizers'] = finalizers.filter(entry => entry !== TRACKING);
    });
  } catch (error) {
    if (!hasCode(error, 404)) throw error;
  }
}

/** The pods that a status can count now. */
interface Ended {
  readonly pods: readonly Pod[];
  readonly succeededIndexes: readonly number[];
  readonly isMore: boolean;
}

/** Puts the uids of pods that have ended into the draft. @param end - why the Job ends, if it does */
function collect(counts: JobCounts, draft: StatusDraft, end: Verdict | undefined): Ended {
  const { job, isIndexed } = counts;
  const { succeeded = [], failed = [] } = draft.uncountedTerminatedPods ?? {};
  const uids = { succeeded: [...succeeded], failed: [...failed] };
  const before = knownIntervals(job.status?.completedIndexes, job);
  const pods: Pod[] = [];
  const indexes: number[] = [];
  let isMore = false;
  for (const pod of isIndexed ? [...counts.all].sort(byIndex) : counts.all) {
    if (!isTracked(pod) || !mayRelease(counts, pod, end)) continue;
    pods.push(pod);
    const { uid = '' } = pod.metadata;
    const index = validIndexOf(pod, job);
    if (pod.status?.phase === 'Succeeded' && !uids.failed.includes(uid)) {
      if (!isIndexed && !uids.succeeded.includes(uid)) uids.succeeded.push(uid);
      if (isIndexed && index !== undefined && !hasIndex(before, index)) indexes.push(index);
    } else if (isFailed(pod, job) || end?.type === 'FailureTarget') {
      const isCounted = !uids.failed.includes(uid) && (!isIndexed || index !== undefined);
      if (isCounted && judge(job, pod).counts) uids.failed.push(uid);
    }
    isMore = indexes.length + uids.succeeded.length + uids.failed.length >= MOST_UNCOUNTED;
    if (isMore) break;
  }
  draft.uncountedTerminatedPods = listsOf(uids);
  return { pods, succeededIndexes: indexes, isMore };
}

/** Tells whether a pod need not be kept for the Job any longer. */
function mayRelease({ job, toReplace }: JobCounts, pod: Pod, end: Verdict | undefined): boolean {
  const isOver = job.metadata.deletionTimestamp !== undefined || end !== undefined;
  if (isOver || pod.status?.phase === 'Succeeded') return true;
  const index = validIndexOf(pod, job);
  return isFailed(pod, job) && (index === undefined || toReplace.get(index) !== pod);
}

function setIndexes(
  { job, indexes, isIndexed }: JobCounts,
  draft: StatusDraft,
  more: readonly number[],
): void {
  if (!isIndexed) return;
  const succeeded = withIndexes(indexes.succeeded, more);
  draft.succeeded = succeeded.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  draft.completedIndexes = formatIntervals(succeeded);
  if (job.spec.backoffLimitPerIndex === undefined) delete draft.failedIndexes;
  else draft.failedIndexes = formatIntervals(indexes.failed ?? []);
}

/**
 * Notes why the Job ends, before any finalizer is taken away.
 * @returns the condition that it gets when all is counted
 */
function announce(draft: StatusDraft, end: Verdict | undefined, now: number): Verdict | undefined {
  if (!end) return undefined;
  const isKnown = isTrue(draft.conditions, end.type);
  if (!isKnown) setCondition(draft, end, 'True', now);
  return { ...end, type: end.type === 'FailureTarget' ? 'Failed' : 'Complete' };
}

/**
 * Counts pods that have ended and writes the status, before and after their finalizers go.
 * @param draft - has everything but what this counts
 * @param end - why the Job ends, if it does
 * @param now - milliseconds since the epoch
 * @returns the condition with which the Job has ended by now; undefined if it goes on
 */
export function track(
  counts: JobCounts,
  draft: StatusDraft,
  end: Verdict | undefined,
  { client, write, now }: { readonly client: LocalClient; readonly write: WriteStatus; readonly now: number },
): Verdict | undefined {
  const tracked = new Set(counts.all.filter(isTracked).map(({ metadata }) => metadata.uid ?? ''));
  countUntracked(draft, tracked);
  const { pods, succeededIndexes: more, isMore } = collect(counts, draft, end);
  setIndexes(counts, draft, more);
  const last = announce(draft, end, now);
  const job = write({ ...counts.job, status: finished(draft) });
  for (const pod of pods) {
    release(client, pod);
    tracked.delete(pod.metadata.uid ?? '');
  }
  countUntracked(draft, tracked);
  const { succeeded = [], failed = [] } = draft.uncountedTerminatedPods ?? {};
  const isCounted = !isMore && succeeded.length + failed.length === 0;
  const isOver = last !== undefined && isCounted && counts.terminating === 0;
  if (isOver) {
    setCondition(draft, last, 'True', now);
    if (last.type === 'Complete') draft.completionTime = timestamp(now);
  }
  write({ ...job, status: finished(draft) });
  return isOver ? last : undefined;
}
