/** Which annotations, labels and variables have no effect, though somebody may count on them. */
import { type NameRoot, namesKnown } from './known-names.ts';
import type { Edition } from './names.ts';
import { classified } from './registry.ts';

/** Where people write annotations of their own accord; elsewhere tools write more than is listed. */
const OWN_DOMAINS = /^(?:sidecar|traffic\.sidecar|proxy|inject|prometheus)\.istio\.io\//;

/**
 * Tells of the names that are not simulated, as clauses: `annotation x is not simulated …`.
 * @param values - name → value; names that are not Istio's are passed over
 */
export function namesTold(
  edition: Edition,
  root: NameRoot,
  values: Readonly<Record<string, unknown>>,
): readonly string[] {
  const names = namesKnown(edition, root);
  const word = { annotations: 'annotation', labels: 'label', istiod: 'variable', proxy: 'variable' }[root];
  return Object.entries(values).flatMap(([name, value]) => {
    // Quick for names of others, since it is asked of every write.
    if (!names.has(name))
      return root === 'annotations' && OWN_DOMAINS.test(name) ? [`Istio has no annotation ${name}`] : [];
    const { verdict, values: executed } = classified(edition, root).within.get(name) ?? {};
    if (verdict?.kind !== undefined && (executed?.has(String(value)) ?? true)) return [];
    const which = executed ? `${name}: ${String(value)}` : name;
    return [`${word} ${which} is not simulated by mesh-harness and has no effect`];
  });
}
