/** The variables of loops, by what they go over (google/cel-go checker/checker.go @v0.26). */
import type { FoldExpression } from '../syntax/expression.ts';
import { DYN, describeType, ERROR, INT, parameterOf, type Type } from './types.ts';

/**
 * Returns the types of a loop's variables.
 * @param range - the type of what it goes over
 * @param isDynamic - called for a range of which nothing is known
 * @param report - called for one that no loop goes over
 */
export function loopVariables(
  { variable, secondVariable }: FoldExpression,
  range: Type,
  isDynamic: () => void,
  report: (message: string) => void,
): Map<string, Type> {
  const two = (first: Type, second: Type, only: Type) =>
    secondVariable === undefined
      ? new Map([[variable, only]])
      : new Map([
          [variable, first],
          [secondVariable, second],
        ]);
  switch (range.kind) {
    case 'list':
      return two(INT, parameterOf(range, 0), parameterOf(range, 0));
    case 'map':
      return two(parameterOf(range, 0), parameterOf(range, 1), parameterOf(range, 0));
    case 'dyn':
    case 'error':
    case 'parameter':
      isDynamic();
      return two(DYN, DYN, DYN);
    default: {
      const shown = `expression of type '${describeType(range)}' cannot be range of a comprehension`;
      report(`${shown} (must be list, map, or dynamic)`);
      return two(ERROR, ERROR, ERROR);
    }
  }
}
