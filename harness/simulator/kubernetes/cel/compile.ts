/** Reads an expression, checks it against its variables, and makes it ready to be evaluated. */
import { checkExpression } from './check/checker.ts';
import { problemOfConstants } from './check/foldable.ts';
import { wrongLiterals } from './check/literals.ts';
import type { Type } from './check/types.ts';
import { libraryFunctions } from './functions/library.ts';
import { type Program, planExpression } from './run/evaluator.ts';
import type { Expression } from './syntax/expression.ts';
import { ExpressionError } from './syntax/issues.ts';
import { parseExpression } from './syntax/parser.ts';

/** An expression that fits its variables. */
export interface CompiledExpression {
  readonly expression: Expression;
  readonly type: Type;
  readonly program: Program;
  /** Why it never has a value, if its constants tell: it cannot be made ready then. */
  readonly constantProblem: string | undefined;
}

/**
 * Compiles an expression.
 * @param variables - their types by their names
 * @throws ExpressionError with all that is wrong, in the words of cel-go
 */
export function compileExpression(source: string, variables: ReadonlyMap<string, Type>): CompiledExpression {
  const expression = parseExpression(source);
  const { type, issues } = checkExpression(expression, { functions: libraryFunctions(), variables });
  if (issues.length > 0) throw new ExpressionError(source, issues);
  const wrong = wrongLiterals(expression);
  if (wrong.length > 0) throw new ExpressionError(source, wrong);
  // Most rules are checked when a definition is made, and never evaluated.
  let planned: Program | undefined;
  return {
    expression,
    type,
    program: values => {
      planned ??= planExpression(expression);
      return planned(values);
    },
    constantProblem: problemOfConstants(expression),
  };
}
