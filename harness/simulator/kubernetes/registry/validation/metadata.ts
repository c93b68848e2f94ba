/** The rules of the metadata of every object (apimachinery pkg/api/validation/objectmeta.go @v1.32). */

import { type FieldError, forbiddenValue, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import { STANDARD_FINALIZERS } from '../finalizers.ts';
import {
  equal,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  valueAt,
} from '../json.ts';
import type { ResourceType } from '../resources.ts';
import { problemsOfLabelValue, problemsOfQualifiedName } from './label-rules.ts';
import { problemsOfName, problemsOfSubdomain } from './names.ts';

/**
 * Returns the problem if a field has changed (apimachinery pkg/api/validation/objectmeta.go @v1.32,
 * ValidateImmutableField).
 * @param shown - the new value as Go prints it, if that is no plain value
 */
export function unchanged(
  object: KubernetesObject,
  old: KubernetesObject,
  path: readonly string[],
  shown?: string,
): FieldError[] {
  const value = valueAt(object, ...path);
  return equal(value, valueAt(old, ...path)) ? [] : [invalidValue(path.join('.'), value, IMMUTABLE, shown)];
}

const MAX_ANNOTATION_BYTES = 256 * 1024;

/** Finds what is wrong with names, labels, annotations, finalizers and owners. */
export function validateMetadata(type: ResourceType, { metadata }: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const name = metadata.name ?? '';
  const prefix = stringOf(metadata['generateName']) ?? '';
  if (prefix !== '') {
    // A prefix is checked as if it were followed by something.
    const masked = prefix.endsWith('-') ? `${prefix}a` : prefix;
    for (const problem of problemsOfName(type.nameRule, masked)) {
      errors.push(invalidValue('metadata.generateName', prefix, problem));
    }
  }
  if (name === '') errors.push(required('metadata.name', 'name or generateName is required'));
  else if (type.nameRule !== 'crd') {
    for (const problem of problemsOfName(type.nameRule, name))
      errors.push(invalidValue('metadata.name', name, problem));
  }
  errors.push(...validateLabels(metadata.labels, 'metadata.labels'));
  errors.push(...validateAnnotations(metadata.annotations));
  errors.push(...validateOwners(objectsOf(metadata['ownerReferences'])));
  errors.push(...validateFinalizers(listOf(metadata['finalizers']).map(String), type.custom !== undefined));
  return errors;
}

/** Checks that each owner reference is complete. */
function validateOwners(owners: readonly JsonObject[]): FieldError[] {
  return owners.flatMap((owner, index) =>
    ['apiVersion', 'kind', 'name', 'uid']
      .filter(key => (stringOf(owner[key]) ?? '') === '')
      .map(key => {
        const problem = key === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
        return invalidValue(`metadata.ownerReferences[${index}].${key}`, '', problem);
      }),
  );
}

/** Checks the names of finalizers, which custom resources must qualify with a domain. */
function validateFinalizers(finalizers: readonly string[], isCustom: boolean): FieldError[] {
  const errors: FieldError[] = [];
  for (const text of finalizers) {
    for (const problem of problemsOfQualifiedName(text))
      errors.push(invalidValue('metadata.finalizers', text, problem));
    if (!text.includes('/') && !STANDARD_FINALIZERS.includes(text) && isCustom) {
      errors.push(
        invalidValue(
          'metadata.finalizers',
          text,
          'prefer a domain-qualified finalizer name including a path (/) to avoid accidental conflicts with other finalizer writers',
        ),
      );
    }
  }
  return errors;
}

/** Finds what is wrong with labels, or with a selector of that form. */
export function validateLabels(labels: unknown, field: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(objectOf(labels))) {
    for (const problem of problemsOfQualifiedName(key)) errors.push(invalidValue(field, key, problem));
    for (const problem of problemsOfLabelValue(String(value)))
      errors.push(invalidValue(field, value, problem));
  }
  return errors;
}

function validateAnnotations(annotations: unknown): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(objectOf(annotations))) {
    for (const problem of problemsOfQualifiedName(key.toLowerCase())) {
      errors.push(invalidValue('metadata.annotations', key, problem));
    }
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (size > MAX_ANNOTATION_BYTES) {
    errors.push({
      reason: 'FieldValueInvalid',
      field: 'metadata.annotations',
      message: `Too long: may not be more than ${MAX_ANNOTATION_BYTES} bytes`,
    });
  }
  return errors;
}

/** Checks a `LabelSelector` in an object. */
export function validateSelector(selector: unknown, field: string): FieldError[] {
  const { matchLabels, matchExpressions } = objectOf(selector);
  const errors: FieldError[] = [];
  errors.push(...validateLabels(matchLabels, `${field}.matchLabels`));
  for (const [index, expression] of objectsOf(matchExpressions).entries()) {
    const path = `${field}.matchExpressions[${index}]`;
    errors.push(...validateOperator(expression, path));
    const key = stringOf(expression['key']) ?? '';
    for (const problem of problemsOfQualifiedName(key))
      errors.push(invalidValue(`${path}.key`, key, problem));
  }
  return errors;
}

/** Checks the operator of an expression, and whether it has the values that this operator takes. */
function validateOperator({ operator, values }: JsonObject, path: string): FieldError[] {
  const hasValues = listOf(values).length > 0;
  const field = `${path}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (hasValues) return [];
      return [required(field, "must be specified when `operator` is 'In' or 'NotIn'")];
    case 'Exists':
    case 'DoesNotExist':
      if (!hasValues) return [];
      return [forbiddenValue(field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    default:
      return [invalidValue(`${path}.operator`, operator ?? '', 'not a valid selector operator')];
  }
}

/** Checks a field that names another object: it must be there and be a DNS subdomain. */
export function validateReference(name: unknown, field: string): FieldError[] {
  const text = stringOf(name) ?? '';
  if (text === '') return [required(field)];
  return problemsOfSubdomain(text).map(problem => invalidValue(field, text, problem));
}

/** Checks the labels and annotations that a conversion gives an object. */
export function validateConvertedMetadata(metadata: JsonObject): FieldError[] {
  return [
    ...validateLabels(metadata['labels'], 'metadata.labels'),
    ...validateAnnotations(metadata['annotations']),
  ];
}
