/** Documents that were valid: with a change or two in their tree, in their text, or in both. */
import fc, { type Arbitrary } from 'fast-check';
import { dump } from 'js-yaml';
import { oddText, oddValue } from './values.ts';

interface TreeChange {
  readonly kind: 'replace' | 'remove' | 'rename' | 'repeat' | 'add';
  /** Of the places in the tree. */
  readonly at: number;
  readonly key: string;
  readonly value: unknown;
}

interface TextChange {
  readonly kind: 'insert' | 'remove' | 'repeat';
  /** Of the text, from 0 to 1. */
  readonly at: number;
  readonly text: string;
  readonly count: number;
}

const treeChange: Arbitrary<TreeChange> = fc.record({
  kind: fc.constantFrom('replace', 'remove', 'rename', 'repeat', 'add'),
  at: fc.nat(1000),
  key: oddText,
  value: oddValue,
});
const textChange: Arbitrary<TextChange> = fc.record({
  kind: fc.constantFrom('insert', 'remove', 'repeat'),
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  text: oddText,
  count: fc.integer({ min: 1, max: 40 }),
});

type Container = Record<string, unknown> | unknown[];

interface Place {
  readonly holder: Container;
  readonly key: string;
}

const isContainer = (value: unknown): value is Container =>
  typeof value === 'object' && value !== null && !(value instanceof Date);

/** Lists every place of a tree: its holder, and the key there. */
function placesOf(tree: unknown): readonly Place[] {
  if (!isContainer(tree)) return [];
  return Object.entries(tree).flatMap(([key, value]) => [{ holder: tree, key }, ...placesOf(value)]);
}

/** Sets a key as parsers do, who have no setter in mind: `__proto__` is a key like any other. */
const put = (holder: Container, key: string, value: unknown) =>
  Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });

function changeTree(tree: unknown, { kind, at, key: newKey, value }: TreeChange): void {
  const places = placesOf(tree);
  const place = places[at % Math.max(1, places.length)];
  if (!place) return;
  const { holder, key } = place;
  const before = Reflect.get(holder, key);
  if (Array.isArray(holder)) {
    const index = Number(key);
    if (kind === 'remove') holder.splice(index, 1);
    else if (kind === 'repeat') holder.splice(index, 0, structuredClone(before));
    else holder[index] = value;
  } else if (kind === 'remove' || kind === 'rename') {
    Reflect.deleteProperty(holder, key);
    if (kind === 'rename') put(holder, newKey, before);
  } else put(holder, kind === 'add' ? newKey : key, value);
}

function changeText(text: string, { kind, at, text: more, count }: TextChange): string {
  const index = Math.floor(at * text.length);
  if (kind === 'insert') return text.slice(0, index) + more + text.slice(index);
  const rest = text.slice(index + count);
  const part = text.slice(index, index + count);
  return kind === 'remove' ? text.slice(0, index) + rest : text.slice(0, index) + part.repeat(3) + rest;
}

/** What both formats of a document may be read from. */
const written = (tree: unknown, asJson: boolean): string =>
  asJson ? JSON.stringify(tree) : dump(tree, { skipInvalid: true });

/**
 * Writes valid documents with few changes, so that a reader comes far with them.
 * @param valid - trees of JSON's values
 */
export const changedDocument = (valid: Arbitrary<unknown>): Arbitrary<string> =>
  fc
    .record({
      tree: valid,
      asJson: fc.boolean(),
      treeChanges: fc.array(treeChange, { maxLength: 3 }),
      textChanges: fc.oneof(
        { weight: 3, arbitrary: fc.constant<TextChange[]>([]) },
        { weight: 1, arbitrary: fc.array(textChange, { maxLength: 3 }) },
      ),
    })
    .map(({ tree, asJson, treeChanges, textChanges }) => {
      const copy = structuredClone(tree);
      for (const change of treeChanges) changeTree(copy, structuredClone(change));
      return textChanges.reduce(changeText, written(copy, asJson));
    });

/** Changes texts in a few places. */
export const changedText = (valid: Arbitrary<string>): Arbitrary<string> =>
  fc
    .record({ text: valid, changes: fc.array(textChange, { maxLength: 4 }) })
    .map(({ text, changes }) => changes.reduce(changeText, text));

const YAML_TOKENS = [
  ...['- ', ': ', '? ', ', ', '\n', '\n  ', '\n    ', '[', ']', '{', '}', '&a ', '*a', '!!str ', '!!set '],
  ...[
    '|',
    '>',
    '>-',
    '"',
    "'",
    '# ',
    '---\n',
    '...\n',
    '%YAML 1.2\n',
    '<<: ',
    'name',
    'clusters',
    'a',
    '1',
    '~',
  ],
];

/** What is no document at all, or nearly: bytes, characters and the tokens of YAML by chance. */
export const rawText: Arbitrary<string> = fc.oneof(
  fc.array(fc.constantFrom(...YAML_TOKENS), { maxLength: 60 }).map(tokens => tokens.join('')),
  fc.string({ unit: 'binary', maxLength: 200 }),
  fc.uint8Array({ maxLength: 200 }).map(bytes => Buffer.from(bytes).toString('utf8')),
  fc.json({ maxDepth: 4 }),
);
