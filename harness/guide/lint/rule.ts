/** A rule of the linter. */
import type { EditionName } from '../../model/east-west-gateway.ts';
import type { Trace } from '../follow/trace.ts';
import type { Page } from '../page/page.ts';
import type { Span } from '../source-text.ts';
import type { Finding, Severity } from './finding.ts';

/** What a rule may look at. It knows no page: nothing in it names a line, a tab or a variable of a guide. */
export interface RuleInput {
  readonly pages: readonly Page[];
  /** A trace for each view; together they come by every tab. */
  readonly traces: readonly Trace[];
  /** The release that the guide is checked against. */
  readonly edition: EditionName;
}

export interface Rule {
  /** Stable: `unset-variable`. */
  readonly id: string;
  readonly severity: Severity;
  /** A sentence: `A variable is used that nothing sets before.` */
  readonly sentence: string;
  /** Why it matters, and where the rule has it from, for `docs/guide-rules.md`. */
  readonly because: string;
  /** A bad line and its mend, for the docs; a test runs the rule on both. */
  readonly example: { readonly bad: string; readonly good: string };
  find(input: RuleInput): readonly RuleFinding[];
}

/** A finding before its rule, severity and place are added. */
export interface RuleFinding extends Pick<Finding, 'message' | 'wouldHappen' | 'fix'> {
  readonly page: Page;
  readonly span: Span;
  /** Where it differs from the rule's. */
  readonly severity?: Severity;
}
