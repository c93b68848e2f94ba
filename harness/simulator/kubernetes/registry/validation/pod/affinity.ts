/** On which nodes a pod may run, and with which other pods (core/validation @v1.34, validateAffinity). */
import { type FieldError, forbiddenValue, invalidValue, required } from '../../field-errors.ts';
import { isObject, type JsonObject, listOf, objectOf, objectsOf } from '../../json.ts';
import { invalidFor, labelText, numberOf, qualifiedName, subdomainText, textOf } from '../entries.ts';
import { problemsOfLabelValue } from '../label-rules.ts';
import { validateSelector } from '../metadata.ts';

const REQUIRED = 'requiredDuringSchedulingIgnoredDuringExecution';
const PREFERRED = 'preferredDuringSchedulingIgnoredDuringExecution';

/** Checks the affinity of a pod or template. */
export function validateAffinity(affinity: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const { nodeAffinity } = affinity;
  if (isObject(nodeAffinity)) errors.push(...validateNodeAffinity(nodeAffinity, `${field}.nodeAffinity`));
  for (const key of ['podAffinity', 'podAntiAffinity']) {
    const value = objectOf(affinity[key]);
    for (const [index, term] of objectsOf(value[REQUIRED]).entries())
      errors.push(...validatePodTerm(term, `${field}.${key}.${REQUIRED}[${index}]`));
    for (const [index, weighted] of objectsOf(value[PREFERRED]).entries()) {
      const path = `${field}.${key}.${PREFERRED}[${index}]`;
      errors.push(...validateWeight(weighted['weight'], `${path}.weight`));
      errors.push(...validatePodTerm(objectOf(weighted['podAffinityTerm']), `${path}.podAffinityTerm`));
    }
  }
  return errors;
}

function validateWeight(weight: unknown, field: string): FieldError[] {
  const value = numberOf(weight);
  return value > 0 && value <= 100 ? [] : [invalidValue(field, value, 'must be in the range 1-100')];
}

function validateNodeAffinity(affinity: JsonObject, field: string): FieldError[] {
  const errors: FieldError[] = [];
  const selector = affinity[REQUIRED];
  if (isObject(selector)) errors.push(...validateNodeSelector(selector, `${field}.${REQUIRED}`));
  for (const [index, term] of objectsOf(affinity[PREFERRED]).entries()) {
    const path = `${field}.${PREFERRED}[${index}]`;
    errors.push(...validateWeight(term['weight'], `${path}.weight`));
    errors.push(...validateNodeTerm(objectOf(term['preference']), `${path}.preference`, true));
  }
  return errors;
}

/** Checks a selector of nodes (ValidateNodeSelector). */
function validateNodeSelector(selector: JsonObject, field: string): FieldError[] {
  const terms = objectsOf(selector['nodeSelectorTerms']);
  const at = `${field}.nodeSelectorTerms`;
  if (terms.length === 0) return [required(at, 'must have at least one node selector term')];
  return terms.flatMap((term, index) => validateNodeTerm(term, `${at}[${index}]`, false));
}

/** @param anyValues - whether values may be no values of labels: a preference may fail */
function validateNodeTerm(term: JsonObject, field: string, anyValues: boolean): FieldError[] {
  const expressions = objectsOf(term['matchExpressions']).flatMap((expression, index) =>
    validateExpression(expression, `${field}.matchExpressions[${index}]`, anyValues),
  );
  const fields = objectsOf(term['matchFields']).flatMap((expression, index) =>
    validateNodeField(expression, `${field}.matchFields[${index}]`),
  );
  return [...expressions, ...fields];
}

function validateExpression(expression: JsonObject, field: string, anyValues: boolean): FieldError[] {
  const values = listOf(expression['values']).map(String);
  const operator = textOf(expression['operator']);
  const key = textOf(expression['key']);
  const errors: FieldError[] = [];
  const at = `${field}.values`;
  if (['In', 'NotIn'].includes(operator)) {
    if (values.length === 0)
      errors.push(required(at, "must be specified when `operator` is 'In' or 'NotIn'"));
  } else if (['Exists', 'DoesNotExist'].includes(operator)) {
    const text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
    if (values.length > 0) errors.push(forbiddenValue(at, text));
  } else if (['Gt', 'Lt'].includes(operator)) {
    if (values.length !== 1)
      errors.push(required(at, "must be specified single value when `operator` is 'Lt' or 'Gt'"));
  } else errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  errors.push(...qualifiedName(key, `${field}.key`));
  if (anyValues) return errors;
  for (const [index, value] of values.entries())
    errors.push(...invalidFor(`${at}[${index}]`, value, problemsOfLabelValue(value)));
  return errors;
}

function validateNodeField(expression: JsonObject, field: string): FieldError[] {
  const values = listOf(expression['values']).map(String);
  const [operator, key] = [textOf(expression['operator']), textOf(expression['key'])];
  const errors: FieldError[] = [];
  if (!['In', 'NotIn'].includes(operator))
    errors.push(invalidValue(`${field}.operator`, operator, 'not a valid selector operator'));
  else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(required(`${field}.values`, text));
  }
  if (key !== 'metadata.name')
    return [...errors, invalidValue(`${field}.key`, key, 'not a valid field selector key')];
  return [...errors, ...values.flatMap((value, index) => subdomainText(value, `${field}.values[${index}]`))];
}

function validatePodTerm(term: JsonObject, field: string): FieldError[] {
  const errors = [
    ...validateSelector(term['labelSelector'], `${field}.labelSelector`),
    ...validateSelector(term['namespaceSelector'], `${field}.namespaceSelector`),
  ];
  for (const name of listOf(term['namespaces']).map(String))
    errors.push(...labelText(name, `${field}.namespace`));
  errors.push(...validateLabelKeys(term, field));
  const key = textOf(term['topologyKey']);
  if (key === '') errors.push(required(`${field}.topologyKey`, 'can not be empty'));
  return [...errors, ...qualifiedName(key, `${field}.topologyKey`)];
}

/** Checks labels whose values are taken from the pod itself (ValidateMatchLabelKeysAndMismatchLabelKeys). */
export function validateLabelKeys(term: JsonObject, field: string): FieldError[] {
  const [match, mismatch] = ['matchLabelKeys', 'mismatchLabelKeys'].map(key => listOf(term[key]).map(String));
  const selector = term['labelSelector'];
  const errors: FieldError[] = [];
  for (const [name, keys] of [
    ['matchLabelKeys', match ?? []],
    ['mismatchLabelKeys', mismatch ?? []],
  ] as const) {
    const at = `${field}.${name}`;
    if (keys.length > 0 && !isObject(selector))
      errors.push(forbiddenValue(at, 'must not be specified when labelSelector is not set'));
    else errors.push(...keys.flatMap((key, index) => qualifiedName(key, `${at}[${index}]`)));
  }
  const seen = new Set(Object.keys(objectOf(objectOf(selector)['matchLabels'])));
  for (const expression of objectsOf(objectOf(selector)['matchExpressions'])) {
    const key = textOf(expression['key']);
    const index = match?.indexOf(key) ?? -1;
    if (index >= 0 && seen.has(key))
      errors.push(invalidValue(`${field}[${index}]`, key, 'exists in both matchLabelKeys and labelSelector'));
    seen.add(key);
  }
  for (const [index, key] of (match ?? []).entries()) {
    if (!mismatch?.includes(key)) continue;
    const text = 'exists in both matchLabelKeys and mismatchLabelKeys';
    errors.push(invalidValue(`${field}.matchLabelKeys[${index}]`, key, text));
  }
  return errors;
}
