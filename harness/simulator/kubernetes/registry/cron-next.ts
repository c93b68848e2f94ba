/** When a schedule of cron comes next (github.com/robfig/cron/v3 @v3.0.1, spec.go: Next). Pure. */
import type { CronFields, CronSchedule } from './cron-schedule.ts';
import { type LocalTime, localTime, startOfDay } from './time-zone.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** What does not come within so many years never comes: 30 February. */
const YEARS_AHEAD = 5;

/**
 * Returns the first time after another one.
 * @param after - milliseconds since the epoch
 * @param timeZone - an IANA name
 * @returns milliseconds since the epoch; undefined if it does not come within five years
 */
export function nextTime(schedule: CronSchedule, after: number, timeZone = 'UTC'): number | undefined {
  const second = Math.floor(after / SECOND_MS) * SECOND_MS;
  if (schedule.kind === 'every') return second + schedule.delayMs;
  // Whole minutes: a schedule has no seconds.
  let time = Math.floor(second / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
  const lastYear = localTime(time, timeZone).year + YEARS_AHEAD;
  for (;;) {
    const local = localTime(time, timeZone);
    if (local.year > lastYear) return undefined;
    if (!schedule.months.has(local.month)) time = startOfDay(local.year, local.month + 1, 1, timeZone);
    else if (!matchesDay(schedule, local))
      time = startOfDay(local.year, local.month, local.day + 1, timeZone);
    else if (!schedule.hours.has(local.hour)) time += HOUR_MS - local.minute * MINUTE_MS;
    else if (!schedule.minutes.has(local.minute)) time += MINUTE_MS;
    else return time;
  }
}

function matchesDay({ days, weekdays, needsBothDays }: CronFields, { day, weekday }: LocalTime): boolean {
  return needsBothDays ? days.has(day) && weekdays.has(weekday) : days.has(day) || weekdays.has(weekday);
}
