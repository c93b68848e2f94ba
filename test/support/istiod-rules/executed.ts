/** Which of what the registry calls executed stands in the corpus of rules. */
import yaml from 'js-yaml';
import { isObject, tree } from '../../../harness/base/untyped.ts';
import { typeOf } from '../../../harness/simulator/istio/registry/names.ts';
import type { FieldType } from '../../../harness/simulator/istio/registry/type-text.ts';
import { describeEntry, type Entry, entriesOf } from '../registry-entries.ts';
import type { RuleCase } from './corpus.ts';
import { MESH_CONFIG } from './mesh.ts';

/** What a real istiod of today is compared with. */
const EDITION = 'current';
/** Variables are told to agents and to istiod's process, not to its configuration. */
const ELSEWHERE: readonly string[] = ['istiod', 'proxy'];
const MARKS = ['annotations', 'labels'] as const;

/**
 * Lists what is executed: `VirtualService.http.timeout`, each value of a field that has certain ones
 * (`AuthorizationPolicy.action: DENY`), `annotations networking.istio.io/exportTo`.
 */
export function executedEntries(): readonly string[] {
  const entries = entriesOf(EDITION).filter(({ root }) => !ELSEWHERE.includes(root));
  const others = new Set(entries.filter(({ value }) => value !== undefined).map(describeEntry));
  return entries
    .filter(({ verdict }) => verdict.kind === 'executed')
    .flatMap(entry => [entry, ...valuesOf(entry)])
    .map(describeEntry)
    .filter(name => !others.has(name));
}

const valuesOf = (entry: Entry): readonly Entry[] =>
  entry.type?.kind === 'scalar' ? entry.type.values.map(value => ({ ...entry, value })) : [];

/** Lists, in the same words, what the cases have. */
export function writtenEntries(cases: readonly RuleCase[]): ReadonlySet<string> {
  const written = new Set<string>();
  for (const { mesh, objects, remote } of cases) {
    addFields(written, { root: 'MeshConfig', path: [] }, yaml.load(`${MESH_CONFIG}${mesh}`));
    for (const { kind = '', metadata, ...more } of [...objects, ...remote]) {
      if (typeOf(EDITION, kind)) {
        written.add(kind);
        addFields(written, { root: kind, path: [] }, more['spec']);
      }
      for (const root of MARKS)
        for (const name of Object.keys(tree(metadata[root]))) written.add(`${root} ${name}`);
    }
  }
  return written;
}

function addFields(
  written: Set<string>,
  { root, path }: Pick<Entry, 'root' | 'path'>,
  value: unknown,
  type: FieldType | undefined = typeOf(EDITION, root),
): void {
  if (type?.kind === 'list' || type?.kind === 'map')
    for (const item of Object.values(tree(value))) addFields(written, { root, path }, item, type.of);
  else if (type?.kind === 'object' && isObject(value))
    for (const [name, item] of Object.entries(value)) {
      written.add(describeEntry({ root, path: [...path, name], verdict: { kind: 'executed' } }));
      addFields(written, { root, path: [...path, name] }, item, type.fields.get(name));
    }
  else if (type?.kind === 'scalar' && type.values.length > 0)
    written.add(describeEntry({ root, path, value: String(value), verdict: { kind: 'executed' } }));
}
