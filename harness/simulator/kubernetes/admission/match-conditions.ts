/**
 * Decides by CEL expressions if a webhook or a policy concerns a request (apiserver
 * pkg/admission/plugin/webhook/matchconditions @v1.34).
 */
import { type JsonObject, objectsOf, stringOf } from '../registry/json.ts';
import { forbidden } from '../registry/status.ts';
import { variableTypes } from './expression-types.ts';
import { type ExpressionInput, variablesOf } from './expression-values.ts';
import { evaluate, type ReadExpression, readExpression } from './expressions.ts';

/** By expression: few webhooks see many requests. */
const known = new Map<string, ReadExpression>();

/** More than clusters have; beyond it expressions are read anew. */
const MAX_KNOWN = 1000;

function read(expression: string): ReadExpression {
  let found = known.get(expression);
  if (!found) {
    const variables = variableTypes({ hasParams: false, hasAuthorizer: true });
    found = readExpression(expression, variables, ['bool']);
    if (known.size >= MAX_KNOWN) known.clear();
    known.set(expression, found);
  }
  return found;
}

/** Shows one problem as it is, several as a list (apimachinery pkg/util/errors, Aggregate). */
export const joinProblems = (problems: readonly string[]): string => {
  const distinct = [...new Set(problems)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
};

/**
 * Tells whether all conditions hold. If one is false the server does not call the webhook, even if another
 * one fails.
 * @throws ApiError 403 if one cannot be evaluated and the webhook's failures count
 */
export function meetsConditions(webhook: JsonObject, input: ExpressionInput): boolean {
  const conditions = objectsOf(webhook['matchConditions']);
  if (conditions.length === 0) return true;
  const variables = variablesOf(input);
  const problems: string[] = [];
  for (const condition of conditions) {
    const text = stringOf(condition['expression']) ?? '';
    const { value, problem } = evaluate(text, read(text), variables);
    if (value === false) return false;
    if (problem !== undefined) problems.push(problem);
  }
  if (problems.length === 0) return true;
  if (webhook['failurePolicy'] === 'Ignore') return false;
  throw forbidden(input.request.type, input.request.name, joinProblems(problems));
}
