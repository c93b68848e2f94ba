/** Lints the pages of a guide: reads and follows them, and runs all rules. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import { follow } from '../follow/follow.ts';
import type { Trace } from '../follow/trace.ts';
import { viewsOf } from '../follow/views.ts';
import type { Page } from '../page/page.ts';
import { findingsOf } from './engine.ts';
import type { Finding } from './finding.ts';
import { isTooMuch, pageProblem } from './rules/page-problem.ts';
import { RULES } from './rules.ts';
import { withSoundFixes } from './sound-fixes.ts';

/**
 * Finds what is wrong with pages that are one guide, in their order.
 * @param edition - the release that they are checked against
 * @param given - variables that the reader has set, whatever the pages say
 */
export function lint(
  pages: readonly Page[],
  edition: EditionName,
  given: ReadonlyMap<string, string> = new Map(),
): readonly Finding[] {
  const traces: Trace[] = [];
  for (const view of viewsOf(pages)) {
    if (isTooMuch(traces)) break;
    traces.push(follow({ ...view, given }));
  }
  const findings = findingsOf({ pages, traces, edition }, isTooMuch(traces) ? [pageProblem] : RULES);
  return withSoundFixes(findings, traces, pages);
}
