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
  const told: string[] = [];
  for (const name in values) {
    // Quick for names of others, since it is asked of every write.
    if (names.has(name)) {
      const which = notSimulated(edition, root, name, values[name]);
      if (which !== undefined)
        told.push(`${WORDS[root]} ${which} is not simulated by mesh-harness and has no effect`);
    } else if (root === 'annotations' && OWN_DOMAINS.test(name)) told.push(`Istio has no annotation ${name}`);
  }
  return told;
}

const WORDS: Readonly<Record<NameRoot, string>> = {
  annotations: 'annotation',
  labels: 'label',
  istiod: 'variable',
  proxy: 'variable',
};

/** Returns what to tell of a name, with its value where that counts; undefined where nothing is to tell. */
function notSimulated(edition: Edition, root: NameRoot, name: string, value: unknown): string | undefined {
  const { verdict, values: executed } = classified(edition, root).within.get(name) ?? {};
  if (verdict?.kind !== undefined && (executed?.has(String(value)) ?? true)) return undefined;
  return executed ? `${name}: ${String(value)}` : name;
}
