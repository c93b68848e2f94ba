/**
 * The conditions in CEL of webhooks and policies
 * (pkg/apis/admissionregistration/validation/validation.go @v1.34).
 */
import { readExpression } from '../../cel/admission/expressions.ts';
import { variableTypes } from '../../cel/admission/variable-types.ts';
import { duplicate, type FieldError, invalidValue, required, tooMany } from '../field-errors.ts';
import { equal, type JsonObject, stringOf } from '../json.ts';
import { problemsOfQualifiedName } from './label-rules.ts';

const MAX_CONDITIONS = 64;

/** What is known of the conditions beside themselves. */
interface ConditionContext {
  /** The conditions of before; the same ones are not checked again. */
  readonly before?: readonly JsonObject[];
  /** They may name the parameters of a policy. */
  readonly hasParams?: boolean;
}

/** Finds what is wrong with conditions: names, and expressions that are no conditions. */
export function validateMatchConditions(
  conditions: readonly JsonObject[],
  path: string,
  { before = [], hasParams = false }: ConditionContext,
): FieldError[] {
  if (conditions.length === 0 || equal(conditions, before)) return [];
  const errors: FieldError[] = [];
  if (conditions.length > MAX_CONDITIONS) errors.push(tooMany(path, conditions.length, MAX_CONDITIONS));
  const names = new Set<string>();
  for (const [index, condition] of conditions.entries()) {
    const field = `${path}[${index}]`;
    const text = (stringOf(condition['expression']) ?? '').trim();
    if (text === '') errors.push(required(`${field}.expression`));
    else {
      const { problem } = readExpression(text, variableTypes({ hasParams, hasAuthorizer: true }), ['bool']);
      if (problem !== undefined) errors.push(invalidValue(`${field}.expression`, text, problem));
    }
    const name = stringOf(condition['name']) ?? '';
    if (name === '') errors.push(required(`${field}.name`));
    for (const problem of name === '' ? [] : problemsOfQualifiedName(name))
      errors.push(invalidValue(`${field}.name`, name, problem));
    if (name !== '' && names.has(name)) errors.push(duplicate(`${field}.name`, name));
    names.add(name);
  }
  return errors;
}
