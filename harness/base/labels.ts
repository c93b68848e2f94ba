/** Labels, and conditions on them (apimachinery pkg/apis/meta/v1, LabelSelector). */

/** Absent: there are none. */
type Labels = Readonly<Record<string, string>> | undefined;

/** A condition on one label. */
export interface LabelRequirement {
  readonly key: string;
  /** `In`, `NotIn`, `Exists` or `DoesNotExist`; one that there is not holds of nothing. */
  readonly operator: string;
  readonly values?: readonly string[];
}

/** All of its parts must hold; without any, everything does. */
export interface LabelSelector {
  readonly matchLabels?: Readonly<Record<string, string>>;
  readonly matchExpressions?: readonly LabelRequirement[];
}

/** Returns a label. Labels come from users: `constructor` is a key like any other. */
export const labelOf = (labels: Labels, key: string): string | undefined =>
  labels && Object.hasOwn(labels, key) ? labels[key] : undefined;

/**
 * Tells whether the labels have all of these values: the selector of a Service, a Gateway, a Sidecar.
 * An empty one holds of everything; where it must select nothing, the caller checks.
 */
export const includesLabels = (labels: Labels, wanted: Readonly<Record<string, string>>): boolean =>
  Object.entries(wanted).every(([key, value]) => labelOf(labels, key) === value);

/** Tells whether a condition holds of a value, which is absent where there is no such label. */
export function meetsRequirement(
  { operator, values = [] }: Pick<LabelRequirement, 'operator' | 'values'>,
  value: string | undefined,
): boolean {
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** Tells whether labels fit. */
export const fitsLabels = (
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels,
): boolean =>
  includesLabels(labels, matchLabels) &&
  matchExpressions.every(each => meetsRequirement(each, labelOf(labels, each.key)));
