/** Label selectors: whether a set of labels satisfies one. */
import { labelOf } from '../../../../base/labels.ts';
import { isObject, listOf, objectsOf, stringOf, stringsOf } from '../json.ts';

type Labels = Readonly<Record<string, string>> | undefined;

/** One condition on the label `key`; `exists` and `!` have no values, `gt` and `lt` one integer. */
export interface Requirement {
  readonly key: string;
  readonly operator: 'in' | 'notin' | 'exists' | '!' | 'gt' | 'lt';
  readonly values: readonly string[];
}

/** All requirements must hold; none matches everything. */
export type LabelSelector = readonly Requirement[];

function holds({ operator, values }: Requirement, value: string | undefined): boolean {
  switch (operator) {
    case 'in':
      return value !== undefined && values.includes(value);
    case 'notin':
      return value === undefined || !values.includes(value);
    case 'exists':
      return value !== undefined;
    case '!':
      return value === undefined;
    case 'gt':
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) > BigInt(values[0] ?? '0');
    case 'lt':
      return value !== undefined && /^-?\d+$/.test(value) && BigInt(value) < BigInt(values[0] ?? '0');
  }
}

/** Tells whether labels satisfy all requirements. */
export function matchesLabels(selector: LabelSelector, labels: Labels): boolean {
  return selector.every(requirement => holds(requirement, labelOf(labels, requirement.key)));
}

const OPERATORS: Readonly<Record<string, Requirement['operator']>> = {
  In: 'in',
  NotIn: 'notin',
  Exists: 'exists',
  DoesNotExist: '!',
};

/**
 * Reads a `LabelSelector` object (`matchLabels`, `matchExpressions`).
 * @returns undefined for what is no object; it matches nothing, while an empty one matches everything
 */
export function selectorFromObject(selector: unknown): LabelSelector | undefined {
  if (!isObject(selector)) return undefined;
  const requirements: Requirement[] = Object.entries(stringsOf(selector['matchLabels'])).map(
    ([key, value]) => ({
      key,
      operator: 'in',
      values: [value],
    }),
  );
  for (const expression of objectsOf(selector['matchExpressions'])) {
    requirements.push({
      key: stringOf(expression['key']) ?? '',
      operator: OPERATORS[stringOf(expression['operator']) ?? ''] ?? 'in',
      values: listOf(expression['values']).filter(value => typeof value === 'string'),
    });
  }
  return requirements;
}

/** Tells whether labels satisfy a `LabelSelector` object. An absent selector matches nothing. */
export function objectSelectorMatches(selector: unknown, labels: Labels): boolean {
  const parsed = selectorFromObject(selector);
  return parsed !== undefined && matchesLabels(parsed, labels);
}

/** Writes a selector as Scale's status and printed columns have it: `app=d1,version in (v1,v2)`. */
export function formatLabelSelector(selector: LabelSelector): string {
  return [...selector]
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ key, operator, values }) => {
      if (operator === 'exists') return key;
      if (operator === '!') return `!${key}`;
      if (operator === 'in' && values.length === 1) return `${key}=${values[0]}`;
      if (operator === 'gt') return `${key}>${values[0]}`;
      if (operator === 'lt') return `${key}<${values[0]}`;
      return `${key} ${operator} (${values.join(',')})`;
    })
    .join(',');
}
