/** Jobs: pods that are run until enough of them have succeeded, or too many have failed. */

import type { TypedEvent } from '../../client/cluster-client.ts';
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../../client/controller.ts';
import { type EventRecorder, referenceTo } from '../../client/event-recorder.ts';
import { controllerOf, isJobFinished, type Job, keyOf, type Pod, timestamp } from '../../client/kinds.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { claim } from '../claim.ts';
import { claimantsOf } from '../claimants.ts';
import { PodControl, type PodOwner } from '../pod-control.ts';
import { FailureBook } from './backoff.ts';
import { successOf } from './indexes.ts';
import { type StatusDraft, setCondition, type Verdict } from './job-status.ts';
import { deadlineOf, endOf, isComplete, JobCounts, managePods } from './job-sync.ts';
import { release, track } from './job-tracking.ts';
import { isTracked, TRACKING } from './pod-ends.ts';

const KIND = 'jobs.batch';
/** Changes of pods are looked at together (syncJobBatchPeriod). */
const BATCH_MS = 1000;
/** The name by which `managedBy` means this controller. */
const OWN_NAME = 'kubernetes.io/job-controller';
const REACHED: Verdict = {
  type: 'SuccessCriteriaMet',
  reason: 'CompletionsReached',
  message: 'Reached expected number of succeeded pods',
};

class JobController implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #pods: PodControl;
  readonly #queue: WorkQueue;
  /** Pods whose Job is gone or done. */
  readonly #orphans: WorkQueue;
  readonly #book = new FailureBook();
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'job-controller');
    this.#pods = new PodControl(context, this.#events);
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    this.#orphans = new WorkQueue(component, key => this.#releaseOrphan(key), 'pods', 0);
    this.#stops = [
      () => this.#queue.stop(),
      () => this.#orphans.stop(),
      client.watch(KIND, {}, event => this.#onJob(event)),
      client.watch('pods', {}, event => this.#onPod(event)),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #onJob({ type, object, previous }: TypedEvent<Job>): void {
    const key = keyOf(object);
    const isNewSpec =
      object.metadata.generation !== previous?.metadata.generation ||
      object.metadata.deletionTimestamp !== previous?.metadata.deletionTimestamp;
    if (type === 'MODIFIED' && !isNewSpec) this.#queue.addAfter(key, BATCH_MS);
    else this.#queue.add(key);
    if (type !== 'DELETED') return;
    for (const pod of this.#context.client.list('pods', { namespace: object.metadata.namespace ?? '' }))
      if (isTracked(pod) && controllerOf(pod)?.uid === object.metadata.uid) this.#orphans.add(keyOf(pod));
  }

  #onPod(event: TypedEvent<Pod>): void {
    const jobs = (namespace: string) => this.#context.client.list(KIND, { namespace });
    for (const key of claimantsOf(event, 'Job', jobs)) this.#queue.addAfter(key, BATCH_MS);
    if (event.type !== 'DELETED' && isTracked(event.object) && this.#isOrphan(event.object))
      this.#orphans.add(keyOf(event.object));
  }

  /** Tells whether no Job will count this pod. */
  #isOrphan(pod: Pod): boolean {
    const owner = controllerOf(pod);
    if (!owner) return true;
    if (owner.kind !== 'Job') return false;
    const job = this.#context.client.get(KIND, pod.metadata.namespace ?? '', owner.name);
    if (job?.metadata.uid !== owner.uid || !job) return true;
    return !isManagedElsewhere(job) && isJobFinished(job);
  }

  #releaseOrphan(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#context.client.get('pods', namespace, name);
    if (pod && isTracked(pod) && this.#isOrphan(pod)) release(this.#context.client.local, pod);
  }

  async #sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const { client } = this.#context;
    const job = client.get(KIND, namespace, name);
    if (!job || isJobFinished(job)) this.#book.forget(key);
    if (!job || isJobFinished(job) || isManagedElsewhere(job)) return;
    const pods = claim(
      client.local,
      'pods',
      { apiVersion: 'batch/v1', kind: 'Job', owner: job, finalizer: TRACKING },
      client.list('pods', { namespace }),
    );
    await this.#bringOn(key, new JobCounts(job, pods));
  }

  /** Makes or removes pods, and writes the status. */
  async #bringOn(key: string, counts: JobCounts): Promise<void> {
    const { client, clock } = this.#context;
    const { job } = counts;
    const draft: StatusDraft = { uncountedTerminatedPods: {}, ...job.status };
    if (draft.startTime === undefined && !job.spec.suspend) draft.startTime = timestamp(clock.now());
    const failures = this.#book.next(key, counts.newlySucceeded, counts.newlyFailed);
    let end: Verdict | undefined = endOf(counts, clock.now()) ?? successByPolicy(counts);
    let failure: unknown;
    let active = counts.active.length;
    if (end) this.#removeActive(counts);
    else {
      this.#lookAtDeadline(key, { ...job, status: draft });
      const isGoing = job.metadata.deletionTimestamp === undefined;
      const outcome = isGoing ? await this.#manage(key, counts, failures) : { made: 0, failure: undefined };
      failure = outcome.failure;
      active = counts.active.length + outcome.made;
      if (isComplete(counts, active)) end = REACHED;
      else if (isGoing) this.#tellSuspension(job, draft);
    }
    if (end) active = counts.active.length;
    draft.active = active;
    draft.ready = counts.ready;
    draft.terminating = counts.terminating;
    const last = track(counts, draft, end, {
      client: client.local,
      write: changed => client.updateStatus(KIND, changed),
      now: clock.now(),
    });
    this.#book.keep(key, failures);
    if (last) this.#tellEnd(job, draft, last);
    if (failure !== undefined) throw failure;
  }

  #manage(key: string, counts: JobCounts, failures: Parameters<typeof managePods>[1]) {
    const pods = {
      createAll: this.#pods.createAll.bind(this.#pods),
      discard: (owner: PodOwner, unwanted: readonly Pod[]) => this.#discard(owner, unwanted),
    };
    return managePods(counts, failures, {
      pods,
      now: () => this.#context.clock.now(),
      lookAgainIn: delayMs => this.#queue.addAfter(key, delayMs),
    });
  }

  /** Deletes pods that nobody is to count: their finalizer goes first (deleteJobPods). */
  #discard(owner: PodOwner, pods: readonly Pod[]): void {
    for (const pod of pods) {
      release(this.#context.client.local, pod);
      this.#pods.delete(owner, pod);
    }
  }

  #removeActive(counts: JobCounts): void {
    for (const pod of counts.active) this.#pods.delete(counts.owner, pod);
    counts.removed(counts.active);
  }

  #lookAtDeadline(key: string, job: Job): void {
    const deadline = deadlineOf(job);
    if (deadline !== undefined) this.#queue.addAfter(key, Math.max(0, deadline - this.#context.clock.now()));
  }

  /** Notes that a Job was suspended, or goes on: then its time begins anew. */
  #tellSuspension(job: Job, draft: StatusDraft): void {
    const now = this.#context.clock.now();
    const isSuspended = job.spec.suspend === true;
    const verdict = isSuspended
      ? { type: 'Suspended', reason: 'JobSuspended', message: 'Job suspended' }
      : { type: 'Suspended', reason: 'JobResumed', message: 'Job resumed' };
    if (!setCondition(draft, verdict, isSuspended ? 'True' : 'False', now)) return;
    this.#tell(job, 'Normal', isSuspended ? 'Suspended' : 'Resumed', verdict.message);
    if (!isSuspended) draft.startTime = timestamp(now);
  }

  #tellEnd(job: Job, draft: StatusDraft, { type, reason = '', message = '' }: Verdict): void {
    if (type !== 'Complete') {
      this.#tell(job, 'Warning', reason, message);
      return;
    }
    if ((draft.succeeded ?? 0) > (job.spec.completions ?? Number.POSITIVE_INFINITY)) {
      const text = 'Too many succeeded pods running after completion count reached';
      this.#tell(job, 'Warning', 'TooManySucceededPods', text);
    }
    this.#tell(job, 'Normal', 'Completed', 'Job completed');
  }

  #tell(job: Job, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(referenceTo(job, 'Job', 'batch/v1'), type, reason, message);
  }
}

const isManagedElsewhere = ({ spec }: Job): boolean => (spec.managedBy ?? OWN_NAME) !== OWN_NAME;

function successByPolicy({ job, indexes }: JobCounts): Verdict | undefined {
  const message = successOf(job, indexes.succeeded);
  return message === undefined ? undefined : { type: 'SuccessCriteriaMet', reason: 'SuccessPolicy', message };
}

/** Starts the controller that makes and counts the pods of Jobs. */
export function startJobController(context: ControllerContext): Controller {
  return new JobController(context);
}
