/** A selector as Go prints a pointer to one (apimachinery meta/v1/generated.pb.go @v0.34: String). Pure. */
import type { LabelSelector } from '../client/kinds.ts';

/** Writes a selector for a message of a controller; `nil` for one that is absent. */
export function printedSelector(selector: LabelSelector | undefined): string {
  if (!selector) return 'nil';
  const labels = Object.entries(selector.matchLabels ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${key}: ${value},`)
    .join('');
  const expressions = (selector.matchExpressions ?? [])
    .map(({ key, operator, values = [] }) => {
      const parts = `Key:${key},Operator:${operator},Values:[${values.join(' ')}],`;
      return `LabelSelectorRequirement{${parts}},`;
    })
    .join('');
  const parts = `MatchLabels:map[string]string{${labels}},MatchExpressions:[]LabelSelectorRequirement`;
  return `&LabelSelector{${parts}{${expressions}},}`;
}
