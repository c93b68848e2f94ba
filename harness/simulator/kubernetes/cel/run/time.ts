/** Points and lengths of time as text (Go's time package, as cel-go uses it). */
import { offsetAt } from '../../registry/time-zone.ts';
import { Duration, Timestamp } from './values.ts';

const SECOND = 1_000_000_000n;
const UNITS: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1000n],
  ['µs', 1000n],
  ['μs', 1000n],
  ['ms', 1_000_000n],
  ['s', SECOND],
  ['m', 60n * SECOND],
  ['h', 3600n * SECOND],
]);
const MAX_NANOS = 2n ** 63n - 1n;

/** Reads `1h30m`, `-1.5s`; undefined for what is none. */
export function durationOf(text: string): Duration | undefined {
  const [, sign, rest = ''] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === '0') return new Duration(0n);
  let nanos = 0n;
  let end = 0;
  for (const match of rest.matchAll(/(\d*)(?:\.(\d*))?(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/gy)) {
    const [all, whole = '', fraction = '', unit = ''] = match;
    if (whole === '' && fraction === '') return undefined;
    const scale = UNITS.get(unit) ?? 1n;
    nanos += BigInt(whole || '0') * scale;
    if (fraction !== '') nanos += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
    end = match.index + all.length;
  }
  if (end === 0 || end !== rest.length || nanos > MAX_NANOS) return undefined;
  return new Duration(sign === '-' ? -nanos : nanos);
}

/** Shows a length of time in seconds: `5400s`, `1.5s`. */
export function describeDuration({ nanos }: Duration): string {
  const absolute = nanos < 0n ? -nanos : nanos;
  const fraction = (absolute % SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  return `${nanos < 0n ? '-' : ''}${absolute / SECOND}${fraction && `.${fraction}`}s`;
}

/** Reads a point of time of RFC 3339; undefined for what is none. */
export function timestampOf(text: string): Timestamp | undefined {
  const match = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/.exec(text);
  if (!match) return undefined;
  const [, date = '', time = '', fraction = '', zone = ''] = match;
  const milliseconds = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // What rolls over, as February 30, is no date.
  const day = new Date(Date.parse(`${date}T00:00:00Z`));
  if (Number.isNaN(milliseconds) || Number.isNaN(day.getTime())) return undefined;
  if (day.toISOString().slice(0, 10) !== date) return undefined;
  return new Timestamp(BigInt(milliseconds) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0')));
}

/** Rounds towards the past. */
function floorDivide(value: bigint, by: bigint): bigint {
  const quotient = value / by;
  return value % by < 0n ? quotient - 1n : quotient;
}

/** Seconds since 1970, rounded towards the past. */
export const secondsOf = ({ nanos }: Timestamp): bigint => floorDivide(nanos, SECOND);

/** Shows a point of time, in UTC. */
export function describeTimestamp(timestamp: Timestamp): string {
  const seconds = secondsOf(timestamp);
  const rest = (timestamp.nanos - seconds * SECOND).toString().padStart(9, '0').replace(/0+$/, '');
  const text = new Date(Number(seconds) * 1000).toISOString().slice(0, 19);
  return `${text}${rest && `.${rest}`}Z`;
}

/** The parts of a point of time in a time zone. */
export interface CalendarTime {
  readonly year: number;
  /** From 0. */
  readonly month: number;
  /** From 1. */
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** From 0, which is Sunday. */
  readonly weekday: number;
  /** From 0. */
  readonly dayOfYear: number;
}

/** How far a zone is from UTC, in milliseconds; undefined for one that is unknown. */
function offsetOf(zone: string, milliseconds: number): number | undefined {
  const fixed = /^([+-]?)(\d\d):(\d\d)$/.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3])) * 60_000;
  try {
    return offsetAt(milliseconds, zone);
  } catch {
    return undefined;
  }
}

/** Splits a point of time; undefined if there is no such time zone. */
export function calendarOf(timestamp: Timestamp, zone = 'UTC'): CalendarTime | undefined {
  const milliseconds = Number(floorDivide(timestamp.nanos, 1_000_000n));
  const offset = zone === 'UTC' ? 0 : offsetOf(zone, milliseconds);
  if (offset === undefined) return undefined;
  const local = new Date(milliseconds + offset);
  const year = local.getUTCFullYear();
  return {
    year,
    month: local.getUTCMonth(),
    day: local.getUTCDate(),
    hour: local.getUTCHours(),
    minute: local.getUTCMinutes(),
    second: local.getUTCSeconds(),
    millisecond: local.getUTCMilliseconds(),
    weekday: local.getUTCDay(),
    dayOfYear: Math.floor((local.getTime() - Date.UTC(year, 0, 1)) / 86_400_000),
  };
}
