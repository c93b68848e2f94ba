/** Quantities as `500m` and `2Gi` (apiserver pkg/cel/library/quantity.go @v1.34). */
import { parseQuantity, problemOfQuantity } from '../../registry/quantity.ts';
import { structType } from '../check/types.ts';
import { compare } from '../run/compare.ts';
import { EvaluationError, ForeignValue } from '../run/values.ts';
import type { Library } from './declare.ts';

/** An amount. Unlike Kubernetes, it is exact up to 2^53 only. */
class Quantity extends ForeignValue {
  override readonly type = structType('kubernetes.Quantity');
  readonly amount: number;
  /** Written so that the server keeps it as a decimal number, of which it makes no integer. */
  readonly isDecimal: boolean;
  constructor(amount: number, isDecimal = false) {
    super();
    this.amount = amount;
    this.isDecimal = isDecimal;
  }
  override equals(other: ForeignValue): boolean {
    return other instanceof Quantity && other.amount === this.amount;
  }
}

function quantity(text: string): Quantity {
  const problem = problemOfQuantity(text);
  if (problem !== undefined) throw new EvaluationError(problem);
  return new Quantity(parseQuantity(text), /\.\d+[KMGTPE]i$/.test(text));
}

const isInteger = ({ amount, isDecimal }: Quantity) => Number.isInteger(amount) && !isDecimal;

function asInteger(value: Quantity): bigint {
  if (!isInteger(value)) throw new EvaluationError('cannot convert value to integer');
  return BigInt(value.amount);
}

/** Sums of decimal fractions are rounded to the digits that quantities have. */
const rounded = (amount: number) => new Quantity(Number(amount.toPrecision(15)));

/** Declares the functions over quantities. */
export function declareQuantities(library: Library): void {
  const type = 'kubernetes.Quantity';
  const order = (a: Quantity, b: Quantity) => compare(a.amount, b.amount);
  library
    .declare('string_to_quantity', `quantity(string): ${type}`, quantity)
    .declare(
      'is_quantity_string',
      'isQuantity(string): bool',
      (text: string) => problemOfQuantity(text) === undefined,
    )
    .declare('quantity_sign', `sign(${type}): int`, ({ amount }: Quantity) => BigInt(Math.sign(amount)))
    .declare(
      'quantity_is_greater_than',
      `.isGreaterThan(${type}, ${type}): bool`,
      (a: Quantity, b: Quantity) => order(a, b) > 0,
    )
    .declare(
      'quantity_is_less_than',
      `.isLessThan(${type}, ${type}): bool`,
      (a: Quantity, b: Quantity) => order(a, b) < 0,
    )
    .declare('quantity_compare_to', `.compareTo(${type}, ${type}): int`, (a: Quantity, b: Quantity) =>
      BigInt(order(a, b)),
    )
    .declare('quantity_get_float', `.asApproximateFloat(${type}): double`, ({ amount }: Quantity) => amount)
    .declare('quantity_get_int', `.asInteger(${type}): int`, asInteger)
    .declare('quantity_is_integer', `.isInteger(${type}): bool`, isInteger)
    .declare('quantity_add', `.add(${type}, ${type}): ${type}`, (a: Quantity, b: Quantity) =>
      rounded(a.amount + b.amount),
    )
    .declare('quantity_add_int', `.add(${type}, int): ${type}`, (a: Quantity, b: bigint) =>
      rounded(a.amount + Number(b)),
    )
    .declare('quantity_sub', `.sub(${type}, ${type}): ${type}`, (a: Quantity, b: Quantity) =>
      rounded(a.amount - b.amount),
    )
    .declare('quantity_sub_int', `.sub(${type}, int): ${type}`, (a: Quantity, b: bigint) =>
      rounded(a.amount - Number(b)),
    );
}
