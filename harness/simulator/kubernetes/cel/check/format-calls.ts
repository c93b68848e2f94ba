/** Checks what `'%s is %d'.format([a, b])` shows, place by place (google/cel-go ext/formatting.go @v0.26). */
import type { CallExpression, Expression } from '../syntax/expression.ts';
import type { Issue } from '../syntax/issues.ts';
import { partsOf } from './parts.ts';
import { DYN, type TypeKind } from './types.ts';

interface Verb {
  readonly kinds: readonly TypeKind[];
  readonly rule: string;
}

const NUMBERS = ['int', 'uint'] as const;
const TEXTS = [
  'list',
  'map',
  'int',
  'uint',
  'double',
  'bool',
  'string',
  'timestamp',
  'bytes',
  'duration',
  'type',
  'null',
] as const;

const TEXT_RULE =
  'string clause can only be used on strings, bools, bytes, ints, doubles, ' +
  'maps, lists, types, durations, and timestamps';
const FIXED: Verb = {
  kinds: ['double', 'string'],
  rule: 'fixed-point clause can only be used on doubles',
};
const HEX: Verb = {
  kinds: ['int', 'uint', 'string', 'bytes'],
  rule: 'only integers, byte buffers, and strings can be formatted as hex',
};
const VERBS: ReadonlyMap<string, Verb> = new Map<string, Verb>([
  [
    's',
    {
      kinds: TEXTS,
      rule: TEXT_RULE,
    },
  ],
  ['d', { kinds: NUMBERS, rule: 'decimal clause can only be used on integers' }],
  ['f', FIXED],
  ['e', { kinds: FIXED.kinds, rule: 'scientific clause can only be used on doubles' }],
  ['b', { kinds: ['int', 'uint', 'bool'], rule: 'only integers and bools can be formatted as binary' }],
  ['x', HEX],
  ['X', HEX],
  ['o', { kinds: NUMBERS, rule: 'octal clause can only be used on integers' }],
]);

const fits = ({ kinds }: Verb, { type = DYN }: Expression) =>
  type.kind === 'dyn' || kinds.includes(type.kind);

/** The part of a value that cannot be shown as text; lists and maps that stand there are looked into. */
function unshowable(verb: Verb, value: Expression): Expression | undefined {
  if (!fits(verb, value)) return value;
  if (verb.kinds !== TEXTS || (value.kind !== 'list' && value.kind !== 'map')) return undefined;
  for (const part of partsOf(value)) {
    const found = unshowable(verb, part);
    if (found) return found;
  }
  return undefined;
}

function problemOf(letter: string, value: Expression): Issue | undefined {
  const verb = VERBS.get(letter);
  if (!verb) {
    const shown = JSON.stringify(letter);
    return {
      at: value.at,
      message: `could not parse formatting clause: unrecognized formatting clause ${shown}`,
    };
  }
  const part = unshowable(verb, value);
  if (!part) return undefined;
  const { name } = part.type ?? DYN;
  return { at: part.at, message: `error during formatting: ${verb.rule}, was given ${name}` };
}

/** Finds the first value that does not fit its place, or that there are too few or too many. */
export function wrongFormat({ name, target, args, at }: CallExpression): Issue[] {
  const list = args[0];
  if (name !== 'format' || target?.kind !== 'constant' || list?.kind !== 'list') return [];
  if (typeof target.value !== 'string') return [];
  const values = list.elements.map(({ value }) => value);
  let count = 0;
  for (const [, percent, , letter = ''] of target.value.matchAll(/%(?:(%)|(?:\.(\d+))?([\s\S]?))/g)) {
    if (percent !== undefined) continue;
    const value = values[count++];
    if (letter === '') return [{ at, message: 'unexpected end of string' }];
    if (!value) return [{ at, message: `index ${count - 1} out of range` }];
    const problem = problemOf(letter, value);
    if (problem) return [problem];
  }
  if (values.length <= count) return [];
  const numbers = `(expected ${count}, got ${values.length})`;
  return [{ at, message: `too many arguments supplied to string.format ${numbers}` }];
}
