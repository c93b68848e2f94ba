/** Templates of pods in workloads (core/validation @v1.34, ValidatePodTemplateSpec). */
import { type FieldError, forbiddenValue, invalidValue, notSupported } from '../../field-errors.ts';
import { isObject, type JsonObject, objectOf, objectsOf, stringsOf } from '../../json.ts';
import { matchesLabels, selectorFromObject } from '../../selectors/label-selector.ts';
import { isSet } from '../entries.ts';
import { validateAnnotations, validateLabels, validateSelector } from '../metadata.ts';
import { validatePodAnnotations } from './annotations.ts';
import { validatePodSpec } from './spec.ts';

/** Checks a template by itself. @param field - its path, for the errors */
export function validateTemplate(template: JsonObject, field: string): FieldError[] {
  const { labels, annotations } = objectOf(template['metadata']);
  const spec = objectOf(template['spec']);
  const errors = [
    ...validateLabels(labels, `${field}.labels`),
    ...validateAnnotations(annotations, `${field}.annotations`),
    ...validatePodAnnotations(annotations, spec, `${field}.annotations`),
    ...validatePodSpec(spec, `${field}.spec`),
  ];
  if (objectsOf(spec['ephemeralContainers']).length > 0)
    errors.push(
      forbiddenValue(`${field}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    );
  return errors;
}

/** Checks that a template runs for ever, as the pods of these workloads do. @param kind - in the sentence */
export function validateEndless(template: JsonObject, field: string, kind: string): FieldError[] {
  const spec = objectOf(template['spec']);
  const errors: FieldError[] = [];
  if (spec['restartPolicy'] !== 'Always')
    errors.push(notSupported(`${field}.spec.restartPolicy`, String(spec['restartPolicy']), ['Always']));
  if (isSet(spec['activeDeadlineSeconds'])) {
    const text = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbiddenValue(`${field}.spec.activeDeadlineSeconds`, text));
  }
  return errors;
}

/**
 * Checks that a selector can be read, is not empty, and selects the pods of the template.
 * @param kind - in the sentence about an empty one
 * @returns undefined in `matches` for a selector that cannot be read
 */
export function validateSelection(
  spec: JsonObject,
  field: string,
  kind: string,
): { readonly errors: FieldError[]; readonly matches: boolean | undefined } {
  const { selector } = spec;
  const labels = stringsOf(objectOf(objectOf(spec['template'])['metadata'])['labels']);
  if (!isObject(selector)) return { errors: [], matches: false };
  const errors = validateSelector(selector, field);
  const isEmpty = (key: string) => Object.keys(objectOf(selector[key])).length === 0;
  const isOpen = isEmpty('matchLabels') && objectsOf(selector['matchExpressions']).length === 0;
  if (isOpen) errors.push(invalidValue(field, selector, `empty selector is invalid for ${kind}`));
  const parsed = selectorFromObject(selector);
  const isReadable = errors.length === 0 || isOpen;
  return { errors, matches: isReadable && parsed ? isOpen || matchesLabels(parsed, labels) : undefined };
}

/** The problem of a template whose pods the selector does not select. */
export function unselected(spec: JsonObject, field: string): FieldError {
  const { labels } = objectOf(objectOf(spec['template'])['metadata']);
  const shown = isObject(labels) ? sorted(labels) : null;
  return invalidValue(`${field}.metadata.labels`, shown, '`selector` does not match template `labels`');
}

const sorted = (map: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));
