/** Selectors of labels, as the mesh's settings have them (metav1.LabelSelector). */
import type { LabelSelector } from '../../../../base/labels.ts';
import { list, tree } from '../../../../base/untyped.ts';

export { includesLabels } from '../../../../base/labels.ts';

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
