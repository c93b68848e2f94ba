/**
 * Groups of the Kubernetes community need an approval (apiextensions-apiserver
 * pkg/apis/apiextensions/validation/validation.go @v1.34, validateAPIApproval).
 */
import { APPROVAL_ANNOTATION, approvalOf } from '../definitions.ts';
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { type KubernetesObject, objectOf } from '../json.ts';

const FIELD = `metadata.annotations[${APPROVAL_ANNOTATION}]`;

/** Checks the approval of a definition in a protected group; an update may leave it as it was. */
export function validateApproval(
  definition: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const approval = approvalOf(definition);
  if (!approval || approval.state === 'Approved' || approval.state === 'Unapproved') return [];
  if (old && approvalOf(old)?.state === approval.state) return [];
  if (approval.state === 'Missing') return [required(FIELD, approval.reason)];
  const text = objectOf(definition.metadata.annotations)[APPROVAL_ANNOTATION];
  return [invalidValue(FIELD, text, approval.reason)];
}
