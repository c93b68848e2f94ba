/**
 * Calls that are made once, when an expression is read, because their arguments are constants (google/cel-go
 * interpreter/decorators.go @v0.26; apiserver pkg/cel/library/regex.go @v1.34).
 */
import { goRegexp } from '../../registry/go-regexp.ts';
import { EvaluationError, isOfType } from '../run/values.ts';
import type { CallExpression, Expression } from '../syntax/expression.ts';
import { partsOf } from './parts.ts';

const CONVERSIONS: ReadonlySet<string> = new Set([
  ...['bool', 'bytes', 'double', 'duration', 'dyn', 'int', 'string', 'timestamp', 'uint'],
]);

function problemOfPattern(pattern: string): string | undefined {
  const read = goRegexp(pattern);
  return read instanceof Error ? read.message : undefined;
}

function problemOfCall({ name, target, args, overloads }: CallExpression): string | undefined {
  const [argument] = args;
  if (argument?.kind !== 'constant') return undefined;
  if ((name === 'find' || name === 'findAll') && target && typeof argument.value === 'string')
    return problemOfPattern(argument.value);
  if (!CONVERSIONS.has(name) || target) return undefined;
  const { value } = argument;
  const overload = overloads?.find(({ parameters: [type] }) => type && isOfType(value, type));
  try {
    overload?.run(value);
    return undefined;
  } catch (error) {
    if (error instanceof EvaluationError) return error.message;
    throw error;
  }
}

/** Returns why the first call of constants has no value, or undefined if all have one. */
export function problemOfConstants(expression: Expression): string | undefined {
  for (const part of partsOf(expression)) {
    const problem = problemOfConstants(part);
    if (problem !== undefined) return problem;
  }
  return expression.kind === 'call' ? problemOfCall(expression) : undefined;
}
