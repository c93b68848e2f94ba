/** Names that Istio has which are no fields. */
import { type Edition, namesOf } from './names.ts';

/** Where names stand that are no fields. */
export type NameRoot = 'annotations' | 'labels' | 'istiod' | 'proxy';

const known: Readonly<Record<Edition, Map<NameRoot, ReadonlySet<string>>>> = {
  '1.8': new Map(),
  current: new Map(),
};

/** Lists the names that a release has at a place. */
export function namesKnown(edition: Edition, root: NameRoot): ReadonlySet<string> {
  const found = known[edition].get(root);
  if (found) return found;
  const names = new Set(listed(edition, root));
  known[edition].set(root, names);
  return names;
}

function listed(edition: Edition, root: NameRoot): readonly string[] {
  const { annotations, labels, environment } = namesOf(edition);
  const variables = (program: string): readonly string[] => environment[program]?.split(' ') ?? [];
  switch (root) {
    case 'annotations':
      return Object.keys(annotations);
    case 'labels':
      return Object.keys(labels);
    case 'istiod':
      return variables('istiod');
    case 'proxy':
      return [...variables('agent'), ...variables('metadata')];
  }
}
