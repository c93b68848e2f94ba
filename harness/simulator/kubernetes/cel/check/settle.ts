/** What the types of an expression's parts turned out to be. */
import type { Expression } from '../syntax/expression.ts';
import { partsOf } from './parts.ts';
import { type Bindings, substitute } from './unify.ts';

/** Puts in what the parameters of types turned out to be. */
export function settle(expression: Expression, bindings: Bindings): void {
  if (expression.type) expression.type = substitute(bindings, expression.type, true);
  for (const part of partsOf(expression)) settle(part, bindings);
}
