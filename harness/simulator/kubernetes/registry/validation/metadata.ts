/** The rules of the metadata of every object (apimachinery pkg/api/validation/objectmeta.go @v1.32). */

import {
  type FieldError,
  forbiddenValue,
  IMMUTABLE,
  invalidValue,
  required,
  tooLongValue,
} from '../field-errors.ts';
import { FOREGROUND, isStandardFinalizer, ORPHAN } from '../finalizers.ts';
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
import { problemsOfName } from './names.ts';

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
  const generation = metadata.generation ?? 0;
  if (generation < 0)
    errors.push(invalidValue('metadata.generation', generation, 'must be greater than or equal to 0'));
  errors.push(...validateLabels(metadata.labels, 'metadata.labels'));
  errors.push(...validateAnnotations(metadata.annotations));
  errors.push(...validateOwners(objectsOf(metadata['ownerReferences'])));
  errors.push(...validateFinalizers(listOf(metadata['finalizers']).map(String), type));
  return errors;
}

/** Kinds that own nothing (apimachinery pkg/api/validation/objectmeta.go, BannedOwners). */
const BANNED_OWNER = { apiVersion: 'v1', kind: 'Event' };

/** Checks that each owner reference is complete, and that one of them at most is the controller. */
function validateOwners(owners: readonly JsonObject[]): FieldError[] {
  const at = 'metadata.ownerReferences';
  let controller = '';
  return owners.flatMap(owner => {
    const [kind, name] = [stringOf(owner['kind']) ?? '', stringOf(owner['name']) ?? ''];
    const errors = ['apiVersion', 'kind', 'name', 'uid'].flatMap(key => {
      const text = stringOf(owner[key]) ?? '';
      const isMissing = text === '' || (key === 'apiVersion' && text.split('/').length > 2);
      const problem = key === 'apiVersion' ? 'version must not be empty' : 'must not be empty';
      return isMissing ? [invalidValue(`${at}.${key}`, text, problem)] : [];
    });
    if (owner['apiVersion'] === BANNED_OWNER.apiVersion && kind === BANNED_OWNER.kind)
      errors.push(invalidValue(at, shownOwner(owner), '/v1, Kind=Event is disallowed from being an owner'));
    if (owner['controller'] !== true) return errors;
    const shown = `${kind}/${name}`;
    if (controller === '') controller = shown;
    else {
      const text = `Only one reference can have Controller set to true. Found "true" in references for ${controller} and ${shown}`;
      errors.push(invalidValue(at, owners.map(shownOwner), text));
    }
    return errors;
  });
}

/** The fields of a reference in the order of Go's struct. */
function shownOwner(owner: JsonObject): JsonObject {
  const keys = ['apiVersion', 'kind', 'name', 'uid', 'controller', 'blockOwnerDeletion'];
  return Object.fromEntries(keys.filter(key => owner[key] !== undefined).map(key => [key, owner[key]]));
}

/**
 * Groups whose finalizers may have any qualified name: the server checks their metadata as apimachinery does,
 * not as the core group does (pkg/apis/…/validation/validation.go @v1.34).
 */
const PLAIN_GROUPS: readonly string[] = [
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'apiregistration.k8s.io',
  'coordination.k8s.io',
  'events.k8s.io',
  'node.k8s.io',
  'policy',
];

const hasPlainFinalizers = ({ custom, group, kind }: ResourceType): boolean =>
  custom !== undefined || kind === 'Event' || PLAIN_GROUPS.includes(group);

/** Checks the names of finalizers; those of most built-in kinds have a domain, or are the server's own. */
function validateFinalizers(finalizers: readonly string[], type: ResourceType): FieldError[] {
  const at = 'metadata.finalizers';
  const errors = finalizers.flatMap(name =>
    problemsOfQualifiedName(name).map(problem => invalidValue(at, name, problem)),
  );
  if (finalizers.includes(ORPHAN) && finalizers.includes(FOREGROUND)) {
    const text = `finalizer ${ORPHAN} and ${FOREGROUND} cannot be both set`;
    errors.push(invalidValue(at, finalizers, text));
  }
  if (hasPlainFinalizers(type)) return errors;
  for (const [index, name] of finalizers.entries()) {
    if (name.includes('/') || isStandardFinalizer(name)) continue;
    const text = 'name is neither a standard finalizer name nor is it fully qualified';
    errors.push(invalidValue(`${at}[${index}]`, name, text));
  }
  return errors;
}

/**
 * Warns of finalizers of custom resources that others may use by chance (apiextensions-apiserver
 * pkg/registry/customresource/validator.go @v1.34, validateKubeFinalizerName).
 */
export function warnOfFinalizers(
  object: KubernetesObject,
  old: KubernetesObject | undefined,
  warn: (text: string) => void,
): void {
  const before = listOf(old?.metadata['finalizers']);
  const added = listOf(object.metadata['finalizers']).filter(name => !before.includes(name));
  for (const name of added.map(String).sort()) {
    const say = (text: string) => warn(`metadata.finalizers: ${JSON.stringify(name)}: ${text}`);
    for (const problem of problemsOfQualifiedName(name)) say(problem);
    if (name.includes('/') || isStandardFinalizer(name)) continue;
    const path = name.includes('.') ? ' including a path (/)' : '';
    say(
      `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`,
    );
  }
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

/** Finds what is wrong with annotations: their keys and their size. */
export function validateAnnotations(annotations: unknown, field = 'metadata.annotations'): FieldError[] {
  const errors: FieldError[] = [];
  let size = 0;
  for (const [key, value] of Object.entries(objectOf(annotations))) {
    for (const problem of problemsOfQualifiedName(key.toLowerCase())) {
      errors.push(invalidValue(field, key, problem));
    }
    size += Buffer.byteLength(key) + Buffer.byteLength(String(value));
  }
  if (size > MAX_ANNOTATION_BYTES) {
    errors.push(tooLongValue(field, MAX_ANNOTATION_BYTES));
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

/** Checks the labels and annotations that a conversion gives an object. */
export function validateConvertedMetadata(metadata: JsonObject): FieldError[] {
  return [
    ...validateLabels(metadata['labels'], 'metadata.labels'),
    ...validateAnnotations(metadata['annotations']),
  ];
}
