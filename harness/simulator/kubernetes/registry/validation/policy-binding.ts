/**
 * The rules of ValidatingAdmissionPolicyBindings
 * (pkg/apis/admissionregistration/validation/validation.go @v1.34).
 */
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import { isObject, type KubernetesObject, listOf, objectOf, stringOf } from '../json.ts';
import { validateMatchResources } from './match-resources.ts';
import { validateSelector } from './metadata.ts';
import { problemsOfPathSegment, problemsOfSubdomain } from './names.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const EXCLUSIVE = 'name and selector are mutually exclusive';

/** Finds what is wrong with the binding of a policy. */
export function validatePolicyBinding(binding: KubernetesObject): FieldError[] {
  const spec = objectOf(binding['spec']);
  const policy = stringOf(spec['policyName']) ?? '';
  return [
    ...(policy === ''
      ? [required('spec.policyName')]
      : problemsOfSubdomain(policy).map(problem => invalidValue('spec.policyName', policy, problem))),
    ...validateParamRef(spec['paramRef'], 'spec.paramRef'),
    ...validateMatchResources(spec['matchResources'], 'spec.matchResources'),
    ...validateActions(listOf(spec['validationActions']).map(String), 'spec.validationActions'),
  ];
}

function validateParamRef(reference: unknown, path: string): FieldError[] {
  if (!isObject(reference)) return [];
  const errors: FieldError[] = [];
  const [name, selector] = [stringOf(reference['name']) ?? '', reference['selector']];
  const hasSelector = isObject(selector);
  if (name !== '') {
    errors.push(...problemsOfPathSegment(name).map(problem => invalidValue(`${path}.name`, name, problem)));
    if (hasSelector) errors.push(forbiddenValue(`${path}.name`, EXCLUSIVE));
  }
  if (hasSelector) {
    errors.push(...validateSelector(selector, `${path}.selector`));
    if (name !== '') errors.push(forbiddenValue(`${path}.selector`, EXCLUSIVE));
  }
  if (name === '' && !hasSelector) errors.push(required(path, 'one of name or selector must be specified'));
  const action = stringOf(reference['parameterNotFoundAction']) ?? '';
  const field = `${path}.parameterNotFoundAction`;
  if (action === '') errors.push(required(field));
  else if (!['Deny', 'Allow'].includes(action)) errors.push(notSupported(field, action, ['Deny', 'Allow']));
  return errors;
}

function validateActions(actions: readonly string[], path: string): FieldError[] {
  const errors = actions.flatMap((action, index) => [
    ...(ACTIONS.includes(action) ? [] : [notSupported(`${path}[${index}]`, action, ACTIONS)]),
    ...(actions.indexOf(action) < index ? [duplicate(`${path}[${index}]`, action)] : []),
  ]);
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const detail =
      'must not contain both Deny and Warn (repeating the same validation failure information ' +
      'in the API response and headers serves no purpose)';
    errors.push(invalidValue(path, actions, detail));
  }
  return actions.length > 0
    ? errors
    : [...errors, required(path, 'at least one validation action is required')];
}
