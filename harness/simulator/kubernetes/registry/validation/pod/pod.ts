/** A pod as a whole: its annotations, its spec, and what an update of it may change. */
import type { FieldError } from '../../field-errors.ts';
import { type KubernetesObject, objectOf } from '../../json.ts';
import { changesOfAnnotations, validatePodAnnotations } from './annotations.ts';
import { changesOfResize } from './resize.ts';
import { validateOnlyPod, validatePodSpec } from './spec.ts';
import { changesOfSpec } from './update.ts';

/** Finds what is wrong with a pod (core/validation @v1.34, ValidatePodCreate, ValidatePodUpdate). */
export function validatePod(
  pod: KubernetesObject,
  old: KubernetesObject | undefined,
  subresource = '',
): FieldError[] {
  const spec = objectOf(pod['spec']);
  const { name = '', annotations } = pod.metadata;
  const at = 'metadata.annotations';
  const errors = [
    ...validatePodAnnotations(annotations, spec, at),
    ...validatePodSpec(spec, 'spec', name),
    ...validateOnlyPod(spec, !old),
  ];
  if (!old) return errors;
  if (subresource === 'resize') return changesOfResize(pod, old, errors);
  return [
    ...errors,
    ...changesOfAnnotations(annotations, old.metadata.annotations, at),
    ...changesOfSpec(spec, objectOf(old['spec'])),
  ];
}
