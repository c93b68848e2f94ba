/**
 * One look at a Job: its pods are counted, made or removed, and its status is brought up to date
 * (pkg/controller/job/job_controller.go @v1.34: syncJob).
 */
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import { type Condition, isActive, type Job, type Pod } from '../../client/kinds.ts';
import type { CreationOutcome, PodControl, PodOwner } from '../pod-control.ts';
import { inRemovalOrder } from '../removal-order.ts';
import { readySince } from '../replica-set-status.ts';
import { type Failures, remainingMs } from './backoff.ts';
import {
  failedIndexes,
  failuresBefore,
  type Indexes,
  isIndexed,
  isTerminating,
  pendingIndexes,
  podsToReplace,
  succeededIndexes,
  validIndexOf,
} from './indexes.ts';
import { jobPod } from './job-pod.ts';
import { endedAt, isFailed, isTracked, judge, replacesFailedOnly } from './pod-ends.ts';

/** So many pods are made or removed at once. */
const MOST_AT_ONCE = 500;
const NOTHING_MADE: CreationOutcome = { made: 0, failure: undefined };

/** What a look at a Job needs beside the Job. */
interface JobSurroundings {
  readonly pods: Pick<PodControl, 'createAll'> & {
    /** Deletes active pods, which then count neither as failures nor as successes. */
    discard(owner: PodOwner, pods: readonly Pod[]): void;
  };
  /** Milliseconds since the epoch. */
  now(): number;
  /** Asks for another look. */
  lookAgainIn(delayMs: number): void;
}

/** The pods of a Job in numbers, as of one look. */
export class JobCounts {
  readonly job: Job;
  readonly all: readonly Pod[];
  readonly owner: PodOwner;
  readonly isIndexed: boolean;
  readonly indexes: Indexes;
  /** By index: the pods that wait to be replaced. */
  readonly toReplace: ReadonlyMap<number, Pod>;
  readonly newlySucceeded: readonly Pod[];
  readonly newlyFailed: readonly Pod[];
  readonly succeeded: number;
  readonly failed: number;
  active: readonly Pod[];
  terminating: number;

  constructor(job: Job, pods: readonly Pod[]) {
    this.job = job;
    this.all = pods;
    this.owner = { apiVersion: 'batch/v1', kind: 'Job', owner: job };
    this.active = pods.filter(isActive);
    this.terminating = pods.filter(isTerminating).length;
    this.isIndexed = isIndexed(job);
    const hasLimit = job.spec.backoffLimitPerIndex !== undefined;
    this.indexes = {
      succeeded: this.isIndexed ? succeededIndexes(job, pods) : [],
      failed: this.isIndexed && hasLimit ? failedIndexes(job, pods) : undefined,
    };
    this.toReplace = this.indexes.failed ? podsToReplace(job, pods, this.indexes) : new Map();
    const uncounted = job.status?.uncountedTerminatedPods ?? {};
    const isNew = (pod: Pod, known: readonly string[]) =>
      isTracked(pod) &&
      !known.includes(pod.metadata.uid ?? '') &&
      (!this.isIndexed || validIndexOf(pod, job) !== undefined);
    const { succeeded = [], failed = [] } = uncounted;
    this.newlySucceeded = pods.filter(pod => pod.status?.phase === 'Succeeded' && isNew(pod, succeeded));
    this.newlyFailed = pods.filter(pod => isFailed(pod, job) && isNew(pod, failed));
    this.succeeded = this.isIndexed
      ? this.indexes.succeeded.reduce((sum, [first, last]) => sum + last - first + 1, 0)
      : (job.status?.succeeded ?? 0) + this.newlySucceeded.length + succeeded.length;
    const counted = this.newlyFailed.filter(pod => judge(job, pod).counts).length;
    this.failed = (job.status?.failed ?? 0) + counted + failed.length;
  }

  /** How many of the active pods are ready. */
  get ready(): number {
    return this.active.filter(pod => readySince(pod) !== undefined).length;
  }

  /** Notes that active pods have been told to end. */
  removed(pods: readonly Pod[]): void {
    const gone = new Set(pods);
    this.active = this.active.filter(pod => !gone.has(pod));
    this.terminating += pods.length;
  }
}

/**
 * Returns why a Job ends, by its pods and the clock: a condition without its time; undefined if it goes on.
 */
export function endOf(
  counts: JobCounts,
  now: number,
): Pick<Condition, 'type' | 'reason' | 'message'> | undefined {
  const { job, indexes } = counts;
  const { conditions } = job.status ?? {};
  const known = conditions?.find(
    ({ type, status }) => (type === 'SuccessCriteriaMet' || type === 'FailureTarget') && status === 'True',
  );
  if (known) return known;
  const failed = (reason: string, message: string) => ({ type: 'FailureTarget', reason, message });
  const message = counts.all
    .filter(pod => isFailed(pod, job))
    .map(pod => judge(job, pod).message)
    .find(text => text !== undefined);
  if (message !== undefined) return failed('PodFailurePolicy', message);
  if (counts.failed > (job.spec.backoffLimit ?? 6) || restartsTooOften(job, counts.all))
    return failed('BackoffLimitExceeded', 'Job has reached the specified backoff limit');
  if (isPastDeadline(job, now))
    return failed('DeadlineExceeded', 'Job was active longer than specified deadline');
  if (indexes.failed) {
    const lost = indexes.failed.reduce((sum, [first, last]) => sum + last - first + 1, 0);
    if (lost > (job.spec.maxFailedIndexes ?? Number.POSITIVE_INFINITY)) {
      const text = 'Job has exceeded the specified maximal number of failed indexes';
      return failed('MaxFailedIndexesExceeded', text);
    }
    if (lost > 0 && lost + counts.succeeded >= (job.spec.completions ?? 0))
      return failed('FailedIndexes', 'Job has failed indexes');
  }
  return undefined;
}

/** Restarts of containers count where pods are not replaced (pastBackoffLimitOnFailure). */
function restartsTooOften({ spec }: Job, pods: readonly Pod[]): boolean {
  if (spec.template.spec.restartPolicy !== 'OnFailure') return false;
  const restarts = pods
    .filter(({ status }) => status?.phase === 'Running' || status?.phase === 'Pending')
    .flatMap(({ status }) => [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])])
    .reduce((sum, { restartCount }) => sum + restartCount, 0);
  const limit = spec.backoffLimit ?? 6;
  return limit === 0 ? restarts > 0 : restarts >= limit;
}

/** Returns when the Job has to be done; undefined if it has all the time, or is suspended. */
export function deadlineOf({ spec, status }: Job): number | undefined {
  const { activeDeadlineSeconds: seconds, suspend } = spec;
  if (seconds === undefined || suspend || status?.startTime === undefined) return undefined;
  return Date.parse(status.startTime) + seconds * 1000;
}

const isPastDeadline = (job: Job, now: number): boolean =>
  now >= (deadlineOf(job) ?? Number.POSITIVE_INFINITY);

/** Removes or makes pods until as many are active as should be (manageJob). */
export async function managePods(
  counts: JobCounts,
  failures: Failures,
  { pods: control, now, lookAgainIn }: JobSurroundings,
): Promise<CreationOutcome> {
  const { job, owner } = counts;
  if (job.spec.suspend) {
    control.discard(owner, inRemovalOrder(counts.active, counts.active, now()));
    counts.removed(counts.active);
    return NOTHING_MADE;
  }
  const wanted = wantedPods(counts);
  const surplus = podsToRemove(counts, Math.max(0, counts.active.length - wanted), now()).slice(
    0,
    MOST_AT_ONCE,
  );
  if (surplus.length > 0) {
    control.discard(owner, surplus);
    counts.removed(surplus);
    return NOTHING_MADE;
  }
  const leaving = replacesFailedOnly(job) ? counts.terminating : 0;
  const missing = Math.min(wanted - leaving - counts.active.length, MOST_AT_ONCE);
  if (missing <= 0) return NOTHING_MADE;
  const waitMs = counts.indexes.failed ? 0 : remainingMs(failures, now());
  if (waitMs > 0) {
    lookAgainIn(waitMs);
    return NOTHING_MADE;
  }
  return await createPods(counts, missing, { control, now, lookAgainIn });
}

function wantedPods({ job, succeeded, active }: JobCounts): number {
  const { completions, parallelism = 1 } = job.spec;
  // Without a number of completions, the first success ends the making of pods.
  if (completions === undefined) return succeeded > 0 ? active.length : parallelism;
  return Math.max(0, Math.min(completions - succeeded, parallelism));
}

/** Returns pods that are too many: of an index that another has, or of none; then by the usual order. */
function podsToRemove(
  { job, active, isIndexed: hasIndexes }: JobCounts,
  atLeast: number,
  now: number,
): readonly Pod[] {
  if (!hasIndexes) return atLeast === 0 ? [] : inRemovalOrder(active, active, now).slice(0, atLeast);
  const kept = new Map<number, Pod>();
  const surplus: Pod[] = [];
  // The last in the order of removal is the one to keep.
  for (const pod of inRemovalOrder(active, active, now)) {
    const index = validIndexOf(pod, job);
    const other = index === undefined ? undefined : kept.get(index);
    if (index === undefined) surplus.push(pod);
    else {
      if (other) surplus.push(other);
      kept.set(index, pod);
    }
  }
  const left = [...kept.values()];
  return [...surplus, ...left.slice(0, Math.max(0, atLeast - surplus.length))];
}

async function createPods(
  counts: JobCounts,
  missing: number,
  {
    control,
    now,
    lookAgainIn,
  }: { readonly control: JobSurroundings['pods'] } & Pick<JobSurroundings, 'now' | 'lookAgainIn'>,
): Promise<CreationOutcome> {
  const { job, owner, toReplace } = counts;
  if (!counts.isIndexed) {
    const pods = Array.from({ length: missing }, (): KubernetesObject => jobPod(job));
    return await control.createAll(owner, pods);
  }
  let free = pendingIndexes(job, counts.all, counts.indexes, missing);
  if (counts.indexes.failed) {
    const waits = free.map(index => waitOf(toReplace.get(index), now()));
    const shortest = Math.min(...waits);
    free = free.filter((_, place) => waits[place] === 0);
    if (free.length === 0 && Number.isFinite(shortest)) lookAgainIn(shortest);
  }
  const pods = free.map(index => jobPod(job, { index, replaces: toReplace.get(index) }));
  return await control.createAll(owner, pods);
}

/** How long an index waits for its next pod: by its own failures. */
const waitOf = (replaced: Pod | undefined, now: number): number =>
  replaced ? remainingMs({ count: failuresBefore(replaced) + 1, lastAt: endedAt(replaced) }, now) : 0;

/** Tells whether enough pods have succeeded, and none is left. */
export function isComplete({ job, succeeded }: JobCounts, active: number): boolean {
  const { completions } = job.spec;
  return active === 0 && (completions === undefined ? succeeded > 0 : succeeded >= completions);
}
