/**
 * The rules of a Job's policies for failed pods and for success (pkg/apis/batch/validation/validation.go
 * @v1.34: validatePodFailurePolicy, validateSuccessPolicy).
 */
import {
  duplicate,
  type FieldError,
  invalidValue,
  notSupported,
  required,
  tooMany,
} from '../field-errors.ts';
import { IndexProblem, parseIntervals, sizeOf } from '../index-intervals.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { nonNegative } from './counts.ts';
import { problemsOfQualifiedName } from './label-rules.ts';

const MOST_RULES = 20;
const MOST_EXIT_CODES = 255;
const MOST_PATTERNS = 20;
const ACTIONS = ['Count', 'FailIndex', 'FailJob', 'Ignore'];
const OPERATORS = ['In', 'NotIn'];
const STATUSES = ['False', 'True', 'Unknown'];

/** Makes the problem of a field whose value is not shown. */
const invalid = (field: string, detail: string): FieldError => ({
  reason: 'FieldValueInvalid',
  message: `Invalid value: ${detail}`,
  field,
});

const goList = (values: readonly string[]): string =>
  `[${values.map(value => JSON.stringify(value)).join(' ')}]`;

/** Checks that a value is there and one of the choices. */
function chosen(value: unknown, field: string, choices: readonly string[]): FieldError[] {
  const text = String(value ?? '');
  if (text === '') return [required(field, `valid values: ${goList(choices)}`)];
  return choices.includes(text) ? [] : [notSupported(field, text, choices)];
}

/** Finds what is wrong with a Job's `podFailurePolicy`. @param spec - of the Job */
export function validateFailurePolicy(spec: JsonObject, field: string): FieldError[] {
  const rules = objectsOf(objectOf(spec['podFailurePolicy'])['rules']);
  const path = `${field}.rules`;
  const pods = objectOf(objectOf(spec['template'])['spec']);
  const names = [...objectsOf(pods['containers']), ...objectsOf(pods['initContainers'])].map(
    ({ name }) => name,
  );
  return [
    ...(rules.length > MOST_RULES ? [tooMany(path, rules.length, MOST_RULES)] : []),
    ...rules.flatMap((rule, index) => validateFailureRule(spec, rule, `${path}[${index}]`, names)),
  ];
}

function validateFailureRule(
  spec: JsonObject,
  { action, onExitCodes, onPodConditions }: JsonObject,
  field: string,
  names: readonly unknown[],
): FieldError[] {
  const errors: FieldError[] = [];
  if (action !== 'FailIndex') errors.push(...chosen(action, `${field}.action`, ACTIONS));
  else if (typeof spec['backoffLimitPerIndex'] !== 'number') {
    const text = 'requires the backoffLimitPerIndex to be set';
    errors.push(invalidValue(`${field}.action`, action, text));
  }
  const patterns = objectsOf(onPodConditions);
  const hasCodes = isObject(onExitCodes);
  if (hasCodes) errors.push(...validateExitCodes(onExitCodes, `${field}.onExitCodes`, names));
  if (patterns.length > 0) errors.push(...validatePatterns(patterns, `${field}.onPodConditions`));
  if (hasCodes && patterns.length > 0)
    errors.push(invalid(field, 'specifying both OnExitCodes and OnPodConditions is not supported'));
  if (!hasCodes && patterns.length === 0)
    errors.push(invalid(field, 'specifying one of OnExitCodes and OnPodConditions is required'));
  return errors;
}

function validatePatterns(patterns: readonly JsonObject[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  if (patterns.length > MOST_PATTERNS) errors.push(tooMany(field, patterns.length, MOST_PATTERNS));
  for (const [index, { type, status }] of patterns.entries()) {
    const name = String(type ?? '');
    for (const problem of problemsOfQualifiedName(name))
      errors.push(invalidValue(`${field}[${index}].type`, name, problem));
    errors.push(...chosen(status, `${field}[${index}].status`, STATUSES));
  }
  return errors;
}

function validateExitCodes(codes: JsonObject, field: string, names: readonly unknown[]): FieldError[] {
  const { operator, containerName } = codes;
  const values = listOf(codes['values']).map(Number);
  const errors = chosen(operator, `${field}.operator`, OPERATORS);
  if (containerName !== undefined && !names.includes(containerName)) {
    const text = 'must be one of the container or initContainer names in the pod template';
    errors.push(invalidValue(`${field}.containerName`, containerName, text));
  }
  const path = `${field}.values`;
  if (values.length === 0)
    errors.push(invalidValue(path, values, 'at least one value is required', shownList(codes['values'])));
  else if (values.length > MOST_EXIT_CODES) errors.push(tooMany(path, values.length, MOST_EXIT_CODES));
  const seen = new Set<number>();
  for (const [index, value] of values.entries()) {
    if (operator === 'In' && value === 0)
      errors.push(invalidValue(`${path}[${index}]`, value, 'must not be 0 for the In operator'));
    if (seen.has(value)) errors.push(duplicate(`${path}[${index}]`, value));
    seen.add(value);
  }
  const isOrdered = values.every((value, index) => index === 0 || (values[index - 1] ?? value) <= value);
  if (!isOrdered) errors.push(invalidValue(path, values, 'must be ordered'));
  return errors;
}

const shownList = (value: unknown): string => JSON.stringify(value ?? null);

/** Writes a success policy as Go's JSON has the struct that the server works with. */
export function shownSuccessPolicy(policy: unknown): string {
  const rules = objectsOf(objectOf(policy)['rules']).map(
    ({ succeededIndexes = null, succeededCount = null }) => ({
      SucceededIndexes: succeededIndexes,
      SucceededCount: succeededCount,
    }),
  );
  return JSON.stringify({ Rules: objectOf(policy)['rules'] === undefined ? null : rules });
}

/** Finds what is wrong with a Job's `successPolicy`. @param spec - of the Job */
export function validateSuccessPolicy(spec: JsonObject, field: string): FieldError[] {
  const rules = objectsOf(objectOf(spec['successPolicy'])['rules']);
  const path = `${field}.rules`;
  const errors: FieldError[] = [];
  if (rules.length === 0) {
    const text = 'at least one rules must be specified when the successPolicy is specified';
    errors.push(required(path, text));
  }
  if (rules.length > MOST_RULES) errors.push(tooMany(path, rules.length, MOST_RULES));
  const completions = Number(spec['completions'] ?? 0);
  for (const [index, rule] of rules.entries())
    errors.push(...validateSuccessRule(completions, rule, `${path}[${index}]`));
  return errors;
}

function validateSuccessRule(completions: number, rule: JsonObject, field: string): FieldError[] {
  const { succeededCount: count } = rule;
  const indexes = stringOf(rule['succeededIndexes']);
  if (count === undefined && indexes === undefined)
    return [required(field, 'at least one of succeededCount or succeededIndexes must be specified')];
  const errors: FieldError[] = [];
  let total = 0;
  if (indexes !== undefined) {
    try {
      total = sizeOf(parseIntervals(indexes, completions));
    } catch (error) {
      if (!(error instanceof IndexProblem)) throw error;
      const text = `error parsing succeededIndexes: ${error.message}`;
      errors.push(invalidValue(`${field}.succeededIndexes`, indexes, text));
    }
  }
  if (typeof count !== 'number') return errors;
  const path = `${field}.succeededCount`;
  const atMost = (most: number, what: string) =>
    count > most ? [invalidValue(path, count, `must be less than or equal to ${most} (${what})`)] : [];
  errors.push(...nonNegative(count, path), ...atMost(completions, 'the number of specified completions'));
  if (indexes !== undefined)
    errors.push(...atMost(total, 'the number of indexes in the specified succeededIndexes field'));
  return errors;
}
