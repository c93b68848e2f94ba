/** Functions over time (google/cel-go common/stdlib/standard.go @v0.26). */
import { type CalendarTime, calendarOf } from '../run/time.ts';
import { type Duration, EvaluationError, type Timestamp } from '../run/values.ts';
import type { Library } from './declare.ts';

const PARTS: readonly (readonly [string, string, (time: CalendarTime) => number])[] = [
  ['getFullYear', 'timestamp_to_year', ({ year }) => year],
  ['getMonth', 'timestamp_to_month', ({ month }) => month],
  ['getDayOfYear', 'timestamp_to_day_of_year', ({ dayOfYear }) => dayOfYear],
  ['getDayOfMonth', 'timestamp_to_day_of_month', ({ day }) => day - 1],
  ['getDate', 'timestamp_to_day_of_month_1_based', ({ day }) => day],
  ['getDayOfWeek', 'timestamp_to_day_of_week', ({ weekday }) => weekday],
  ['getHours', 'timestamp_to_hours', ({ hour }) => hour],
  ['getMinutes', 'timestamp_to_minutes', ({ minute }) => minute],
  ['getSeconds', 'timestamp_to_seconds', ({ second }) => second],
  ['getMilliseconds', 'timestamp_to_milliseconds', ({ millisecond }) => millisecond],
];

const LENGTHS: readonly (readonly [string, string, bigint])[] = [
  ['getHours', 'duration_to_hours', 3_600_000_000_000n],
  ['getMinutes', 'duration_to_minutes', 60_000_000_000n],
  ['getSeconds', 'duration_to_seconds', 1_000_000_000n],
  ['getMilliseconds', 'duration_to_milliseconds', 1_000_000n],
];

function partOf(timestamp: Timestamp, zone: string, part: (time: CalendarTime) => number): bigint {
  const time = calendarOf(timestamp, zone);
  if (!time) throw new EvaluationError(`unknown time zone ${zone}`);
  return BigInt(part(time));
}

/** Declares the functions over time. */
export function declareTimes(library: Library): void {
  for (const [name, id, part] of PARTS) {
    library
      .declare(id, `.${name}(timestamp): int`, (timestamp: Timestamp) => partOf(timestamp, 'UTC', part))
      .declare(`${id}_with_tz`, `.${name}(timestamp, string): int`, (timestamp: Timestamp, zone: string) =>
        partOf(timestamp, zone, part),
      );
  }
  for (const [name, id, unit] of LENGTHS)
    library.declare(id, `.${name}(duration): int`, ({ nanos }: Duration) => nanos / unit);
}
