/** The rules for names: of clusters, of networks, of the mesh. */
import yaml from 'js-yaml';
import { type Entry, isMapping, textOf } from './entries.ts';

const DNS_LABEL = /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/;

/** Checks the id of the mesh, if there is one. */
export function checkMeshId(content: unknown): string[] {
  const id = isMapping(content) ? content['meshID'] : undefined;
  if (typeof id !== 'string') return [];
  return /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/.test(id) && readsAsText(id)
    ? []
    : [`meshID: "${id}" should be letters, digits, '-', '_' and '.', with a letter or a digit at both ends`];
}

/**
 * Checks that names are DNS labels, that YAML reads them as texts, and that none stands twice.
 * @param kind - how a message calls what has the names
 */
export function checkNames(entries: readonly Entry[], kind: string): string[] {
  const problems: string[] = [];
  const seen = new Map<string, string>();
  for (const entry of entries) {
    const name = textOf(entry, 'name');
    if (name === undefined) continue;
    const where = `${entry.where}.name`;
    const before = seen.get(name);
    if (before === undefined) seen.set(name, where);
    else problems.push(`${where}: another ${kind} is called "${name}" (${before})`);
    if (name.length > 63 || !DNS_LABEL.test(name)) {
      problems.push(
        `${where}: "${name}" is no DNS-1123 label: up to 63 lower-case letters, digits and '-', with a letter or a digit at both ends`,
      );
    } else if (!readsAsText(name)) {
      problems.push(
        `${where}: YAML reads ${name} as something else than a text; choose a name that begins with a letter`,
      );
    }
  }
  return problems;
}

/**
 * Tells whether YAML reads a name as text: names are unquoted in the guide's YAML, where `1` is a number and
 * `no` is false.
 */
const readsAsText = (name: string): boolean =>
  yaml.load(name) === name && !/^(y|n|yes|no|on|off)$/i.test(name); // js-yaml is YAML 1.2, Istio's parser reads 1.1 too
