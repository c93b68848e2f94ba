/**
 * What calls of functions cost, and how large their results are (google/cel-go checker/cost.go @v0.26,
 * apiserver pkg/cel/library/cost.go @v1.34).
 */
import { isSameType, parameterOf, type Type } from '../check/types.ts';
import type { Expression } from '../syntax/expression.ts';
import {
  fixed,
  PER_CHARACTER,
  PER_PATTERN_CHARACTER,
  product,
  type Range,
  scale,
  sum,
  UNBOUNDED,
  UNKNOWN,
  union,
} from './range.ts';

/** An argument of a call. */
export interface CostNode {
  readonly type: Type;
  readonly expression: Expression | undefined;
  /** Undefined if nothing is known of it. */
  readonly size: Range | undefined;
  /** The size of an element of a list by the schema. */
  readonly elementSize: () => Range | undefined;
}

/** A call to be estimated. */
interface CostedCall {
  readonly overload: string;
  readonly target: CostNode | undefined;
  readonly args: readonly CostNode[];
}

/** The cost of the call itself, without its arguments. */
export interface CallEstimate {
  readonly cost: Range;
  readonly size?: Range;
}

type Estimator = (call: CostedCall) => CallEstimate | undefined;

const sizeOf = (node: CostNode | undefined): Range => node?.size ?? UNKNOWN;
const ONE: CallEstimate = { cost: fixed(1) };
const constantly: Estimator = () => ONE;

/** One look at each character of an argument. */
const traversal =
  (of: (call: CostedCall) => CostNode | undefined, factor = PER_CHARACTER, keepsSize = false): Estimator =>
  call => {
    const node = of(call);
    if (!node) return undefined;
    const size = sizeOf(node);
    return { cost: scale(size, factor), ...(keepsSize && { size }) };
  };

const first = ({ args }: CostedCall) => args[0];
const target = (call: CostedCall) => call.target;

/** `matches`, `find`: the text by the pattern. */
function patternCost(text: Range, pattern: Range): Range {
  return product(scale(sum(text, fixed(1)), PER_CHARACTER), scale(pattern, PER_PATTERN_CHARACTER));
}

/** A look at each element of a list, or each character of a text. */
const listSearch: Estimator = ({ target: list }) => {
  if (!list) return undefined;
  if (list.type.parameters.length === 0) return { cost: scale(sizeOf(list), PER_CHARACTER) };
  const { kind } = parameterOf(list.type, 0);
  const isText = kind === 'string' || kind === 'bytes';
  const each = isText ? sum(fixed(1), scale(list.elementSize() ?? UNKNOWN, PER_CHARACTER)) : fixed(1);
  return { cost: product(sizeOf(list), each) };
};

/** How often a part is replaced, and how much of the text stays. */
function replaced(text: Range, from: Range, to: Range): Range {
  let [maxCount, maxKept] = [0, 0];
  if (from.min === 0) [maxCount, maxKept] = [Math.min(text.max + 1, UNBOUNDED), text.max];
  else if (to.max <= from.min) maxKept = text.max;
  else maxCount = Math.ceil(text.max / from.min);
  let [minCount, minKept] = [0, 0];
  if (from.max === 0) [minCount, minKept] = [Math.min(text.min + 1, UNBOUNDED), text.min];
  else if (from.max <= to.min) minKept = text.min;
  else minCount = Math.ceil(text.min / from.max);
  return sum(product({ min: minCount, max: maxCount }, to), { min: minKept, max: maxKept });
}

const replace: Estimator = ({ target: text, args: [from, to] }) =>
  text && {
    cost: scale(sizeOf(text), 2 * PER_CHARACTER),
    size: replaced(sizeOf(text), sizeOf(from), sizeOf(to)),
  };

const split: Estimator = ({ target: text, args: [, limit] }) => {
  if (!text) return undefined;
  const size = sizeOf(text);
  const literal = limit?.expression?.kind === 'constant' ? limit.expression.value : undefined;
  const max = typeof literal === 'bigint' ? (literal < 0n ? UNBOUNDED : Number(literal)) : size.max;
  return { cost: scale(size, 2 * PER_CHARACTER), size: { min: 0, max } };
};

const join: Estimator = ({ target: list, args: [separator] }) => {
  if (!list) return undefined;
  const count = sizeOf(list);
  const elements = product(count, list.elementSize() ?? UNKNOWN);
  const gaps = { min: Math.max(0, count.min - 1), max: Math.max(0, count.max - 1) };
  const size = separator ? sum(elements, product(sizeOf(separator), gaps)) : elements;
  return { cost: scale(size, PER_CHARACTER), size };
};

const find: Estimator = ({ target: text, args: [pattern] }) =>
  text && {
    cost: patternCost(sizeOf(text), sizeOf(pattern)),
    size: { min: 0, max: sizeOf(text).max },
  };

/** Addresses have 4 or 16 bytes. */
const ADDRESS: Range = { min: 4, max: 16 };

const containsAddress: Estimator = ({ overload, args: [other] }) => {
  const base = scale(sum(ADDRESS, ADDRESS), PER_CHARACTER);
  const parsing = overload.endsWith('_string') ? scale(sizeOf(other), PER_CHARACTER) : fixed(0);
  if (!overload.startsWith('cidr_contains_cidr')) return { cost: sum(base, parsing) };
  return { cost: sum(base, scale(ADDRESS, PER_CHARACTER), fixed(1), parsing) };
};

/** The pattern of a named format has at most 128 characters. */
const validate: Estimator = ({ args: [text] }) => ({
  cost: scale(scale(sizeOf(text), PER_CHARACTER), 128 * PER_PATTERN_CHARACTER),
});

const selector: Estimator = ({ args: [text] }) => {
  const requirements = scale(scale(sizeOf(text), 0.5), 50);
  return { cost: sum(fixed(10), scale(sizeOf(text), PER_CHARACTER), requirements) };
};

const NAMES: readonly (readonly [string, Estimator])[] = [
  ['check', () => ({ cost: fixed(350_000) })],
  ['serviceAccount path group resource subresource namespace name allowed reason error errored', constantly],
  ['fieldSelector labelSelector', selector],
  ['isSorted sum max min indexOf lastIndexOf', listSearch],
  ['url', traversal(first, PER_CHARACTER, true)],
  ['lowerAscii upperAscii substring trim', traversal(target, PER_CHARACTER, true)],
  ['replace', replace],
  ['split', split],
  ['join', join],
  ['find findAll', find],
  ['cidr isIP isCIDR quantity isQuantity semver isSemver', traversal(first)],
  ['ip', call => (call.overload === 'cidr_ip' ? ONE : traversal(first)(call))],
  ['ip.isCanonical', traversal(first, 2 * PER_CHARACTER)],
  [
    'masked prefixLength family isUnspecified isLoopback ' +
      'isLinkLocalMulticast isLinkLocalUnicast isGlobalUnicast',
    constantly,
  ],
  ['containsIP containsCIDR', containsAddress],
  ['validate', validate],
  ['format.named', constantly],
  [
    'sign asInteger isInteger asApproximateFloat isGreaterThan isLessThan compareTo ' +
      'add sub major minor patch',
    constantly,
  ],
  ['getScheme getHostname getHost getPort getEscapedPath getQuery', constantly],
];

/** By the function's name. */
const BY_NAME: ReadonlyMap<string, Estimator> = new Map(
  NAMES.flatMap(([names, estimator]) => names.split(' ').map(name => [name, estimator] as const)),
);

const comparison: Estimator = ({ args: [left, right] }) => {
  const max = Math.min(sizeOf(left).max, sizeOf(right).max);
  return { cost: scale({ min: max > 0 ? 1 : 0, max }, PER_CHARACTER) };
};

const COMPARISONS = ['less', 'greater', 'less_equals', 'greater_equals'].flatMap(order => [
  [`${order}_string`, comparison] as const,
  [`${order}_bytes`, comparison] as const,
]);

const concatenation: Estimator = ({ overload, args: [left, right] }) => {
  const size = sum(sizeOf(left), sizeOf(right));
  return { cost: overload === 'add_list' ? fixed(1) : scale(size, PER_CHARACTER), size };
};

/** By the overload: what cel-go itself knows. */
const BY_OVERLOAD: ReadonlyMap<string, Estimator> = new Map<string, Estimator>([
  ['string_format', traversal(target)],
  [
    'string_to_bytes',
    ({ args: [text] }) => {
      const { min, max } = sizeOf(text);
      return { cost: scale({ min, max }, PER_CHARACTER), size: { min, max: Math.min(max * 4, UNBOUNDED) } };
    },
  ],
  [
    'bytes_to_string',
    ({ args: [bytes] }) => {
      const { min, max } = sizeOf(bytes);
      return { cost: scale({ min, max }, PER_CHARACTER), size: { min: Math.floor(min / 4), max } };
    },
  ],
  [
    'strings_quote',
    ({ args: [text] }) => {
      const { min, max } = sizeOf(text);
      const size = { min: min + 2, max: Math.min(max * 2 + 2, UNBOUNDED) };
      return { cost: scale({ min, max }, PER_CHARACTER), size };
    },
  ],
  ['starts_with_string', traversal(first)],
  ['ends_with_string', traversal(first)],
  ['in_list', ({ args: [, list] }) => ({ cost: sizeOf(list) })],
  [
    'matches_string',
    ({ target: text, args: [pattern] }) => text && { cost: patternCost(sizeOf(text), sizeOf(pattern)) },
  ],
  [
    'contains_string',
    ({ target: text, args: [part] }) =>
      text && { cost: product(scale(sizeOf(text), PER_CHARACTER), scale(sizeOf(part), PER_CHARACTER)) },
  ],
  ['add_string', concatenation],
  ['add_bytes', concatenation],
  ['add_list', concatenation],
  ['equals', comparison],
  ['not_equals', comparison],
  ...COMPARISONS,
]);

/** Types whose values are compared at once. */
const COMPARED_AT_ONCE: ReadonlySet<string> = new Set([
  'net.IP',
  'net.CIDR',
  'kubernetes.Quantity',
  'kubernetes.Semver',
]);

function equalityOfForeign({ args: [left, right] }: CostedCall): CallEstimate | undefined {
  if (!left || !right || !isSameType(left.type, right.type)) return undefined;
  if (COMPARED_AT_ONCE.has(left.type.name)) return ONE;
  return left.type.name === 'kubernetes.NamedFormat'
    ? { cost: scale({ min: 1, max: 64 }, PER_CHARACTER) }
    : undefined;
}

/** Estimates a call that evaluates all of its arguments. */
export function estimateCall(name: string, call: CostedCall): CallEstimate {
  return (
    BY_NAME.get(name)?.(call) ??
    (name === '_==_' ? equalityOfForeign(call) : undefined) ??
    BY_OVERLOAD.get(call.overload)?.(call) ??
    ONE
  );
}

/** The size of the result of `a ? b : c`. */
export const eitherSize = (whenTrue: Range | undefined, whenFalse: Range | undefined): Range =>
  union(whenTrue ?? UNKNOWN, whenFalse ?? UNKNOWN);
