/**
 * Compiles and evaluates the expressions of admission (apiserver pkg/admission/plugin/cel/compile.go and
 * activation.go @v1.34).
 */
import { describeType, type Type, type TypeKind } from '../check/types.ts';
import { type CompiledExpression, compileExpression } from '../compile.ts';
import type { Variables } from '../run/steps.ts';
import { EvaluationError, type Value } from '../run/values.ts';
import { ExpressionError } from '../syntax/issues.ts';

/** An expression, or why it is none. */
export type ReadExpression =
  | { readonly compiled: CompiledExpression; readonly problem: undefined }
  | { readonly compiled: undefined; readonly problem: string };

const NAMES: Partial<Record<TypeKind, string>> = { null: 'null_type' };
const shownType = (type: Type) => NAMES[type.kind] ?? describeType(type);

/**
 * Compiles an expression.
 * @param wanted - the kinds of its result that are right; undefined for any
 */
export function readExpression(
  text: string,
  variables: ReadonlyMap<string, Type>,
  wanted: readonly TypeKind[] | undefined,
): ReadExpression {
  try {
    const compiled = compileExpression(text, variables);
    const { constantProblem } = compiled;
    if (constantProblem !== undefined)
      return { compiled: undefined, problem: `program instantiation failed: ${constantProblem}` };
    if (!wanted || wanted.includes(compiled.type.kind)) return { compiled, problem: undefined };
    const names = wanted.map(kind => NAMES[kind] ?? kind);
    const rule =
      names.length === 1 ? `must evaluate to ${names[0]}` : `must evaluate to one of [${names.join(' ')}]`;
    return { compiled: undefined, problem: `${rule} but got ${shownType(compiled.type)}` };
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return { compiled: undefined, problem: `compilation failed: ${error.message}` };
  }
}

/** What an evaluation gave: a value or why there is none. */
type Evaluation =
  | { readonly value: Value; readonly problem: undefined }
  | { readonly value: undefined; readonly problem: string };

/** Evaluates an expression of a policy or a match condition. */
export function evaluate(text: string, read: ReadExpression, variables: Variables): Evaluation {
  if (!read.compiled) return { value: undefined, problem: `compilation error: ${read.problem}` };
  try {
    return { value: read.compiled.program(variables), problem: undefined };
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return { value: undefined, problem: `expression '${text}' resulted in error: ${error.message}` };
  }
}
