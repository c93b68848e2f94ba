/**
 * How long a Job waits before it replaces pods that have failed (pkg/controller/job/backoff_utils.go @v1.34).
 * Pure but for the book of failures.
 */
import type { Pod } from '../../client/kinds.ts';
import { endedAt } from './pod-ends.ts';

const FIRST_MS = 10_000;
const LONGEST_MS = 600_000;

/** The failures of a Job since the last pod that succeeded. */
export interface Failures {
  readonly count: number;
  /** Milliseconds since the epoch. */
  readonly lastAt: number;
}

const NONE: Failures = { count: 0, lastAt: 0 };

/** Returns how many milliseconds are left: 10 s after the first failure, twice as many after each more. */
export function remainingMs({ count, lastAt }: Failures, now: number): number {
  if (count === 0) return 0;
  const backoff = Math.min(FIRST_MS * 2 ** (count - 1), LONGEST_MS);
  return Math.max(0, backoff - (now - lastAt));
}

/** Remembers the failures of each Job. */
export class FailureBook {
  readonly #failures = new Map<string, Failures>();

  /** Works out the failures of a Job with pods that have ended since; `keep` puts them down. */
  next(key: string, succeeded: readonly Pod[], failed: readonly Pod[]): Failures {
    const known = this.#failures.get(key) ?? NONE;
    const failures = failed.map(endedAt);
    if (succeeded.length > 0) {
      const success = Math.max(...succeeded.map(endedAt));
      const later = failures.filter(time => time > success);
      return later.length === 0 ? NONE : { count: later.length, lastAt: Math.max(...later) };
    }
    if (failures.length === 0) return known;
    return { count: known.count + failures.length, lastAt: Math.max(...failures) };
  }

  keep(key: string, failures: Failures): void {
    if (failures.count > 0) this.#failures.set(key, failures);
    else this.#failures.delete(key);
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }
}
