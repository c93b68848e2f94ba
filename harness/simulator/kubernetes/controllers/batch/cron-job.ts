/** CronJobs: a Job at each time of a schedule (pkg/controller/cronjob/cronjob_controllerv2.go @v1.34). */
import { messageOf } from '../../../../base/errors.ts';
import type { KubernetesObject } from '../../../../base/kubernetes-client.ts';
import type { TypedEvent } from '../../client/cluster-client.ts';
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../../client/controller.ts';
import { type EventRecorder, referenceTo } from '../../client/event-recorder.ts';
import {
  type CronJob,
  controllerOf,
  isJobFinished,
  isTrue,
  type Job,
  keyOf,
  type ObjectReference,
  timestamp,
} from '../../client/kinds.ts';
import { hasCode } from '../../client/typed.ts';
import { WorkQueue } from '../../client/work-queue.ts';
import { CronProblem, parseCron } from '../../registry/cron-schedule.ts';
import { equal } from '../../registry/json.ts';
import { localIso } from '../../registry/time-zone.ts';
import { controllerReference } from '../claim.ts';
import { CronTimes } from './cron-times.ts';

const KIND = 'cronjobs.batch';
const JOBS = 'jobs.batch';
const SCHEDULED_AT = 'batch.kubernetes.io/cronjob-scheduled-timestamp';
const MINUTE_MS = 60_000;

type Status = NonNullable<CronJob['status']>;
/** The parts of a status that change in one look. */
type Draft = { -readonly [K in keyof Status]: Status[K] };

class CronJobController implements Controller {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { component, client } = context;
    this.#events = eventRecorder(context, 'cronjob-controller');
    this.#queue = new WorkQueue(component, key => this.#sync(key), KIND);
    this.#stops = [
      () => this.#queue.stop(),
      client.watch(KIND, {}, ({ object }) => this.#queue.add(keyOf(object))),
      client.watch(JOBS, {}, event => this.#onJob(event)),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #onJob({ object, previous }: TypedEvent<Job>): void {
    for (const owner of [controllerOf(object), previous && controllerOf(previous)])
      if (owner?.kind === 'CronJob') this.#queue.add(`${object.metadata.namespace}/${owner.name}`);
  }

  async #sync(key: string): Promise<void> {
    const [namespace = '', name = ''] = key.split('/');
    const { client } = this.#context;
    const cronJob = client.get(KIND, namespace, name);
    if (!cronJob) return;
    const jobs = client
      .list(JOBS, { namespace })
      .filter(job => controllerOf(job)?.uid === cronJob.metadata.uid);
    const draft: Draft = { ...cronJob.status };
    this.#lookAtJobs(cronJob, jobs, draft);
    this.#dropHistory(cronJob, jobs, draft);
    try {
      if (cronJob.metadata.deletionTimestamp === undefined && !cronJob.spec.suspend)
        await this.#start(cronJob, draft);
    } finally {
      this.#writeStatus(cronJob, draft);
    }
  }

  #writeStatus(cronJob: CronJob, { active = [], ...rest }: Draft): void {
    const status = { ...(active.length > 0 && { active }), ...rest };
    if (equal(status, cronJob.status ?? {})) return;
    try {
      this.#context.client.updateStatus(KIND, { ...cronJob, status });
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
    }
  }

  /** Takes Jobs that have ended or gone out of the list of active ones. */
  #lookAtJobs(cronJob: CronJob, jobs: readonly Job[], draft: Draft): void {
    const isListed = ({ metadata }: Job) => draft.active?.some(({ uid }) => uid === metadata.uid) ?? false;
    for (const job of jobs) {
      const { name, uid } = job.metadata;
      if (!isJobFinished(job)) {
        if (!isListed(job)) {
          const text = `Saw a job that the controller did not create or forgot: ${name}`;
          this.#tell(cronJob, 'Warning', 'UnexpectedJob', text);
        }
        continue;
      }
      const isComplete = isTrue(job.status?.conditions, 'Complete');
      if (isListed(job)) {
        drop(draft, uid);
        const text = `Saw completed job: ${name}, condition: ${isComplete ? 'Complete' : 'Failed'}`;
        this.#tell(cronJob, 'Normal', 'SawCompletedJob', text);
      }
      const { completionTime } = job.status ?? {};
      if (isComplete && completionTime !== undefined && completionTime > (draft.lastSuccessfulTime ?? ''))
        draft.lastSuccessfulTime = completionTime;
    }
    for (const { name, uid } of draft.active ?? []) {
      if (jobs.some(({ metadata }) => metadata.uid === uid)) continue;
      this.#tell(cronJob, 'Normal', 'MissingJob', `Active job went missing: ${name}`);
      drop(draft, uid);
    }
  }

  /** Removes the oldest Jobs that the history has no room for. */
  #dropHistory(cronJob: CronJob, jobs: readonly Job[], draft: Draft): void {
    const { successfulJobsHistoryLimit, failedJobsHistoryLimit } = cronJob.spec;
    for (const [type, limit] of [
      ['Complete', successfulJobsHistoryLimit],
      ['Failed', failedJobsHistoryLimit],
    ] as const) {
      if (limit === undefined) continue;
      const ended = jobs.filter(job => isTrue(job.status?.conditions, type)).sort(byStart);
      for (const job of ended.slice(0, Math.max(0, ended.length - limit))) this.#delete(cronJob, job, draft);
    }
  }

  #delete(cronJob: CronJob, { metadata }: Job, draft: Draft): void {
    const { namespace = '', name = '', uid, deletionTimestamp } = metadata;
    if (deletionTimestamp !== undefined) return;
    try {
      this.#context.client.local.delete(JOBS, namespace, name, { propagationPolicy: 'Background' });
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
    }
    drop(draft, uid);
    this.#tell(cronJob, 'Normal', 'SuccessfulDelete', `Deleted job ${name}`);
  }

  /** Starts the Job that is due, if one is, and looks again when the next one is. */
  async #start(cronJob: CronJob, draft: Draft): Promise<void> {
    const { clock } = this.#context;
    const now = clock.now();
    const times = this.#timesOf(cronJob, draft);
    if (!times) return;
    const { at, missed } = times.due(now, true);
    if (at !== undefined && missed === 'many') {
      const text =
        'too many missed start times. Set or decrease .spec.startingDeadlineSeconds or check clock skew';
      this.#tell(cronJob, 'Warning', 'TooManyMissedTimes', text);
    }
    if (at !== undefined && this.#mayStart(cronJob, at, draft)) await this.#startAt(cronJob, at, draft);
    const wait = this.#timesOf(cronJob, draft)?.untilNext(now);
    if (wait !== undefined) this.#queue.addAfter(keyOf(cronJob), wait);
  }

  #timesOf(cronJob: CronJob, draft: Draft): CronTimes | undefined {
    try {
      return new CronTimes({ ...cronJob, status: draft }, parseCron(cronJob.spec.schedule));
    } catch (error) {
      if (!(error instanceof CronProblem)) throw error;
      const text = `unparseable schedule: ${JSON.stringify(cronJob.spec.schedule)} : ${error.message}`;
      this.#tell(cronJob, 'Warning', 'UnparseableSchedule', text);
      return undefined;
    }
  }

  /** Tells whether the start that is due is to be made: it is new, not too late, and not forbidden. */
  #mayStart(cronJob: CronJob, at: number, draft: Draft): boolean {
    const { startingDeadlineSeconds: deadline, concurrencyPolicy } = cronJob.spec;
    if (deadline !== undefined && at + deadline * 1000 < this.#context.clock.now()) {
      const text = `Missed scheduled time to start a job: ${new Date(at).toUTCString().replace('GMT', '+0000')}`;
      this.#tell(cronJob, 'Warning', 'MissSchedule', text);
      return false;
    }
    const isKnown = draft.active?.some(({ name }) => name === jobName(cronJob, at)) ?? false;
    if (isKnown || draft.lastScheduleTime === timestamp(at)) return false;
    if (concurrencyPolicy !== 'Forbid' || (draft.active ?? []).length === 0) return true;
    const text = 'Not starting job because prior execution is running and concurrency policy is Forbid';
    this.#tell(cronJob, 'Normal', 'JobAlreadyActive', text);
    return false;
  }

  async #startAt(cronJob: CronJob, at: number, draft: Draft): Promise<void> {
    const { client } = this.#context;
    const { namespace = '' } = cronJob.metadata;
    if (cronJob.spec.concurrencyPolicy === 'Replace') {
      for (const { name = '' } of draft.active ?? []) {
        const job = client.get(JOBS, namespace, name);
        if (job) this.#delete(cronJob, job, draft);
      }
    }
    const job = await this.#create(cronJob, at);
    if (!job || controllerOf(job)?.uid !== cronJob.metadata.uid) return;
    draft.active = [...(draft.active ?? []), referenceTo(job, 'Job', 'batch/v1')];
    draft.lastScheduleTime = timestamp(at);
  }

  /** Makes the Job of a start, or finds it. */
  async #create(cronJob: CronJob, at: number): Promise<Job | undefined> {
    const { client } = this.#context;
    const { namespace = '' } = cronJob.metadata;
    const name = jobName(cronJob, at);
    try {
      await client.local.createThroughAdmission(JOBS, jobAt(cronJob, at));
      this.#tell(cronJob, 'Normal', 'SuccessfulCreate', `Created job ${name}`);
    } catch (error) {
      if (!hasCode(error, 409)) {
        if (client.isOpen(namespace))
          this.#tell(cronJob, 'Warning', 'FailedCreate', `Error creating job: ${messageOf(error)}`);
        throw error;
      }
    }
    return client.get(JOBS, namespace, name);
  }

  #tell(cronJob: CronJob, type: 'Normal' | 'Warning', reason: string, message: string): void {
    this.#events.record(referenceTo(cronJob, 'CronJob', 'batch/v1'), type, reason, message);
  }
}

function drop(draft: Draft, gone: string | undefined): void {
  draft.active = (draft.active ?? []).filter(({ uid }: ObjectReference) => uid !== gone);
}

/** The earlier first; those that have not started come last. */
const byStart = (a: Job, b: Job): number =>
  (a.status?.startTime ?? '~').localeCompare(b.status?.startTime ?? '~') || keyOf(a).localeCompare(keyOf(b));

/** Names a Job by its minute, so that it is made once. */
const jobName = ({ metadata }: CronJob, at: number): string =>
  `${metadata.name}-${Math.floor(at / MINUTE_MS)}`;

function jobAt(cronJob: CronJob, at: number): KubernetesObject {
  const { metadata, spec } = cronJob.spec.jobTemplate;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name: jobName(cronJob, at),
      namespace: cronJob.metadata.namespace ?? '',
      ...(metadata?.labels && { labels: { ...metadata.labels } }),
      annotations: { ...metadata?.annotations, [SCHEDULED_AT]: localIso(at, cronJob.spec.timeZone ?? 'UTC') },
      ownerReferences: [
        controllerReference({ apiVersion: 'batch/v1', kind: 'CronJob', owner: ownerOf(cronJob) }),
      ],
    },
    spec,
  };
}

/** A CronJob selects nothing: it knows its Jobs by their owner. */
const ownerOf = ({ metadata }: CronJob) => ({ metadata, spec: {} });

/** Starts the controller that makes Jobs by the clock. */
export function startCronJobController(context: ControllerContext): Controller {
  return new CronJobController(context);
}
