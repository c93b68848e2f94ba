/** When calls were in trouble, and when that ended. Pure. */
import type { AnswerGroup } from '../../verify/groups.ts';
import type { Locate } from '../../verify/tally.ts';
import { EVERY_MS, type TimedCall } from './calls.ts';

/** The calls of one client, and who is to answer them. */
export interface Watched {
  /** In the order in which they began. */
  readonly calls: readonly TimedCall[];
  readonly groups: readonly AnswerGroup[];
  readonly locate: Locate;
}

/** Who has not answered for so many calls in a row is missing: less than 1 in 10⁶ in a healthy mesh. */
const MISSED_CALLS = 20;
/** Milliseconds without an answer. */
export const MISSING_MS = MISSED_CALLS * EVERY_MS;

export const isError = ({ answer }: TimedCall): boolean => answer.kind === 'error';

/** Tells whether a call was answered by a group. */
const isFrom = ({ answer }: TimedCall, group: AnswerGroup, locate: Locate): boolean => {
  if (answer.kind === 'error') return false;
  const cluster = locate(answer.instance, answer.version);
  return group.clusters.some(name => name === cluster);
};

/** Finds the groups that answered no call that ended in a span. */
export const missingIn = (
  { calls, groups, locate }: Watched,
  fromMs: number,
  toMs: number,
): readonly AnswerGroup[] => {
  const inside = calls.filter(({ endMs }) => endMs >= fromMs && endMs < toMs);
  return groups.filter(group => !inside.some(call => isFrom(call, group, locate)));
};

/** A time at which something was wrong, and the start of the first call after it. */
interface Troubles {
  /** False if nothing was wrong in the span. */
  readonly any: boolean;
  /** Milliseconds since the epoch; undefined if nothing was wrong, or it was to the end. */
  readonly overMs: number | undefined;
}

/**
 * Finds what was wrong with the calls that began and ended in a span: errors, calls that hang at its end, and
 * groups that were missing, also from before.
 */
export function troublesIn({ calls, groups, locate }: Watched, fromMs: number, toMs: number): Troubles {
  const inside = calls.filter(({ startMs, endMs }) => startMs >= fromMs && endMs < toMs);
  const ends: (number | undefined)[] = [];
  if (calls.some(({ startMs, endMs }) => endMs >= toMs && startMs >= fromMs && startMs < toMs - MISSING_MS))
    ends.push(undefined);
  const lastError = inside.findLastIndex(isError);
  if (lastError >= 0) ends.push(inside[lastError + 1]?.startMs);
  for (const group of groups) {
    const answered = calls
      .filter(call => call.endMs < toMs && isFrom(call, group, locate))
      .map(({ endMs }) => endMs)
      .sort((a, b) => a - b);
    const gapEnd = lastGapEnd(answered, fromMs, toMs);
    if (gapEnd !== undefined) ends.push(gapEnd === Infinity ? undefined : gapEnd);
  }
  if (ends.length === 0) return { any: false, overMs: undefined };
  const isOver = ends.every(end => end !== undefined);
  return { any: true, overMs: isOver ? Math.max(...(ends as number[])) : undefined }; // just tested
}

/**
 * Finds the end of the last long gap between answers that reaches into a span.
 * @returns Infinity if it does not end in the span; undefined if there is none
 */
function lastGapEnd(answered: readonly number[], fromMs: number, toMs: number): number | undefined {
  const times = [...answered, Infinity];
  let found: number | undefined;
  for (const [index, end] of times.entries()) {
    const begin = times[index - 1] ?? fromMs;
    if (Math.min(end, toMs) - begin > MISSING_MS && end >= fromMs) found = end;
  }
  return found;
}

/** Tells whether calls have been as they should for long enough: whatever is under way began after that. */
export function isCalm({ calls, groups, locate }: Watched, sinceMs: number, underWayMs: number): boolean {
  const since = calls.filter(({ startMs }) => startMs >= sinceMs).slice(-MISSED_CALLS);
  const [first] = since;
  return (
    first !== undefined &&
    since.length === MISSED_CALLS &&
    underWayMs >= first.startMs &&
    !since.some(isError) &&
    groups.every(group => since.some(call => isFrom(call, group, locate)))
  );
}
