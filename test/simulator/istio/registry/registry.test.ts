/** Every entry of the registry: what is not simulated is told, what is executed or harmless is not. */
import t from 'tap';
import { adviceOn } from '../../../../harness/simulator/istio/istiod/model/advice.ts';
import { MARK_RULES } from '../../../../harness/simulator/istio/registry/classification/marks.ts';
import { MESH_RULES } from '../../../../harness/simulator/istio/registry/classification/mesh.ts';
import { RESOURCE_RULES } from '../../../../harness/simulator/istio/registry/classification/resources.ts';
import { VARIABLE_RULES } from '../../../../harness/simulator/istio/registry/classification/variables.ts';
import { addRule, type Classified } from '../../../../harness/simulator/istio/registry/classify.ts';
import { fieldsTold } from '../../../../harness/simulator/istio/registry/fields-told.ts';
import { type Edition, typeOf } from '../../../../harness/simulator/istio/registry/names.ts';
import { namesTold } from '../../../../harness/simulator/istio/registry/names-told.ts';
import { classified } from '../../../../harness/simulator/istio/registry/registry.ts';
import { describeEntry, type Entry, entriesOf, NAME_ROOTS } from '../../../support/registry-entries.ts';
import { documentOf, objectWith } from './written.ts';

const EDITIONS: readonly Edition[] = ['1.8', 'current'];
const SAID = ' is not simulated by mesh-harness and has no effect';

/** Tells whether a sentence names the entry, or a field in which it is. */
function tells(sentence: string, { root, path, value }: Entry): boolean {
  if (path.length === 0 || !sentence.includes(': ')) return sentence === `${root} sample/it${SAID}`;
  const said = sentence.slice(sentence.indexOf(': ') + 2).replace(/\[0\]|\.key\b/g, '');
  const field = /^(?:spec|meshConfig)\.(\S+?):?(?: | is )/.exec(said)?.[1];
  const isField = !NAME_ROOTS.some(each => each === root);
  if (isField) return field !== undefined && `${path.join('.')}.`.startsWith(`${field}.`);
  return said.includes(` ${path[0]} `) || said.includes(` ${path[0]}: ${value ?? 'text'} `);
}

for (const edition of EDITIONS) {
  const entries = entriesOf(edition);
  t.test(`${edition}: whatever is not simulated is told at the write`, async t => {
    const silent = entries
      .filter(({ verdict }) => verdict.kind === 'not simulated')
      .filter(entry => !adviceOn(edition, objectWith(edition, entry, 'it')).some(said => tells(said, entry)));
    t.same(silent.map(describeEntry), []);
  });

  t.test(`${edition}: of what is executed or harmless nothing is told`, async t => {
    const told = entries.filter(entry => {
      const { root, path, verdict } = entry;
      if (verdict.kind === 'not simulated' || path.length === 0) return false;
      const name = NAME_ROOTS.find(each => each === root);
      if (!name)
        return fieldsTold(edition, root, documentOf(edition, entry)).some(
          each => each.path.replace(/\[0\]|\.key\b/g, '') === path.join('.'),
        );
      const [allowed = 'text'] = classified(edition, name).within.get(path[0] ?? '')?.values ?? [];
      return namesTold(edition, name, { [path[0] ?? '']: allowed }).length > 0;
    });
    t.same(told.map(describeEntry), []);
  });
}

t.test('rules name only what Istio has', async t => {
  const known = new Set(EDITIONS.flatMap(edition => entriesOf(edition).map(nameIn)));
  const rules = [...RESOURCE_RULES, ...MESH_RULES, ...MARK_RULES, ...VARIABLE_RULES];
  const strange = rules.flatMap(rule => {
    const tree: Classified = { verdict: undefined, within: new Map() };
    addRule(tree, rule);
    return pathsIn(tree, [rule.root]).filter(name => !known.has(name));
  });
  t.same(strange, []);
});

const nameIn = ({ root, path }: Entry): string => [root, ...path].join(' ');
const pathsIn = (tree: Classified, above: readonly string[]): readonly string[] =>
  [...tree.within].flatMap(([name, each]) => [
    [...above, name].join(' '),
    ...pathsIn(each, [...above, name]),
  ]);

t.test('what is harmless is no matter of security, routing or discovery', async t => {
  const kinds = EDITIONS.flatMap(edition => entriesOf(edition))
    .filter(({ verdict, root }) => verdict.kind === 'no effect' && typeOf('current', root) !== undefined)
    .map(({ root }) => root);
  t.same([...new Set(kinds)], ['MeshConfig'], 'no field of a resource');
});
