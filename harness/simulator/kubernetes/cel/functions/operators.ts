/** Operators and conversions (google/cel-go common/stdlib/standard.go @v0.26). */

import { AssociativeList } from '../run/associative-list.ts';
import { compare, equal } from '../run/compare.ts';
import { select, selectOptional } from '../run/select.ts';
import { UnsignedInt } from '../run/unsigned-int.ts';
import { Duration, EvaluationError, isList, type MapValue, Timestamp, type Value } from '../run/values.ts';
import type { Library } from './declare.ts';

const MAX_TIMESTAMP = 253_402_300_799n * 1_000_000_000n;
const MIN_TIMESTAMP = -62_135_596_800n * 1_000_000_000n;

/** @throws EvaluationError for what does not fit into 64 bits */
export function asInt(value: bigint): bigint {
  if (BigInt.asIntN(64, value) !== value) throw new EvaluationError('integer overflow');
  return value;
}

/** @throws EvaluationError for what does not fit into 64 bits without a sign */
export function asUint(value: bigint): UnsignedInt {
  if (BigInt.asUintN(64, value) !== value) throw new EvaluationError('unsigned integer overflow');
  return new UnsignedInt(value);
}

function asDuration(nanos: bigint): Duration {
  if (BigInt.asIntN(64, nanos) !== nanos) throw new EvaluationError('duration overflow');
  return new Duration(nanos);
}

/** @throws EvaluationError for a time before year 1 or after year 9999 */
export function asTimestamp(nanos: bigint): Timestamp {
  if (nanos < MIN_TIMESTAMP || nanos > MAX_TIMESTAMP + 999_999_999n)
    throw new EvaluationError('timestamp overflow');
  return new Timestamp(nanos);
}

function notZero(divisor: bigint, message: string): bigint {
  if (divisor === 0n) throw new EvaluationError(message);
  return divisor;
}

function joinBytes(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}

const joinLists = (a: readonly Value[], b: readonly Value[]): readonly Value[] =>
  a instanceof AssociativeList ? a.merge(b, equal) : [...a, ...b];

function declareArithmetic(library: Library): void {
  type Int = bigint;
  type Uint = UnsignedInt;
  library
    .declare('add_bytes', '_+_(bytes, bytes): bytes', joinBytes)
    .declare('add_double', '_+_(double, double): double', (a: number, b: number) => a + b)
    .declare('add_duration_duration', '_+_(duration, duration): duration', (a: Duration, b: Duration) =>
      asDuration(a.nanos + b.nanos),
    )
    .declare('add_duration_timestamp', '_+_(duration, timestamp): timestamp', (a: Duration, b: Timestamp) =>
      asTimestamp(a.nanos + b.nanos),
    )
    .declare('add_timestamp_duration', '_+_(timestamp, duration): timestamp', (a: Timestamp, b: Duration) =>
      asTimestamp(a.nanos + b.nanos),
    )
    .declare('add_int64', '_+_(int, int): int', (a: Int, b: Int) => asInt(a + b))
    .declare('add_list', '_+_(list<A>, list<A>): list<A>', joinLists)
    .declare('add_string', '_+_(string, string): string', (a: string, b: string) => a + b)
    .declare('add_uint64', '_+_(uint, uint): uint', (a: Uint, b: Uint) => asUint(a.value + b.value))
    .declare('divide_double', '_/_(double, double): double', (a: number, b: number) => a / b)
    .declare('divide_int64', '_/_(int, int): int', (a: Int, b: Int) =>
      asInt(a / notZero(b, 'division by zero')),
    )
    .declare('divide_uint64', '_/_(uint, uint): uint', (a: Uint, b: Uint) =>
      asUint(a.value / notZero(b.value, 'division by zero')),
    )
    .declare('modulo_int64', '_%_(int, int): int', (a: Int, b: Int) => a % notZero(b, 'modulus by zero'))
    .declare('modulo_uint64', '_%_(uint, uint): uint', (a: Uint, b: Uint) =>
      asUint(a.value % notZero(b.value, 'modulus by zero')),
    )
    .declare('multiply_double', '_*_(double, double): double', (a: number, b: number) => a * b)
    .declare('multiply_int64', '_*_(int, int): int', (a: Int, b: Int) => asInt(a * b))
    .declare('multiply_uint64', '_*_(uint, uint): uint', (a: Uint, b: Uint) => asUint(a.value * b.value))
    .declare('negate_double', '-_(double): double', (a: number) => -a)
    .declare('negate_int64', '-_(int): int', (a: Int) => asInt(-a))
    .declare('subtract_double', '_-_(double, double): double', (a: number, b: number) => a - b)
    .declare('subtract_duration_duration', '_-_(duration, duration): duration', (a: Duration, b: Duration) =>
      asDuration(a.nanos - b.nanos),
    )
    .declare('subtract_int64', '_-_(int, int): int', (a: Int, b: Int) => asInt(a - b))
    .declare(
      'subtract_timestamp_duration',
      '_-_(timestamp, duration): timestamp',
      (a: Timestamp, b: Duration) => asTimestamp(a.nanos - b.nanos),
    )
    .declare(
      'subtract_timestamp_timestamp',
      '_-_(timestamp, timestamp): duration',
      (a: Timestamp, b: Timestamp) => asDuration(a.nanos - b.nanos),
    )
    .declare('subtract_uint64', '_-_(uint, uint): uint', (a: Uint, b: Uint) => asUint(a.value - b.value));
}

/** Numbers of different types can be compared (cel-go, CrossTypeNumericComparisons). */
const ORDERED: readonly (readonly [string, string, string])[] = [
  ['bool', 'bool', 'bool'],
  ['int64', 'int', 'int'],
  ['int64_double', 'int', 'double'],
  ['int64_uint64', 'int', 'uint'],
  ['uint64', 'uint', 'uint'],
  ['uint64_double', 'uint', 'double'],
  ['uint64_int64', 'uint', 'int'],
  ['double', 'double', 'double'],
  ['double_int64', 'double', 'int'],
  ['double_uint64', 'double', 'uint'],
  ['string', 'string', 'string'],
  ['bytes', 'bytes', 'bytes'],
  ['timestamp', 'timestamp', 'timestamp'],
  ['duration', 'duration', 'duration'],
];

function declareComparisons(library: Library): void {
  const operators = [
    ['less', '_<_', (order: number) => order < 0],
    ['less_equals', '_<=_', (order: number) => order <= 0],
    ['greater', '_>_', (order: number) => order > 0],
    ['greater_equals', '_>=_', (order: number) => order >= 0],
  ] as const;
  for (const [prefix, operator, decide] of operators) {
    for (const [suffix, left, right] of ORDERED) {
      library.declare(`${prefix}_${suffix}`, `${operator}(${left}, ${right}): bool`, (a: Value, b: Value) =>
        decide(compare(a, b)),
      );
    }
  }
  library
    .declare('equals', '_==_(A, A): bool', equal)
    .declare('not_equals', '_!=_(A, A): bool', (a: Value, b: Value) => !equal(a, b));
}

const isIn = (value: Value, within: readonly Value[] | MapValue): boolean =>
  isList(within) ? within.some(element => equal(element, value)) : within.get(value) !== undefined;

/** Those that decide by themselves what they evaluate are done by the evaluator. */
const never = (): Value => {
  throw new EvaluationError('no such overload');
};

/** Declares the operators. */
export function declareOperators(library: Library): void {
  library
    .declare('conditional', '_?_:_(bool, A, A): A', never)
    .declare('logical_and', '_&&_(bool, bool): bool', never)
    .declare('logical_or', '_||_(bool, bool): bool', never)
    .declare('logical_not', '!_(bool): bool', (value: boolean) => !value)
    .declare('not_strictly_false', '@not_strictly_false(bool): bool', never)
    .declare('index_list', '_[_](list<A>, int): A', select)
    .declare('index_map', '_[_](map<A, B>, A): B', select)
    .declare('optional_list_index_int', '_[_](optional<list<A>>, int): optional<A>', select)
    .declare('optional_map_index_value', '_[_](optional<map<A, B>>, A): optional<B>', select)
    .declare('select_optional_field', '_?._(dyn, string): optional<A>', selectOptional)
    .declare('list_optindex_optional_int', '_[?_](list<A>, int): optional<A>', selectOptional)
    .declare(
      'optional_list_optindex_optional_int',
      '_[?_](optional<list<A>>, int): optional<A>',
      selectOptional,
    )
    .declare('map_optindex_optional_value', '_[?_](map<A, B>, A): optional<B>', selectOptional)
    .declare(
      'optional_map_optindex_optional_value',
      '_[?_](optional<map<A, B>>, A): optional<B>',
      selectOptional,
    )
    .declare('in_list', '@in(A, list<A>): bool', isIn)
    .declare('in_map', '@in(A, map<A, B>): bool', isIn);
  declareArithmetic(library);
  declareComparisons(library);
}
