/** How a platform refuses to start: with everything that it found to be wrong, in one error. */
import { HarnessError } from '../base/errors.ts';
import type { Finding } from './platform.ts';

/**
 * Goes on if every finding is ok.
 * @param first - a sentence to begin with, such as what became of the clusters
 * @throws HarnessError ERR_PLATFORM_NOT_READY with every finding that is not ok, and what mends it
 */
export function refuseBad(findings: readonly Finding[], first?: string): void {
  const bad = findings.filter(({ ok }) => !ok);
  if (bad.length === 0) return;
  const clauses = bad.map(({ subject, found }) => `${subject}: ${found}`).join('; ');
  throw new HarnessError('ERR_PLATFORM_NOT_READY', first === undefined ? clauses : `${first} ${clauses}`, {
    hint: joined([...new Set(bad.map(({ fix }) => fix ?? ''))]),
  });
}

/** Joins sentences; what has lines to paste in it stays on lines of its own. */
const joined = (fixes: readonly string[]): string =>
  fixes.reduce((all, fix) => `${all}${(all + fix).includes('\n') ? '\n' : ' '}${fix}`);
