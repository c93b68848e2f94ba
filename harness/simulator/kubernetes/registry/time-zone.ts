/** Times of the calendar in a time zone, by the data that Node brings along. Pure. */

/** A minute of the calendar. */
export interface LocalTime {
  readonly year: number;
  /** January is 1. */
  readonly month: number;
  readonly day: number;
  /** Sunday is 0. */
  readonly weekday: number;
  readonly hour: number;
  readonly minute: number;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/**
 * Returns what a clock shows.
 * @param time - milliseconds since the epoch
 * @param timeZone - an IANA name
 */
export function localTime(time: number, timeZone: string): LocalTime {
  return fieldsOf(timeZone === 'UTC' ? time : shownAt(time, timeZone));
}

/**
 * Returns how far a zone is from UTC at a time, in milliseconds.
 * @param time - milliseconds since the epoch
 * @param timeZone - an IANA name
 * @throws RangeError for a zone that is unknown
 */
export function offsetAt(time: number, timeZone: string): number {
  return shownAt(time, timeZone) - Math.floor(time / 1000) * 1000;
}

/** Returns what a clock shows, to the second, as if it were in UTC: milliseconds since the epoch. */
function shownAt(time: number, timeZone: string): number {
  const parts: Record<string, number> = {};
  for (const { type, value } of formatOf(timeZone).formatToParts(time)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second);
}

function fieldsOf(time: number): LocalTime {
  const date = new Date(time);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    weekday: date.getUTCDay(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
  };
}

/**
 * Returns when a day begins: at midnight, or later where clocks skip midnight.
 * @param month - 1 to 13, which is the next January
 * @param day - 1 to one beyond the end of the month
 * @returns milliseconds since the epoch
 */
export function startOfDay(year: number, month: number, day: number, timeZone: string): number {
  const midnight = Date.UTC(year, month - 1, day);
  if (timeZone === 'UTC') return midnight;
  // Clocks are within 14 hours of UTC; the first quarter of an hour of that day is looked for.
  const wanted = Math.floor(midnight / DAY_MS);
  const dayAt = (time: number) => {
    const { year: y, month: m, day: d } = localTime(time, timeZone);
    return Math.floor(Date.UTC(y, m - 1, d) / DAY_MS);
  };
  let time = midnight - 15 * HOUR_MS;
  while (dayAt(time) < wanted) time += HOUR_MS;
  while (dayAt(time - 15 * MINUTE_MS) >= wanted) time -= 15 * MINUTE_MS;
  return time;
}

/** Tells whether Node knows a time zone by exactly this name; Go looks for a file of the name. */
export function isTimeZone(name: string): boolean {
  if (!/^[A-Z]/.test(name)) return false;
  try {
    const known = formatOf(name).resolvedOptions().timeZone;
    return known.toLowerCase() !== name.toLowerCase() || known === name;
  } catch {
    return false;
  }
}

/**
 * Writes a time as a clock in the zone shows it, with its distance from UTC: RFC 3339, in seconds.
 * @param time - milliseconds since the epoch
 */
export function localIso(time: number, timeZone: string): string {
  const { year, month, day, hour, minute } = localTime(time, timeZone);
  const seconds = Math.floor(time / 1000) % 60;
  const shown = Date.UTC(year, month - 1, day, hour, minute, seconds);
  const offset = Math.round((shown - Math.floor(time / 1000) * 1000) / MINUTE_MS);
  const text = new Date(shown).toISOString().slice(0, 19);
  if (offset === 0) return `${text}Z`;
  const two = (value: number) => String(Math.abs(Math.trunc(value))).padStart(2, '0');
  return `${text}${offset < 0 ? '-' : '+'}${two(offset / 60)}:${two(offset % 60)}`;
}
