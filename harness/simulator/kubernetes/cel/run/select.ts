/** Takes fields and elements out of values (google/cel-go interpreter/attributes.go @v0.26). */
import { UnsignedInt } from './unsigned-int.ts';
import { describeValue, EvaluationError, isList, isMap, Optional, type Value } from './values.ts';

/** The place in a list that a value names; undefined if it names none. */
function placeIn(key: Value): number | undefined {
  if (typeof key === 'bigint') return Number(key);
  if (key instanceof UnsignedInt) return Number(key.value);
  return typeof key === 'number' && Number.isInteger(key) ? key : undefined;
}

const isMapKey = (key: Value) =>
  typeof key === 'string' ||
  typeof key === 'boolean' ||
  typeof key === 'bigint' ||
  typeof key === 'number' ||
  key instanceof UnsignedInt;

/** Returns what a key names, or undefined if nothing is there. @throws EvaluationError for wrong keys */
function find(operand: Value, key: Value): Value | undefined {
  if (isMap(operand)) {
    if (!isMapKey(key)) throw new EvaluationError('no such overload');
    return operand.get(key);
  }
  if (!isList(operand)) return undefined;
  const place = placeIn(key);
  if (place === undefined) throw new EvaluationError(`unsupported index type '${typeof key}' in list`);
  return operand[place];
}

/** The value that a key names. In an optional one the result is optional too. @throws EvaluationError */
export function select(operand: Value, key: Value): Value {
  if (operand instanceof Optional) return selectOptional(operand, key);
  const value = find(operand, key);
  if (value !== undefined) return value;
  throw new EvaluationError(
    isList(operand) ? `index out of bounds: ${describeValue(key)}` : `no such key: ${describeValue(key)}`,
  );
}

/** `operand.?key` and `operand[?key]`. */
export function selectOptional(operand: Value, key: Value): Value {
  const inner = operand instanceof Optional ? operand.value : operand;
  const value = inner === undefined ? undefined : find(inner, key);
  return value === undefined ? Optional.none : Optional.of(value);
}

/** `has(operand.field)`. */
export function has(operand: Value, field: string): boolean {
  const inner = operand instanceof Optional ? operand.value : operand;
  return inner !== undefined && find(inner, field) !== undefined;
}
