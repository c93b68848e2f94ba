/**
 * What is wrong with RuntimeClasses, flow schemas and priority levels, as far as clients meet it
 * (pkg/apis/node/validation, pkg/apis/flowcontrol/validation @v1.34).
 */
import { type FieldError, invalidValue, notSupported, required } from '../field-errors.ts';
import { type KubernetesObject, objectOf, stringOf } from '../json.ts';
import { problemsOfLabel } from './names.ts';

/** Checks a RuntimeClass: its handler is a label, and stays. */
export function problemsOfRuntimeClass(object: KubernetesObject, old?: KubernetesObject): FieldError[] {
  const handler = stringOf(object['handler']) ?? '';
  const errors = problemsOfLabel(handler).map(problem => invalidValue('handler', handler, problem));
  if (old && old['handler'] !== object['handler'])
    errors.push(invalidValue('handler', handler, 'field is immutable'));
  return errors;
}

/** Checks that a flow schema says to which level its requests belong. */
export function problemsOfFlowSchema(object: KubernetesObject): FieldError[] {
  const level = objectOf(objectOf(object['spec'])['priorityLevelConfiguration']);
  if ((stringOf(level['name']) ?? '') !== '') return [];
  return [required('spec.priorityLevelConfiguration.name', 'must reference a priority level')];
}

/** Checks the type of a priority level. */
export function problemsOfPriorityLevel(object: KubernetesObject): FieldError[] {
  const type = stringOf(objectOf(object['spec'])['type']) ?? '';
  const known = ['Exempt', 'Limited'];
  return known.includes(type) ? [] : [notSupported('spec.type', type, known)];
}
