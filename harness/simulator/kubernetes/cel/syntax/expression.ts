/** The tree of an expression after its macros are expanded (google/cel-go common/ast @v0.26). */

import type { Type } from '../check/types.ts';
import type { Overload } from '../functions/declare.ts';
import type { UnsignedInt } from '../run/unsigned-int.ts';

/** A constant that stands in the text. */
export type Constant = null | boolean | bigint | number | string | Uint8Array | UnsignedInt;

interface Common {
  /** Where errors about it are shown: the operator, the dot, the bracket; an offset in UTF-16 code units. */
  readonly at: number;
  /** Filled in by the checker. */
  type?: Type;
}

export interface ConstantExpression extends Common {
  readonly kind: 'constant';
  readonly value: Constant;
}
export interface NameExpression extends Common {
  readonly kind: 'name';
  name: string;
}
export interface SelectExpression extends Common {
  readonly kind: 'select';
  readonly operand: Expression;
  readonly field: string;
  /** `has(operand.field)`. */
  readonly isTest: boolean;
  /** Filled in by the checker if the whole is the name of a variable. */
  qualified?: string;
}
export interface CallExpression extends Common {
  readonly kind: 'call';
  /** Operators have names as `_+_`. */
  readonly name: string;
  readonly target: Expression | undefined;
  readonly args: readonly Expression[];
  /** Filled in by the checker: what may be meant, by the types that are known. */
  overloads?: readonly Overload[];
  /** Filled in by the checker if the target is a part of the function's name: `sets.contains`. */
  isNamespaced?: boolean;
}
export interface ListExpression extends Common {
  readonly kind: 'list';
  readonly elements: readonly { readonly value: Expression; readonly isOptional: boolean }[];
}
export interface MapExpression extends Common {
  readonly kind: 'map';
  readonly entries: readonly {
    readonly key: Expression;
    readonly value: Expression;
    readonly isOptional: boolean;
  }[];
}
export interface StructExpression extends Common {
  readonly kind: 'struct';
  readonly name: string;
  readonly fields: readonly { readonly at: number; readonly name: string; readonly value: Expression }[];
}
/** A loop over a list or map that carries a result along; all macros over lists are such. */
export interface FoldExpression extends Common {
  readonly kind: 'fold';
  readonly variable: string;
  readonly secondVariable: string | undefined;
  readonly range: Expression;
  readonly accumulator: string;
  readonly initial: Expression;
  readonly condition: Expression;
  readonly step: Expression;
  readonly result: Expression;
}

export type Expression =
  | ConstantExpression
  | NameExpression
  | SelectExpression
  | CallExpression
  | ListExpression
  | MapExpression
  | StructExpression
  | FoldExpression;

/** The name of what a macro carries along; no expression can name it. */
export const ACCUMULATOR = '@result';

/** `a.b.c` as one name, or undefined if it is not made of names only. */
export function qualifiedName(expression: Expression): string | undefined {
  if (expression.kind === 'name') return expression.name;
  if (expression.kind !== 'select' || expression.isTest) return undefined;
  const operand = qualifiedName(expression.operand);
  return operand === undefined ? undefined : `${operand}.${expression.field}`;
}
