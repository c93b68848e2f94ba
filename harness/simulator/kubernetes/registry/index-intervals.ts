/**
 * Sets of indexes as text: `0-2,4` (pkg/apis/batch/validation/validation.go, validateIndexesFormat;
 * pkg/controller/job/indexed_job_utils.go @v1.34). Pure.
 */

/** A range of indexes; both ends belong to it. */
export type Interval = readonly [first: number, last: number];

/** What keeps a text from being a set of indexes. */
export class IndexProblem extends Error {
  override readonly name = 'IndexProblem';
}

function numberOf(text: string, end: number): number {
  if (!/^[-+]?\d+$/.test(text))
    throw new IndexProblem(`cannot convert string to integer for index: ${JSON.stringify(text)}`);
  if (Number(text) >= end) throw new IndexProblem(`too large index: ${JSON.stringify(text)}`);
  return Number(text);
}

/**
 * Reads a set of indexes.
 * @param end - the first index that is too large
 * @throws IndexProblem
 */
export function parseIntervals(text: string, end: number): readonly Interval[] {
  if (text === '') return [];
  const intervals: Interval[] = [];
  for (const part of text.split(',')) {
    const limits = part.split('-');
    if (limits.length > 2) {
      throw new IndexProblem(
        `the fragment ${JSON.stringify(part)} violates the requirement that an index interval can have at most two parts separated by '-'`,
      );
    }
    const [low = '', high] = limits;
    const first = numberOf(low, end);
    const last = high === undefined ? first : numberOf(high, end);
    const previous = intervals.at(-1)?.[1];
    if (high !== undefined && first >= last) throw outOfOrder(first, last);
    if (previous !== undefined && previous >= first) throw outOfOrder(previous, first);
    intervals.push([first, last]);
  }
  return intervals;
}

const outOfOrder = (previous: number, current: number): IndexProblem =>
  new IndexProblem(`non-increasing order, previous: ${previous}, current: ${current}`);

/** Counts the indexes of intervals. */
export const sizeOf = (intervals: readonly Interval[]): number =>
  intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);

/** Tells whether one of the intervals has the index. */
export const hasIndex = (intervals: readonly Interval[], index: number): boolean =>
  intervals.some(([first, last]) => first <= index && index <= last);

/** Puts intervals together into as few as possible. @param intervals - in any order; they may overlap */
export function mergeIntervals(...intervals: readonly Interval[]): readonly Interval[] {
  const merged: [number, number][] = [];
  for (const [first, last] of [...intervals].sort(([a], [b]) => a - b)) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

/** Puts indexes into as few intervals as possible. @param indexes - in any order */
export const toIntervals = (indexes: readonly number[]): readonly Interval[] =>
  mergeIntervals(...indexes.map((index): Interval => [index, index]));

/**
 * Returns the first indexes that no interval has. @param intervals - merged @param end - the first index not
 * to take
 */
export function gapsIn(intervals: readonly Interval[], count: number, end: number): number[] {
  const gaps: number[] = [];
  let candidate = 0;
  for (const [first, last] of [...intervals, [end, end] as const]) {
    for (; candidate < Math.min(first, end) && gaps.length < count; candidate++) gaps.push(candidate);
    candidate = Math.max(candidate, last + 1);
  }
  return gaps;
}

/** Writes intervals; two indexes in a row are written one by one. */
export const formatIntervals = (intervals: readonly Interval[]): string =>
  intervals
    .map(([first, last]) =>
      first === last ? String(first) : first + 1 === last ? `${first},${last}` : `${first}-${last}`,
    )
    .join(',');
