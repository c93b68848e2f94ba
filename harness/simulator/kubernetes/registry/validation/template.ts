/** The rules of templates of pods (pkg/apis/core/validation: ValidatePodTemplateSpec @v1.34). */
import { type FieldError, forbiddenValue, invalidValue, notSupported } from '../field-errors.ts';
import { objectOf, stringsOf } from '../json.ts';
import { matchesLabels, selectorFromObject } from '../selectors/label-selector.ts';
import { validateTemplate as validateWhole } from './pod/template.ts';
import { shownMap } from './shown.ts';

/** Finds what is wrong with the labels and the pods of a template. @param field - its path */
export function validateTemplate(template: unknown, field: string): FieldError[] {
  return validateWhole(objectOf(template), field);
}

/** A selector that no labels satisfy, for one that is absent: the key of a label is never empty. */
export const NOTHING = { matchLabels: { '': '' } };

/** Checks that a selector finds the pods of a template; one that is absent or empty is another's problem. */
export function matchesTemplate(selector: unknown, template: unknown, field: string): FieldError[] {
  const labels = objectOf(objectOf(template)['metadata'])['labels'];
  const parsed = selectorFromObject(selector);
  if (!parsed || matchesLabels(parsed, stringsOf(labels))) return [];
  const text = '`selector` does not match template `labels`';
  return [invalidValue(`${field}.metadata.labels`, labels, text, shownMap(labels))];
}

/** Checks that pods which are kept going may go on for ever. @param kind - `DaemonSet`, for the message */
export function validateEndless(template: unknown, field: string, kind: string): FieldError[] {
  const { restartPolicy, activeDeadlineSeconds } = objectOf(objectOf(template)['spec']);
  const errors: FieldError[] = [];
  if (restartPolicy !== 'Always')
    errors.push(notSupported(`${field}.spec.restartPolicy`, String(restartPolicy ?? ''), ['Always']));
  if (activeDeadlineSeconds !== undefined) {
    const text = `activeDeadlineSeconds in ${kind} is not Supported`;
    errors.push(forbiddenValue(`${field}.spec.activeDeadlineSeconds`, text));
  }
  return errors;
}
