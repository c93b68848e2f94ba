/**
 * Schedules of cron in five fields, or by name: reading them, with the sentences of the library that
 * Kubernetes uses (github.com/robfig/cron/v3 @v3.0.1, parser.go: ParseStandard).
 */
import { parseGoDuration } from './go-duration.ts';

/** Which minutes match. A restricted day of the month and one of the week are alternatives. */
export interface CronFields {
  readonly kind: 'fields';
  readonly minutes: ReadonlySet<number>;
  readonly hours: ReadonlySet<number>;
  readonly days: ReadonlySet<number>;
  /** January is 1. */
  readonly months: ReadonlySet<number>;
  /** Sunday is 0. */
  readonly weekdays: ReadonlySet<number>;
  /** A day has to match both, for one of the two fields has a star. */
  readonly needsBothDays: boolean;
}

/** A schedule: times of the calendar, or a fixed delay after the time before (`@every`). */
export type CronSchedule = CronFields | { readonly kind: 'every'; readonly delayMs: number };

/** The sentence that tells what is wrong with a schedule. */
export class CronProblem extends Error {
  override readonly name = 'CronProblem';
}

interface Bounds {
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const BOUNDS: readonly Bounds[] = [
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: MONTHS },
  { min: 0, max: 6, names: WEEKDAYS },
];

const NAMED: Readonly<Record<string, string>> = {
  '@yearly': '0 0 1 1 *',
  '@annually': '0 0 1 1 *',
  '@monthly': '0 0 1 * *',
  '@weekly': '0 0 * * 0',
  '@daily': '0 0 * * *',
  '@midnight': '0 0 * * *',
  '@hourly': '0 * * * *',
};

const EVERY = '@every ';
const SECOND_MS = 1000;

/** Reads a schedule; a time zone before it is cut off. @throws CronProblem */
export function parseCron(text: string): CronSchedule {
  if (text === '') throw new CronProblem('empty spec string');
  const schedule = text.replace(/^(CRON_)?TZ=\S* +/, '');
  if (!schedule.startsWith('@')) return parseFields(schedule.split(/\s+/).filter(field => field !== ''));
  const named = Object.hasOwn(NAMED, schedule) ? NAMED[schedule] : undefined;
  if (named !== undefined) return parseFields(named.split(' '));
  if (!schedule.startsWith(EVERY)) throw new CronProblem(`unrecognized descriptor: ${schedule}`);
  const delay = parseGoDuration(schedule.slice(EVERY.length));
  if (typeof delay !== 'number')
    throw new CronProblem(`failed to parse duration ${schedule}: ${delay.problem}`);
  return { kind: 'every', delayMs: Math.max(1, Math.trunc(delay / SECOND_MS)) * SECOND_MS };
}

/** The values of a field, and whether it begins with a star that has no step. */
interface Field {
  readonly values: Set<number>;
  isStar: boolean;
}

function parseFields(fields: readonly string[]): CronFields {
  if (fields.length !== BOUNDS.length) {
    const found = `found ${fields.length}: [${fields.join(' ')}]`;
    throw new CronProblem(`expected exactly ${BOUNDS.length} fields, ${found}`);
  }
  const [minutes, hours, days, months, weekdays] = BOUNDS.map((bounds, index) =>
    parseField(fields[index] ?? '', bounds),
  ) as [Field, Field, Field, Field, Field]; // as many as bounds
  return {
    kind: 'fields',
    minutes: minutes.values,
    hours: hours.values,
    days: days.values,
    months: months.values,
    weekdays: weekdays.values,
    needsBothDays: days.isStar || weekdays.isStar,
  };
}

function parseField(text: string, bounds: Bounds): Field {
  const field: Field = { values: new Set(), isStar: false };
  for (const range of text.split(',')) if (range !== '') addRange(field, range, bounds);
  return field;
}

/** Adds `number`, `number-number` or a star, each with a step or without. @throws CronProblem */
function addRange(field: Field, expression: string, bounds: Bounds): void {
  const [range = '', stepText, ...moreSteps] = expression.split('/');
  const [low = '', high, ...moreEnds] = range.split('-');
  const isStar = low === '*' || low === '?';
  const start = isStar ? bounds.min : numberOf(low, bounds.names);
  if (!isStar && moreEnds.length > 0) throw new CronProblem(`too many hyphens: ${expression}`);
  let end = isStar ? bounds.max : high === undefined ? start : numberOf(high, bounds.names);
  if (moreSteps.length > 0) throw new CronProblem(`too many slashes: ${expression}`);
  const step = stepText === undefined ? 1 : numberOf(stepText);
  // `5/10` means from 5 to the end.
  if (stepText !== undefined && high === undefined) end = bounds.max;
  refuseRange(expression, { start, end, step }, bounds);
  if (isStar && step === 1) field.isStar = true;
  for (let value = start; value <= end; value += step) field.values.add(value);
}

function refuseRange(
  expression: string,
  { start, end, step }: { readonly start: number; readonly end: number; readonly step: number },
  { min, max }: Bounds,
): void {
  const because =
    start < min
      ? `beginning of range (${start}) below minimum (${min})`
      : end > max
        ? `end of range (${end}) above maximum (${max})`
        : start > end
          ? `beginning of range (${start}) beyond end of range (${end})`
          : step === 0
            ? 'step of range should be a positive number'
            : undefined;
  if (because !== undefined) throw new CronProblem(`${because}: ${expression}`);
}

function numberOf(text: string, names: readonly string[] = []): number {
  const named = names.indexOf(text.toLowerCase());
  // The names of months begin at 1.
  if (named >= 0) return names === MONTHS ? named + 1 : named;
  if (!/^[-+]?\d+$/.test(text)) {
    throw new CronProblem(
      `failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const value = Number(text);
  if (value < 0) throw new CronProblem(`negative number (${value}) not allowed: ${text}`);
  return value;
}
