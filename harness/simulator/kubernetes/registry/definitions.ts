/** CustomResourceDefinitions as objects: their conditions, and what DELETE does to one. */
import {
  copy,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  timestamp,
} from './json.ts';
import type { ResourceKey, ResourceType } from './resources.ts';
import { conflict } from './status.ts';

/** The resource key of CustomResourceDefinitions. */
export const DEFINITIONS: ResourceKey = 'customresourcedefinitions.apiextensions.k8s.io';

/**
 * Keeps a definition until its instances are gone (apiextensions-apiserver pkg/apis/apiextensions/types.go
 * @v1.32).
 */
export const CLEANUP_FINALIZER = 'customresourcecleanup.apiextensions.k8s.io';

/** A condition of a definition, without its time. */
export interface DefinitionCondition {
  readonly type: 'KubernetesAPIApprovalPolicyConformant' | 'NamesAccepted' | 'Established' | 'Terminating';
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
}

/** Tells whether a definition has the condition with status `True`. */
export function isConditionTrue(definition: KubernetesObject, type: DefinitionCondition['type']): boolean {
  return objectsOf(objectOf(definition['status'])['conditions']).some(
    condition => condition['type'] === type && condition['status'] === 'True',
  );
}

/**
 * Sets a condition in a draft; its time changes with its status only.
 * (apiextensions-apiserver pkg/apihelpers/helpers.go @v1.32, SetCRDCondition)
 * @param now - milliseconds since the epoch
 */
export function setCondition(draft: KubernetesObject, next: DefinitionCondition, now: number): void {
  const status = objectOf(draft['status']);
  const conditions = objectsOf(status['conditions']);
  const old = conditions.find(condition => condition['type'] === next.type);
  const lastTransitionTime = (old?.['status'] === next.status && old['lastTransitionTime']) || timestamp(now);
  const { type, status: value, ...why } = next;
  const condition: JsonObject = { type, status: value, lastTransitionTime, ...why };
  draft['status'] = {
    ...status,
    conditions: old
      ? conditions.map(entry => (entry === old ? condition : entry))
      : [...conditions, condition],
  };
}

/** Which object a DELETE means. */
interface Preconditions {
  readonly uid?: string;
  readonly resourceVersion?: string;
}

/** @throws ApiError 409 if the definition is not the one that the preconditions mean */
function refuseAnother(
  type: ResourceType,
  { metadata: { name = '', uid, resourceVersion } }: KubernetesObject,
  preconditions: Preconditions | undefined,
): void {
  const check = (what: string, asked: string | undefined, found: string | undefined) => {
    if (asked === undefined || asked === found) return;
    throw conflict(
      type,
      name,
      `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`,
    );
  };
  check('UID', preconditions?.uid, uid);
  check('ResourceVersion', preconditions?.resourceVersion, resourceVersion);
}

/**
 * Returns the state that the first DELETE leaves, whatever its propagation policy (apiextensions-apiserver
 * pkg/registry/customresourcedefinition/etcd.go @v1.32, Delete).
 * @param now - milliseconds since the epoch
 * @throws ApiError 409 if the definition is not the one that is meant
 */
export function markForDeletion(
  type: ResourceType,
  current: KubernetesObject,
  preconditions: Preconditions | undefined,
  now: number,
): KubernetesObject {
  refuseAnother(type, current, preconditions);
  const marked = copy(current);
  marked.metadata.deletionTimestamp = timestamp(now);
  marked.metadata['finalizers'] = [
    ...new Set([...listOf(current.metadata['finalizers']), CLEANUP_FINALIZER]),
  ];
  setCondition(
    marked,
    {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    },
    now,
  );
  return marked;
}

/** Where the approval of a definition in a group of the community stands. */
export const APPROVAL_ANNOTATION = 'api-approved.kubernetes.io';

const SEE = 'see https://github.com/kubernetes/enhancements/pull/1111';

/** What the server makes of the approval of a definition, and why (pkg/apihelpers/helpers.go @v1.34). */
interface Approval {
  readonly state: 'Missing' | 'Approved' | 'Unapproved' | 'Invalid';
  readonly reason: string;
}

/** Reads the approval; undefined for a group that needs none. */
export function approvalOf(definition: KubernetesObject): Approval | undefined {
  const group = stringOf(objectOf(definition['spec'])['group']) ?? '';
  if (!/(^|\.)(k8s|kubernetes)\.io$/.test(group)) return undefined;
  const text = stringOf(objectOf(definition.metadata.annotations)[APPROVAL_ANNOTATION]) ?? '';
  const needed = `protected groups must have approval annotation "${APPROVAL_ANNOTATION}"`;
  if (text === '') return { state: 'Missing', reason: `${needed}, ${SEE}` };
  if (text.startsWith('unapproved')) {
    return { state: 'Unapproved', reason: `not approved: ${JSON.stringify(text)}` };
  }
  if (/^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^\s/?#]+/.test(text))
    return { state: 'Approved', reason: `approved in ${text}` };
  return {
    state: 'Invalid',
    reason: `${needed} with either a URL or a reason starting with "unapproved", ${SEE}`,
  };
}

/** Returns what the status says of the approval; undefined for a group that needs none. */
export function approvalCondition(definition: KubernetesObject): DefinitionCondition | undefined {
  const approval = approvalOf(definition);
  return (
    approval && {
      type: 'KubernetesAPIApprovalPolicyConformant',
      status: approval.state === 'Approved' ? 'True' : 'False',
      reason: `${approval.state}Annotation`,
      message: approval.reason,
    }
  );
}
