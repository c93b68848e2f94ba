/**
 * What can be known to be wrong of constants: patterns, durations, times, lists of mixed types (google/cel-go
 * cel/validator.go @v0.26).
 */
import { goRegexp } from '../../registry/go-regexp.ts';
import { durationOf, timestampOf } from '../run/time.ts';
import type { CallExpression, Expression, MapExpression } from '../syntax/expression.ts';
import type { Issue } from '../syntax/issues.ts';
import { wrongFormat } from './format-calls.ts';
import { partsOf } from './parts.ts';
import { DYN, describeType, isSameType, parameterOf, type Type } from './types.ts';

const isDuration = (text: string) => durationOf(text) !== undefined;
const isTimestamp = (text: string) => timestampOf(text) !== undefined;
const isPattern = (text: string) => !(goRegexp(text) instanceof Error);

function ruleFor({ name, args, target }: CallExpression) {
  if (name === 'duration' && args.length === 1) return { argument: args[0], isValid: isDuration };
  if (name === 'timestamp' && args.length === 1) return { argument: args[0], isValid: isTimestamp };
  if (name === 'matches') return { argument: target ? args[0] : args[1], isValid: isPattern };
  return undefined;
}

function wrongArgument(call: CallExpression): Issue[] {
  const rule = ruleFor(call);
  const argument = rule?.argument;
  if (argument?.kind !== 'constant' || typeof argument.value !== 'string') return [];
  if (!rule || rule.isValid(argument.value)) return [];
  return [{ at: argument.at, message: `invalid ${call.name} argument` }];
}

/** The first of several values that has not the type of the one before. */
function mixedTypes(
  values: readonly { readonly value: Expression; readonly isOptional: boolean }[],
): Issue[] {
  let wanted: Type | undefined;
  for (const { value, isOptional } of values) {
    const type = isOptional ? parameterOf(value.type ?? DYN, 0) : (value.type ?? DYN);
    wanted ??= type;
    if (isSameType(wanted, type)) continue;
    const message = `expected type '${describeType(wanted)}' but found '${describeType(type)}'`;
    return [{ at: value.at, message }];
  }
  return [];
}

function mixedEntries({ entries }: MapExpression): Issue[] {
  const keys = mixedTypes(entries.map(({ key }) => ({ value: key, isOptional: false })));
  return keys.length > 0 ? keys : mixedTypes(entries);
}

/** Finds the constants that the functions around them cannot read, and lists and maps of mixed types. */
export function wrongLiterals(expression: Expression, isInFormat = false): Issue[] {
  const inside = isInFormat || (expression.kind === 'call' && expression.name === 'format');
  const issues = partsOf(expression).flatMap(part => wrongLiterals(part, inside));
  if (expression.kind === 'call')
    return [...issues, ...wrongArgument(expression), ...wrongFormat(expression)];
  // What is shown as text may be of any type.
  if (inside) return issues;
  if (expression.kind === 'list') return [...issues, ...mixedTypes(expression.elements)];
  return expression.kind === 'map' ? [...issues, ...mixedEntries(expression)] : issues;
}
