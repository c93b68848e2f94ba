/** Matches labels against a selector of an object, in the types of the kinds. */
import { includesLabels } from '../../../base/labels.ts';
import { objectSelectorMatches } from '../registry/selectors/label-selector.ts';
import type { LabelSelector } from './kinds.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/**
 * Tells whether a Service selects these labels. An empty or absent selector selects nothing: somebody else
 * writes the endpoints.
 */
export function matchesMap(selector: Labels, labels: Labels): boolean {
  return selector !== undefined && Object.keys(selector).length > 0 && includesLabels(labels, selector);
}

/** Tells whether a workload selects these labels. An empty selector selects everything. */
export function matchesSelector(selector: LabelSelector, labels: Labels): boolean {
  return objectSelectorMatches(selector, labels);
}
