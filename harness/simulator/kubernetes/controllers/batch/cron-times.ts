/**
 * Which start of a CronJob is due, and when the next one comes (pkg/controller/cronjob/utils.go @v1.34:
 * mostRecentScheduleTime). Pure.
 */
import type { CronJob } from '../../client/kinds.ts';
import { nextTime } from '../../registry/cron-next.ts';
import type { CronSchedule } from '../../registry/cron-schedule.ts';

/** The last start that was due, and how many were missed before it. */
interface DueStart {
  /** Milliseconds since the epoch; undefined if none is due. */
  readonly at: number | undefined;
  /** From where the starts were counted. */
  readonly since: number;
  readonly missed: 'none' | 'few' | 'many';
}

const MANY = 100;
/** The controller looks a moment after the time, never before it. */
const DELTA_MS = 100;

/** The schedule of one CronJob, in its time zone. */
export class CronTimes {
  readonly #cronJob: CronJob;
  readonly #schedule: CronSchedule;

  constructor(cronJob: CronJob, schedule: CronSchedule) {
    this.#cronJob = cronJob;
    this.#schedule = schedule;
  }

  #next(time: number): number | undefined {
    return nextTime(this.#schedule, time, this.#cronJob.spec.timeZone);
  }

  /**
   * Finds the last start that is due.
   * @param withDeadline - starts before `startingDeadlineSeconds` do not count
   */
  due(now: number, withDeadline: boolean): DueStart {
    const { metadata, spec, status } = this.#cronJob;
    const { startingDeadlineSeconds: deadline } = spec;
    let since = Date.parse(status?.lastScheduleTime ?? metadata.creationTimestamp ?? '');
    if (withDeadline && deadline !== undefined) since = Math.max(since, now - deadline * 1000);
    const first = this.#next(since);
    if (first === undefined || now < first) return { at: undefined, since, missed: 'none' };
    const second = this.#next(first);
    if (second === undefined || now < second) return { at: first, since, missed: 'none' };
    const interval = second - first;
    const count = Math.floor((now - first) / interval) + 1;
    let last: number | undefined;
    for (let time = this.#next(first + (count - 2) * interval); time !== undefined && time <= now; ) {
      last = time;
      time = this.#next(time);
    }
    return { at: last, since, missed: count > MANY ? 'many' : 'few' };
  }

  /** Returns in how many milliseconds the next start is due; undefined if none ever is. */
  untilNext(now: number): number | undefined {
    const { at, since, missed } = this.due(now, false);
    const next = this.#next(at ?? (missed === 'none' ? since : now));
    return next === undefined ? undefined : Math.max(0, next + DELTA_MS - now);
  }
}
