/** Which values are equal, and which is greater (google/cel-go common/types/*.go @v0.26). */

import { AssociativeList } from './associative-list.ts';
import { UnsignedInt } from './unsigned-int.ts';
import {
  Duration,
  ForeignValue,
  isList,
  isMap,
  type MapValue,
  noSuchOverload,
  Optional,
  Timestamp,
  TypeValue,
  type Value,
} from './values.ts';

type Numeric = bigint | number;

function numberIn(value: Value): Numeric | undefined {
  if (value instanceof UnsignedInt) return value.value;
  return typeof value === 'bigint' || typeof value === 'number' ? value : undefined;
}

function equalMaps(a: MapValue, b: MapValue): boolean {
  if (a.size !== b.size) return false;
  return a.keys().every(key => {
    const [left, right] = [a.get(key), b.get(key)];
    return left !== undefined && right !== undefined && equal(left, right);
  });
}

function equalLists(a: readonly Value[], b: readonly Value[]): boolean {
  if (a instanceof AssociativeList) return a.hasSameElements(b, equal);
  return a.length === b.length && a.every((value, index) => equal(value, b[index] ?? null));
}

const equalBytes = (a: Uint8Array, b: Uint8Array) =>
  a.length === b.length && a.every((byte, index) => byte === b[index]);

/** Numbers are compared by their values, all else by type and value. */
export function equal(a: Value, b: Value): boolean {
  if (a === b) return true;
  const left = numberIn(a);
  if (left !== undefined) {
    const right = numberIn(b);
    // biome-ignore lint/suspicious/noDoubleEquals: compares a bigint with a number
    return right !== undefined && left == right;
  }
  if (isList(a)) return isList(b) && equalLists(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(a, b);
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof ForeignValue) return b instanceof ForeignValue && a.equals(b);
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(a, b);
  return isMap(a) && isMap(b) && equalMaps(a, b);
}

function equalOptionals(a: Optional, b: Optional): boolean {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equal(a.value, b.value);
}

const order = (isLess: boolean, isGreater: boolean) => (isLess ? -1 : isGreater ? 1 : 0);

function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const index = a.findIndex((byte, at) => byte !== b[at]);
  if (index < 0) return order(a.length < b.length, false);
  const other = b[index];
  return other === undefined ? 1 : order((a[index] ?? 0) < other, true);
}

const encoder = new TextEncoder();

/**
 * Returns less than 0, 0 or more than 0; NaN if they have no order.
 * @throws EvaluationError for values that cannot be compared
 */
export function compare(a: Value, b: Value): number {
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== undefined && right !== undefined) {
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
    return order(left < right, left > right);
  }
  if (typeof a === 'string' && typeof b === 'string')
    return a === b ? 0 : compareBytes(encoder.encode(a), encoder.encode(b));
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Timestamp && b instanceof Timestamp) return order(a.nanos < b.nanos, a.nanos > b.nanos);
  if (a instanceof Duration && b instanceof Duration) return order(a.nanos < b.nanos, a.nanos > b.nanos);
  if (a instanceof Uint8Array && b instanceof Uint8Array) return compareBytes(a, b);
  throw noSuchOverload();
}
