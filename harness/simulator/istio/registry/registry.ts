/** The registry of what is simulated: every name that Istio has, with what becomes of it here. */
import { COMMAND_RULES } from './classification/commands.ts';
import { INSTALLER_RULES } from './classification/installer.ts';
import { MARK_RULES } from './classification/marks.ts';
import { MESH_RULES } from './classification/mesh.ts';
import { RESOURCE_RULES } from './classification/resources.ts';
import { VARIABLE_RULES } from './classification/variables.ts';
import { addRule, type Classified, type Rule } from './classify.ts';
import type { Edition } from './names.ts';

/** All rules, in their order. */
const RULES: readonly Rule[] = [
  ...RESOURCE_RULES,
  ...MESH_RULES,
  ...MARK_RULES,
  ...VARIABLE_RULES,
  ...COMMAND_RULES,
  ...INSTALLER_RULES,
];

const trees: Readonly<Record<Edition, Map<string, Classified>>> = { '1.8': new Map(), current: new Map() };

/** Returns what the rules say of a kind, a document, or `annotations`, `labels`, `istiod`, `proxy`. */
export function classified(edition: Edition, root: string): Classified {
  const known = trees[edition].get(root);
  if (known) return known;
  const tree: Classified = { verdict: undefined, within: new Map() };
  for (const rule of RULES)
    if (rule.root === root && (rule.edition ?? edition) === edition) addRule(tree, rule);
  trees[edition].set(root, tree);
  return tree;
}

/** Tells whether anything of a kind has an effect. */
export const isExecuted = (edition: Edition, kind: string): boolean =>
  [...classified(edition, kind).within.values()].some(({ verdict }) => verdict?.kind === 'executed');
