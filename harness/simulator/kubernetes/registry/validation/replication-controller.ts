/**
 * The rules of ReplicationControllers (pkg/apis/core/validation: ValidateReplicationControllerSpec @v1.34).
 */
import { type FieldError, required } from '../field-errors.ts';
import { isObject, type KubernetesObject, objectOf, stringsOf } from '../json.ts';
import { nonNegative } from './counts.ts';
import { matchesTemplate, validateEndless, validateTemplate } from './template.ts';

/** Finds what is wrong with a ReplicationController. */
export function validateReplicationController(controller: KubernetesObject): FieldError[] {
  const { selector, template, minReadySeconds, replicas } = objectOf(controller['spec']);
  const errors = nonNegative(minReadySeconds, 'spec.minReadySeconds');
  const labels = stringsOf(selector);
  const isEmpty = Object.keys(labels).length === 0;
  if (isEmpty) errors.push(required('spec.selector'));
  errors.push(...nonNegative(replicas, 'spec.replicas'));
  if (!isObject(template)) return [...errors, required('spec.template')];
  if (!isEmpty) errors.push(...matchesTemplate({ matchLabels: labels }, template, 'spec.template'));
  errors.push(...validateTemplate(template, 'spec.template'));
  errors.push(...validateEndless(template, 'spec.template', 'ReplicationController'));
  return errors;
}
