/**
 * Groups of the Kubernetes community need an approval (apiextensions-apiserver pkg/apihelpers/helpers.go
 * @v1.34).
 */
import { type FieldError, invalidValue, required } from '../field-errors.ts';
import { type KubernetesObject, objectOf, stringOf } from '../json.ts';

const ANNOTATION = 'api-approved.kubernetes.io';
const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';
const FIELD = `metadata.annotations[${ANNOTATION}]`;

/** Checks the approval of a definition in a protected group; an update may leave it as it was. */
export function validateApproval(
  definition: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const group = stringOf(objectOf(definition['spec'])['group']) ?? '';
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return [];
  const state = stateOf(definition);
  if (state === 'approved' || state === 'bypassed' || (old && stateOf(old) === state)) return [];
  const text = `protected groups must have approval annotation "${ANNOTATION}"`;
  if (state === 'missing') return [required(FIELD, `${text}, ${SEE}`)];
  const detail = `${text} with either a URL or a reason starting with "unapproved", ${SEE}`;
  return [invalidValue(FIELD, approvalOf(definition), detail)];
}

const approvalOf = ({ metadata }: KubernetesObject): string =>
  stringOf(objectOf(metadata.annotations)[ANNOTATION]) ?? '';

function stateOf(definition: KubernetesObject): 'missing' | 'approved' | 'bypassed' | 'invalid' {
  const approval = approvalOf(definition);
  if (approval === '') return 'missing';
  if (approval.startsWith('unapproved')) return 'bypassed';
  return /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#]+/.test(approval) ? 'approved' : 'invalid';
}
