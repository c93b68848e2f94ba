/**
 * Values in messages about fields, as Go's JSON has them: structs in the order of their fields, maps by key
 * (apimachinery pkg/util/validation/field/errors.go @v1.34). An absent field of a selector is left out.
 */
import { objectOf, objectsOf, stringsOf } from '../json.ts';

/** Writes a map of texts, such as labels. */
export function shownMap(map: unknown): string {
  const entries = Object.entries(stringsOf(map)).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 && map === undefined ? 'null' : JSON.stringify(Object.fromEntries(entries));
}

/** Writes the selector of a workload. */
export function shownSelector(selector: unknown): string {
  const { matchLabels, matchExpressions } = objectOf(selector);
  const expressions = objectsOf(matchExpressions).map(({ key, operator, values }) => ({
    key,
    operator,
    values,
  }));
  const labels =
    Object.keys(stringsOf(matchLabels)).length > 0 ? [`"matchLabels":${shownMap(matchLabels)}`] : [];
  const rest = expressions.length > 0 ? [`"matchExpressions":${JSON.stringify(expressions)}`] : [];
  return `{${[...labels, ...rest].join(',')}}`;
}
