/**
 * Decides by CEL expressions if a webhook or a policy concerns a request (apiserver
 * pkg/admission/plugin/webhook/matchconditions @v1.34).
 */

import { evaluate, type ReadExpression, readExpression } from '../cel/admission/expressions.ts';
import { variableTypes } from '../cel/admission/variable-types.ts';
import type { Variables } from '../cel/run/steps.ts';
import { type JsonObject, objectsOf, stringOf } from '../registry/json.ts';
import { forbidden } from '../registry/status.ts';
import { type ExpressionInput, variablesOf } from './expression-values.ts';

/** By expression: few webhooks see many requests. */
const known = new Map<string, ReadExpression>();

/** More than clusters have; beyond it expressions are read anew. */
const MAX_KNOWN = 1000;

function read(expression: string): ReadExpression {
  let found = known.get(expression);
  if (!found) {
    // Only the expressions of policies may name their parameters; those of webhooks were checked.
    found = readExpression(expression, variableTypes({ hasParams: true, hasAuthorizer: true }), ['bool']);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(expression, found);
  }
  return found;
}

/** Shows one problem as it is, several as a list (apimachinery pkg/util/errors, Aggregate). */
function joinProblems(problems: readonly string[]): string {
  const distinct = [...new Set(problems)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}

/** What the conditions say together. */
interface ConditionsResult {
  readonly matches: boolean;
  /** Empty if all could be evaluated, or one is false. */
  readonly problem: string;
}

/** Evaluates conditions. If one is false they do not match, even if another one fails. */
export function evaluateConditions(
  conditions: readonly JsonObject[],
  variables: Variables,
): ConditionsResult {
  const problems: string[] = [];
  for (const condition of conditions) {
    const text = (stringOf(condition['expression']) ?? '').trim();
    const { value, problem } = evaluate(text, read(text), variables);
    if (value === false) return { matches: false, problem: '' };
    if (problem !== undefined) problems.push(problem);
  }
  return { matches: problems.length === 0, problem: problems.length > 0 ? joinProblems(problems) : '' };
}

/**
 * Tells whether all conditions of a webhook hold.
 * @throws ApiError 403 if one cannot be evaluated and the webhook's failures count
 */
export function meetsConditions(webhook: JsonObject, input: ExpressionInput): boolean {
  const conditions = objectsOf(webhook['matchConditions']);
  if (conditions.length === 0) return true;
  const { matches, problem } = evaluateConditions(conditions, variablesOf(input));
  if (problem === '' || webhook['failurePolicy'] === 'Ignore') return matches;
  throw forbidden(input.request.type, input.request.name, problem);
}
