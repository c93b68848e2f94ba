/** Selectors of labels, as the mesh's settings have them (metav1.LabelSelector). */
import { list, tree } from '../../../../base/untyped.ts';

type Labels = Readonly<Record<string, string>>;

/** All of its parts must fit; without any, everything does. */
export interface LabelSelector {
  readonly matchLabels: Labels;
  readonly matchExpressions: readonly {
    readonly key: string;
    readonly operator: string;
    readonly values: readonly string[];
  }[];
}

/** Reads a list of selectors; what is no list has none. */
export const readLabelSelectors = (value: unknown): readonly LabelSelector[] =>
  list(value)
    .map(tree)
    .map(({ matchLabels, matchExpressions }) => ({
      matchLabels: Object.fromEntries(
        Object.entries(tree(matchLabels)).map(([key, label]) => [key, String(label)]),
      ),
      matchExpressions: list(matchExpressions)
        .map(tree)
        .map(({ key, operator, values }) => ({
          key: String(key),
          operator: String(operator),
          values: list(values).map(String),
        })),
    }));

/** Tells whether labels fit. A selector with an operator that there is not fits nothing. */
export const fits = ({ matchLabels, matchExpressions }: LabelSelector, labels: Labels): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values }) => {
    const label = labels[key];
    switch (operator) {
      case 'In':
        return label !== undefined && values.includes(label);
      case 'NotIn':
        return label === undefined || !values.includes(label);
      case 'Exists':
        return label !== undefined;
      case 'DoesNotExist':
        return label === undefined;
      default:
        return false;
    }
  });
