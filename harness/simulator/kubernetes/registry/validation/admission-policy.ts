/**
 * The rules of ValidatingAdmissionPolicies (pkg/apis/admissionregistration/validation/validation.go @v1.34).
 */
import { readExpression } from '../../cel/admission/expressions.ts';
import { variableTypes } from '../../cel/admission/variable-types.ts';
import { ERROR, type Type, type TypeKind } from '../../cel/check/types.ts';
import { escapeName } from '../../cel/run/names.ts';
import { duplicate, type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { isObject, type JsonObject, type KubernetesObject, objectOf, objectsOf, stringOf } from '../json.ts';
import { problemsOfQualifiedName } from './label-rules.ts';
import { validateMatchConditions } from './match-conditions.ts';
import { validateMatchResources } from './match-resources.ts';
import { problemsOfLabel1035, problemsOfSubdomain } from './names.ts';

const REASONS = ['Forbidden', 'Invalid', 'RequestEntityTooLarge'];
const FAILURE_POLICIES = ['Fail', 'Ignore'];
const EMPTY = 'must be non-empty if specified';
const NOTHING = 'validations or auditAnnotations must contain at least one item';
const MAX_ANNOTATIONS = 20;
const MAX_VALUE_EXPRESSION_BYTES = 5 * 1024;

/** What the expressions of a policy may name. */
interface Names {
  readonly hasParams: boolean;
  /** Undefined for a policy without variables. */
  readonly composed?: ReadonlyMap<string, Type>;
}

/** Finds what is wrong with a policy. */
export function validatePolicy(policy: KubernetesObject, old?: KubernetesObject): FieldError[] {
  const spec = objectOf(policy['spec']);
  const errors: FieldError[] = [];
  const failure = String(spec['failurePolicy'] ?? '');
  if (failure === '') errors.push(required('spec.failurePolicy'));
  else if (!FAILURE_POLICIES.includes(failure))
    errors.push(notSupported('spec.failurePolicy', failure, FAILURE_POLICIES));
  const hasParams = isObject(spec['paramKind']);
  errors.push(...validateParamKind(spec['paramKind'], 'spec.paramKind'));
  const match = spec['matchConstraints'];
  if (!isObject(match)) errors.push(required('spec.matchConstraints'));
  else {
    errors.push(...validateMatchResources(match, 'spec.matchConstraints'));
    if (objectsOf(match['resourceRules']).length === 0)
      errors.push(required('spec.matchConstraints.resourceRules'));
  }
  const before = objectsOf(objectOf(old?.['spec'])['matchConditions']);
  const conditions = objectsOf(spec['matchConditions']);
  errors.push(...validateMatchConditions(conditions, 'spec.matchConditions', { before, hasParams }));
  const composed = new Map<string, Type>();
  for (const [index, variable] of objectsOf(spec['variables']).entries())
    errors.push(...validateVariable(variable, `spec.variables[${index}]`, { hasParams, composed }));
  const names = composed.size === 0 ? { hasParams } : { hasParams, composed };
  return [...errors, ...validateOutcomes(policy, spec, names)];
}

function validateOutcomes(policy: KubernetesObject, spec: JsonObject, names: Names): FieldError[] {
  const [validations, annotations] = [objectsOf(spec['validations']), objectsOf(spec['auditAnnotations'])];
  if (validations.length === 0 && annotations.length === 0)
    return [required('spec.validations', NOTHING), required('spec.auditAnnotations', NOTHING)];
  const errors = validations.flatMap((validation, index) =>
    validateValidation(validation, `spec.validations[${index}]`, names),
  );
  if (annotations.length > MAX_ANNOTATIONS) {
    const detail = `must not have more than ${MAX_ANNOTATIONS} auditAnnotations`;
    errors.push(invalidValue('spec.auditAnnotations', annotations, detail));
  }
  const keys = new Set<unknown>();
  for (const [index, annotation] of annotations.entries()) {
    const path = `spec.auditAnnotations[${index}]`;
    errors.push(...validateAnnotation(annotation, path, policy.metadata.name ?? '', names));
    if (keys.has(annotation['key'])) errors.push(duplicate(`${path}.key`, annotation['key']));
    keys.add(annotation['key']);
  }
  return errors;
}

function validateParamKind(kind: unknown, path: string): FieldError[] {
  if (!isObject(kind)) return [];
  const [version, name] = [stringOf(kind['apiVersion']) ?? '', stringOf(kind['kind']) ?? ''];
  const errors =
    version === '' ? [required(`${path}.apiVersion`)] : checkVersion(version, `${path}.apiVersion`);
  if (name === '') return [...errors, required(`${path}.kind`)];
  const problems = problemsOfLabel1035(name.toLowerCase());
  if (problems.length === 0) return errors;
  const detail = `may have mixed case, but should otherwise match: ${problems.join(',')}`;
  return [...errors, invalidValue(`${path}.kind`, name, detail)];
}

function checkVersion(apiVersion: string, field: string): FieldError[] {
  const parts = apiVersion === '/' ? [''] : apiVersion.split('/');
  if (parts.length > 2)
    return [invalidValue(field, apiVersion, `unexpected GroupVersion string: ${apiVersion}`)];
  const [group, version = ''] = parts.length === 2 ? parts : [undefined, parts[0]];
  const ofGroup = group ? problemsOfSubdomain(group) : [];
  const errors = ofGroup.length > 0 ? [invalidValue(field, group, ofGroup.join(','))] : [];
  if (version === '') return [...errors, invalidValue(field, apiVersion, 'version must be specified')];
  const ofVersion = problemsOfLabel1035(version);
  return ofVersion.length > 0 ? [...errors, invalidValue(field, version, ofVersion.join(','))] : errors;
}

/** Adds the variable to those that later expressions may name. */
function validateVariable(
  variable: JsonObject,
  path: string,
  { hasParams, composed }: { readonly hasParams: boolean; readonly composed: Map<string, Type> },
): FieldError[] {
  const [name, text] = [stringOf(variable['name']) ?? '', stringOf(variable['expression']) ?? ''];
  const errors: FieldError[] = [];
  if (name.trim() === '') errors.push(required(`${path}.name`, 'name is not specified'));
  else if (!/^\w+$/.test(name) || escapeName(name) !== name.replaceAll('__', '__underscores__'))
    errors.push(invalidValue(`${path}.name`, name, 'must be a valid CEL identifier'));
  if (text.trim() === '') return [...errors, required(`${path}.expression`, 'expression is not specified')];
  const types = variableTypes({ hasParams, hasAuthorizer: true, composed });
  const { compiled, problem } = readExpression(text, types, undefined);
  composed.set(name, compiled?.type ?? ERROR);
  return problem === undefined ? errors : [...errors, invalidValue(`${path}.expression`, text, problem)];
}

function check(
  text: string,
  field: string,
  names: Names,
  wanted: readonly TypeKind[],
  hasAuthorizer = true,
): FieldError[] {
  const { problem } = readExpression(text, variableTypes({ ...names, hasAuthorizer }), wanted);
  return problem === undefined ? [] : [invalidValue(field, text, problem)];
}

function validateValidation(validation: JsonObject, path: string, names: Names): FieldError[] {
  const textOf = (key: string) => stringOf(validation[key]) ?? '';
  const [text, message, messageText] = [textOf('expression'), textOf('message'), textOf('messageExpression')];
  const errors =
    text.trim() === ''
      ? [required(`${path}.expression`, 'expression is not specified')]
      : check(text, `${path}.expression`, names, ['bool']);
  if (messageText !== '' && messageText.trim() === '')
    errors.push(invalidValue(`${path}.messageExpression`, messageText, EMPTY));
  else if (messageText !== '')
    errors.push(...check(messageText, `${path}.messageExpression`, names, ['string'], false));
  if (message !== '' && message.trim() === '') errors.push(invalidValue(`${path}.message`, message, EMPTY));
  else if (/[\n\r]/.test(message.trim()))
    errors.push(invalidValue(`${path}.message`, message, 'must not contain line breaks'));
  const reason = stringOf(validation['reason']);
  if (reason !== undefined && !REASONS.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, REASONS));
  return errors;
}

function validateAnnotation(
  annotation: JsonObject,
  path: string,
  policy: string,
  names: Names,
): FieldError[] {
  const [key, text] = [stringOf(annotation['key']) ?? '', stringOf(annotation['valueExpression']) ?? ''];
  const field = `${path}.valueExpression`;
  const errors =
    policy === ''
      ? [invalidValue(`${path}.key`, key, 'requires metadata.name be non-empty')]
      : problemsOfQualifiedName(`${policy}/${key}`).map(problem =>
          invalidValue(`${path}.key`, `${policy}/${key}`, problem),
        );
  const trimmed = text.trim();
  if (trimmed === '') return [...errors, required(field, 'valueExpression is not specified')];
  if (Buffer.byteLength(trimmed) > MAX_VALUE_EXPRESSION_BYTES)
    return [...errors, required(field, `must not exceed ${MAX_VALUE_EXPRESSION_BYTES} bytes in length`)];
  return [...errors, ...check(text, field, names, ['string', 'null'])];
}
