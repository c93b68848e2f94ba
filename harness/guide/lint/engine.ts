/** Runs rules, and makes findings of what they say: with place and severity, each thing once, in order. */
import type { Finding, Severity } from './finding.ts';
import type { Rule, RuleFinding, RuleInput } from './rule.ts';

const WEIGHT: Readonly<Record<Severity, number>> = { error: 0, warning: 1, note: 2 };

/**
 * Runs rules over the pages of a guide and the ways through them. What is found on several ways is told once.
 * @returns findings in the order of the pages; at one place errors come first
 */
export function findingsOf(input: RuleInput, rules: readonly Rule[]): readonly Finding[] {
  const order = new Map(input.pages.map((page, index) => [page.source.file, index]));
  const told = new Map<string, Finding>();
  for (const rule of rules) {
    for (const found of rule.find(input)) {
      const finding = toFinding(rule, found);
      const key = `${finding.place.file}\n${finding.span.start}\n${finding.rule}\n${finding.message}`;
      if (!told.has(key)) told.set(key, finding);
    }
  }
  return [...told.values()].sort(
    (one, other) =>
      (order.get(one.place.file) ?? 0) - (order.get(other.place.file) ?? 0) ||
      one.span.start - other.span.start ||
      WEIGHT[one.severity] - WEIGHT[other.severity] ||
      compare(one.rule, other.rule),
  );
}

const compare = (one: string, other: string): number => (one < other ? -1 : Number(one > other));

function toFinding({ id, severity }: Rule, found: RuleFinding): Finding {
  const { page, span, message, wouldHappen, fix } = found;
  return {
    rule: id,
    severity: found.severity ?? severity,
    place: page.source.placeOf(span.start),
    span,
    message,
    wouldHappen,
    ...(fix && { fix }),
  };
}
