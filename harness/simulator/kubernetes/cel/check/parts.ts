/** The parts of an expression. */
import type { Expression } from '../syntax/expression.ts';

/** Returns the parts of an expression, in the order of their evaluation. */
export function partsOf(expression: Expression): readonly Expression[] {
  switch (expression.kind) {
    case 'select':
      return [expression.operand];
    case 'call':
      return expression.target ? [expression.target, ...expression.args] : expression.args;
    case 'list':
      return expression.elements.map(({ value }) => value);
    case 'map':
      return expression.entries.flatMap(({ key, value }) => [key, value]);
    case 'struct':
      return expression.fields.map(({ value }) => value);
    case 'fold': {
      const { range, initial, condition, step, result } = expression;
      return [range, initial, condition, step, result];
    }
    default:
      return [];
  }
}

/** Tells whether an expression speaks of a variable. */
export const mentions = (expression: Expression, name: string): boolean =>
  (expression.kind === 'name' && expression.name === name) ||
  partsOf(expression).some(part => mentions(part, name));
