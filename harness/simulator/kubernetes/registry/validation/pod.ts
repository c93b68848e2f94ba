/**
 * The rules of pods and templates of pods (pkg/apis/core/validation/validation.go @v1.32), as far as users
 * meet it.
 */

import { duplicate, type FieldError, invalidValue, required } from '../field-errors.ts';
import { type JsonObject, objectsOf, stringOf } from '../json.ts';
import { validateContainer } from './container.ts';
import { invalidFor, validateChoice, validateName } from './entries.ts';
import { problemsOfSubdomain } from './names.ts';

const RESTART_POLICIES = ['Always', 'OnFailure', 'Never'];
const DNS_POLICIES = ['ClusterFirst', 'ClusterFirstWithHostNet', 'Default', 'None'];

/** Finds what is wrong with the spec of a pod or of a template. @param field - its path, for the errors */
export function validatePodSpec(spec: JsonObject, field: string): FieldError[] {
  const errors = validateVolumes(objectsOf(spec['volumes']), `${field}.volumes`);
  const volumes = new Set(objectsOf(spec['volumes']).map(volume => stringOf(volume['name']) ?? ''));
  if (objectsOf(spec['containers']).length === 0) errors.push(required(`${field}.containers`));
  const names = new Set<string>();
  for (const list of ['initContainers', 'containers']) {
    for (const [index, container] of objectsOf(spec[list]).entries()) {
      errors.push(...validateContainer(container, `${field}.${list}[${index}]`, names, volumes));
    }
  }
  errors.push(...validateChoice(spec['restartPolicy'], `${field}.restartPolicy`, RESTART_POLICIES));
  errors.push(...validateChoice(spec['dnsPolicy'], `${field}.dnsPolicy`, DNS_POLICIES));
  for (const key of ['serviceAccountName', 'nodeName']) {
    const value = stringOf(spec[key]) ?? '';
    if (value !== '') errors.push(...invalidFor(`${field}.${key}`, value, problemsOfSubdomain(value)));
  }
  const grace = spec['terminationGracePeriodSeconds'];
  if (typeof grace === 'number' && grace < 0) {
    errors.push(
      invalidValue(`${field}.terminationGracePeriodSeconds`, grace, 'must be greater than or equal to 0'),
    );
  }
  return errors;
}

function validateVolumes(volumes: readonly JsonObject[], field: string): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  for (const [index, volume] of volumes.entries()) {
    const path = `${field}[${index}].name`;
    const name = stringOf(volume['name']) ?? '';
    if (taken.has(name) && name !== '') errors.push(duplicate(path, name));
    else errors.push(...validateName(name, path, taken));
  }
  return errors;
}
