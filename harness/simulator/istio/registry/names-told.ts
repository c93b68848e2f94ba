/** Which annotations, labels and variables have no effect, though somebody may count on them. */
import { type Edition, namesOf } from './names.ts';
import { classified } from './registry.ts';

/** Where names stand that are no fields. */
type NameRoot = 'annotations' | 'labels' | 'istiod' | 'proxy';

/** Where people write annotations of their own accord; elsewhere tools write more than is listed. */
const OWN_DOMAINS = /^(?:sidecar|traffic\.sidecar|proxy|inject|prometheus)\.istio\.io\//;

const known = new Map<string, ReadonlySet<string>>();

/** Lists the names that a release has at a place. */
function knownNames(edition: Edition, root: NameRoot): ReadonlySet<string> {
  const key = `${edition}/${root}`;
  const found = known.get(key) ?? new Set(listed(edition, root));
  known.set(key, found);
  return found;
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

/**
 * Tells of the names that are not simulated, as clauses: `annotation x is not simulated …`.
 * @param values - name → value; names that are not Istio's are passed over
 */
export function namesTold(
  edition: Edition,
  root: NameRoot,
  values: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = knownNames(edition, root);
  const word = { annotations: 'annotation', labels: 'label', istiod: 'variable', proxy: 'variable' }[root];
  return Object.entries(values).flatMap(([name, value]) => {
    if (!names.has(name))
      return root === 'annotations' && OWN_DOMAINS.test(name) ? [`Istio has no annotation ${name}`] : [];
    const { verdict, values: executed } = classified(edition, root).within.get(name) ?? {};
    if (verdict?.kind !== undefined && (executed?.has(String(value)) ?? true)) return [];
    const which = executed ? `${name}: ${String(value)}` : name;
    return [`${word} ${which} is not simulated by mesh-harness and has no effect`];
  });
}
