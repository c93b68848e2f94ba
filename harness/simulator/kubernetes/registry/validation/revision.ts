/** The rules of ControllerRevisions (pkg/apis/apps/validation: ValidateControllerRevisionCreate @v1.34). */
import { type FieldError, required } from '../field-errors.ts';
import { isObject, type KubernetesObject } from '../json.ts';
import { nonNegative } from './counts.ts';

/** Finds what is wrong with a ControllerRevision. Its data must not change: that is another rule. */
export function validateRevision(
  revision: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const errors = nonNegative(revision['revision'], 'revision');
  const { data } = revision;
  if (old || isObject(data)) return errors;
  const isAbsent = data === undefined || data === null;
  return [...errors, required('data', isAbsent ? 'data is mandatory' : 'data must be a valid JSON object')];
}
