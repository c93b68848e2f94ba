/**
 * Functions over lists, maps and optional values (google/cel-go common/stdlib/standard.go, cel/library.go,
 * ext/sets.go, ext/comprehensions.go and ext/lists.go @v0.26; apiserver pkg/cel/library/lists.go @v1.34).
 */

import { compare, equal } from '../run/compare.ts';
import { UnsignedInt } from '../run/unsigned-int.ts';
import {
  Duration,
  EvaluationError,
  isList,
  LiteralMap,
  type MapValue,
  Optional,
  type Value,
} from '../run/values.ts';
import type { Library } from './declare.ts';
import { asInt, asUint } from './operators.ts';

type List = readonly Value[];

const contains = (list: List, value: Value) => list.some(element => equal(element, value));
const containsAll = (list: List, values: List) => values.every(value => contains(list, value));

function declareSizes(library: Library): void {
  const ofText = (text: string) => BigInt([...text].length);
  const ofList = (list: List | Uint8Array) => BigInt(list.length);
  const ofMap = (map: MapValue) => BigInt(map.size);
  for (const [dot, suffix, prefix] of [
    ['', '', 'size_'],
    ['.', '_size', ''],
  ] as const) {
    library
      .declare(`${prefix}bytes${suffix}`, `${dot}size(bytes): int`, ofList)
      .declare(`${prefix}list${suffix}`, `${dot}size(list<A>): int`, ofList)
      .declare(`${prefix}map${suffix}`, `${dot}size(map<A, B>): int`, ofMap)
      .declare(`${prefix}string${suffix}`, `${dot}size(string): int`, ofText);
  }
}

function add(a: Value, b: Value): Value {
  if (typeof a === 'bigint' && typeof b === 'bigint') return asInt(a + b);
  if (typeof a === 'number' && typeof b === 'number') return a + b;
  if (a instanceof UnsignedInt && b instanceof UnsignedInt) return asUint(a.value + b.value);
  if (a instanceof Duration && b instanceof Duration) return new Duration(a.nanos + b.nanos);
  throw new EvaluationError('no such overload');
}

const isSorted = (list: List) =>
  list.every((value, index) => index === 0 || compare(list[index - 1] ?? null, value) <= 0);

/** The element that no other one is beyond. */
function extreme(list: List, name: string, isBeyond: (order: number) => boolean): Value {
  const [first, ...rest] = list;
  if (first === undefined) throw new EvaluationError(`${name} called on empty list`);
  return rest.reduce<Value>((best, value) => (isBeyond(compare(value, best)) ? value : best), first);
}

const SUMMABLE: readonly (readonly [string, Value])[] = [
  ['int', 0n],
  ['uint', new UnsignedInt(0n)],
  ['double', 0],
  ['duration', new Duration(0n)],
];
const COMPARABLE = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'];

function declareKubernetesLists(library: Library): void {
  for (const type of COMPARABLE) {
    library
      .declare(`list_${type}_is_sorted_bool`, `.isSorted(list<${type}>): bool`, isSorted)
      .declare(`list_${type}_max_${type}`, `.max(list<${type}>): ${type}`, (list: List) =>
        extreme(list, 'max', order => order > 0),
      )
      .declare(`list_${type}_min_${type}`, `.min(list<${type}>): ${type}`, (list: List) =>
        extreme(list, 'min', order => order < 0),
      );
  }
  for (const [type, zero] of SUMMABLE)
    library.declare(`list_${type}_sum_${type}`, `.sum(list<${type}>): ${type}`, (list: List) =>
      list.reduce<Value>(add, zero),
    );
  library
    .declare('list_a_index_of_int', '.indexOf(list<A>, A): int', (list: List, value: Value) =>
      BigInt(list.findIndex(element => equal(element, value))),
    )
    .declare('list_a_last_index_of_int', '.lastIndexOf(list<A>, A): int', (list: List, value: Value) => {
      for (let index = list.length - 1; index >= 0; index--)
        if (equal(list[index] ?? null, value)) return BigInt(index);
      return -1n;
    });
}

function declareSets(library: Library): void {
  library
    .declare('list_sets_contains_list', 'sets.contains(list<T>, list<T>): bool', containsAll)
    .declare(
      'list_sets_equivalent_list',
      'sets.equivalent(list<T>, list<T>): bool',
      (a: List, b: List) => containsAll(a, b) && containsAll(b, a),
    )
    .declare('list_sets_intersects_list', 'sets.intersects(list<T>, list<T>): bool', (a: List, b: List) =>
      a.some(value => contains(b, value)),
    );
}

/** Adds the entries of one map to a copy of another. */
function insert(map: MapValue, entries: readonly (readonly [Value, Value])[]): LiteralMap {
  const result = map instanceof LiteralMap ? map.copy() : new LiteralMap();
  for (const [key, value] of entries) {
    if (!result.add(key, value))
      throw new EvaluationError(`insert failed: key ${String(key)} already exists`);
  }
  return result;
}

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0n || value === 0 || value === '') return true;
  if (value instanceof UnsignedInt) return value.value === 0n;
  if (value instanceof Duration) return value.nanos === 0n;
  if (isList(value) || value instanceof Uint8Array) return value.length === 0;
  return typeof value === 'object' && 'isMap' in value && value.size === 0;
}

function valueIn({ value }: Optional): Value {
  if (value === undefined) throw new EvaluationError('optional.none() dereference');
  return value;
}

const unwrap = (list: List): List =>
  list.flatMap(element => {
    if (!(element instanceof Optional)) throw new EvaluationError(`value ${String(element)} is not optional`);
    return element.value === undefined ? [] : [element.value];
  });

function declareOptionals(library: Library): void {
  library
    .declare('optional_of', 'optional.of(V): optional<V>', Optional.of)
    .declare('optional_ofNonZeroValue', 'optional.ofNonZeroValue(V): optional<V>', (value: Value) =>
      isZero(value) ? Optional.none : Optional.of(value),
    )
    .declare('optional_none', 'optional.none(): optional<V>', () => Optional.none)
    .declare('optional_value', '.value(optional<V>): V', valueIn)
    .declare(
      'optional_hasValue',
      '.hasValue(optional<V>): bool',
      ({ value }: Optional) => value !== undefined,
    )
    .declare(
      'optional_or_optional',
      '.or(optional<V>, optional<V>): optional<V>',
      (a: Optional, b: Optional) => (a.value === undefined ? b : a),
    )
    .declare('optional_orValue_value', '.orValue(optional<V>, V): V', (a: Optional, b: Value) =>
      a.value === undefined ? b : a.value,
    )
    .declare('list_first', '.first(list<V>): optional<V>', ([first]: List) =>
      first === undefined ? Optional.none : Optional.of(first),
    )
    .declare('list_last', '.last(list<V>): optional<V>', (list: List) => {
      const last = list[list.length - 1];
      return last === undefined ? Optional.none : Optional.of(last);
    })
    .declare('optional_unwrap', 'optional.unwrap(list<optional<V>>): list<V>', unwrap)
    .declare('optional_unwrapOpt', '.unwrapOpt(list<optional<V>>): list<V>', unwrap);
}

/** Declares the functions over lists, maps and optional values. */
export function declareCollections(library: Library): void {
  declareSizes(library);
  declareKubernetesLists(library);
  declareSets(library);
  declareOptionals(library);
  library
    .declare(
      '@mapInsert_map_key_value',
      'cel.@mapInsert(map<K, V>, K, V): map<K, V>',
      (map: MapValue, key: Value, value: Value) => insert(map, [[key, value]]),
    )
    .declare(
      '@mapInsert_map_map',
      'cel.@mapInsert(map<K, V>, map<K, V>): map<K, V>',
      (map: MapValue, more: MapValue) =>
        insert(
          map,
          more.keys().map(key => [key, more.get(key) ?? null] as const),
        ),
    );
}
