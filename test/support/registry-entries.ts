/** The registry as a list: all that a release has, with what becomes of it here. */

import type { Classified, Verdict } from '../../harness/simulator/istio/registry/classify.ts';
import { commandsOf } from '../../harness/simulator/istio/registry/commands.ts';
import { type NameRoot, namesKnown } from '../../harness/simulator/istio/registry/known-names.ts';
import { type Edition, namesOf, typeOf } from '../../harness/simulator/istio/registry/names.ts';
import { classified, isExecuted } from '../../harness/simulator/istio/registry/registry.ts';
import type { FieldType } from '../../harness/simulator/istio/registry/type-text.ts';

/** What nobody has classified. */
const NOT_SIMULATED: Verdict = { kind: 'not simulated' };

/** Where names stand that are no fields. */
export const NAME_ROOTS: readonly NameRoot[] = ['annotations', 'labels', 'istiod', 'proxy'];

/** One thing that Istio has. */
export interface Entry {
  /** A kind, `MeshConfig`, or where a name stands. */
  readonly root: string;
  /** Names from the root on; none for a kind itself. */
  readonly path: readonly string[];
  /** One of several values that a field or a name may have; absent: the field itself. */
  readonly value?: string;
  /** Absent of kinds and names. */
  readonly type?: FieldType;
  readonly verdict: Verdict;
}

/**
 * Lists the entries of a release, in the order of the files in `names/`.
 * @param documents - of names.ts, besides kinds and names
 */
export function entriesOf(edition: Edition, documents: readonly string[] = ['MeshConfig']): readonly Entry[] {
  const kinds = Object.keys(namesOf(edition).kinds);
  return [
    ...kinds.flatMap(kind => [kindEntry(edition, kind), ...fieldsOf(edition, kind)]),
    ...documents.flatMap(document => fieldsOf(edition, document)),
    ...NAME_ROOTS.flatMap(root => namesOfRoot(edition, root)),
  ];
}

/** Says what becomes of a command or, with its flag behind it, of a flag. */
export function verdictOf(edition: Edition, words: readonly string[]): Verdict {
  let at: Classified | undefined = classified(edition, 'istioctl');
  for (const word of words) at = at?.within.get(word);
  return at?.verdict ?? NOT_SIMULATED;
}

/** Lists the commands of istioctl and their flags, by their long names. */
export const commandEntries = (edition: Edition): readonly Entry[] =>
  [...commandsOf(edition)].flatMap(([command, flags]) => {
    const words = command.split(' ').filter(word => word !== '');
    const paths = [...flags].filter(flag => flag.startsWith('--')).map(flag => [...words, flag]);
    return [...(words.length > 0 ? [words] : []), ...paths].map(path => ({
      root: 'istioctl',
      path,
      verdict: verdictOf(edition, path),
    }));
  });

const kindEntry = (edition: Edition, kind: string): Entry => ({
  root: kind,
  path: [],
  verdict: isExecuted(edition, kind) ? { kind: 'executed' } : NOT_SIMULATED,
});

function namesOfRoot(edition: Edition, root: NameRoot): readonly Entry[] {
  const { within } = classified(edition, root);
  return [...namesKnown(edition, root)].flatMap(name => {
    const found = within.get(name);
    const verdict = found?.verdict ?? NOT_SIMULATED;
    // Of a name with certain values another value is not simulated.
    const others: readonly Entry[] = found?.values
      ? [{ root, path: [name], value: 'another-value', verdict: NOT_SIMULATED }]
      : [];
    return [{ root, path: [name], verdict }, ...others];
  });
}

function fieldsOf(edition: Edition, root: string): readonly Entry[] {
  const type = typeOf(edition, root);
  const entries: Entry[] = [];
  const walk = (
    at: FieldType,
    path: readonly string[],
    above: Verdict,
    tree: Classified | undefined,
  ): void => {
    if (at.kind === 'list' || at.kind === 'map') walk(at.of, path, above, tree);
    else if (at.kind === 'object')
      for (const [name, field] of at.fields) {
        const own = tree?.within.get(name) ?? tree?.within.get('*');
        // What is in a field that is not executed shares its lot.
        const verdict = above.kind === 'executed' ? (own?.verdict ?? NOT_SIMULATED) : above;
        entries.push({ root, path: [...path, name], type: field, verdict });
        walk(field, [...path, name], verdict, own);
      }
    else if (at.kind === 'scalar' && tree?.values && above.kind === 'executed')
      for (const value of at.values)
        if (!tree.values.has(value)) entries.push({ root, path, value, type: at, verdict: NOT_SIMULATED });
  };
  if (type)
    walk(
      type,
      [],
      isExecuted(edition, root) ? { kind: 'executed' } : NOT_SIMULATED,
      classified(edition, root),
    );
  return entries;
}

/** Prints an entry: `VirtualService.http.delegate`, `annotations networking.istio.io/exportTo`. */
export function describeEntry({ root, path, value }: Entry): string {
  const isName = NAME_ROOTS.some(each => each === root);
  const names = isName ? `${root} ${path.join('')}` : [root, ...path].join('.');
  return value === undefined ? names : `${names}: ${value}`;
}
