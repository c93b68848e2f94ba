/** Does a set of labels satisfy a selector? */
import type { LabelSelector } from './kinds.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/**
 * A Service's kind of selector. An empty or absent one selects nothing: its endpoints are someone else's
 * affair.
 */
export function matchesMap(selector: Labels, labels: Labels): boolean {
  if (!selector) return false;
  const wanted = Object.entries(selector);
  return wanted.length > 0 && wanted.every(([key, value]) => labels?.[key] === value);
}

/** A workload's kind of selector. An empty one selects everything. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  for (const [key, value] of Object.entries(selector.matchLabels ?? {}))
    if (labels?.[key] !== value) return false;
  for (const { key, operator, values = [] } of selector.matchExpressions ?? []) {
    const value = labels?.[key];
    const holds =
      operator === 'In'
        ? value !== undefined && values.includes(value)
        : operator === 'NotIn'
          ? value === undefined || !values.includes(value)
          : operator === 'Exists'
            ? value !== undefined
            : value === undefined;
    if (!holds) return false;
  }
  return true;
}
