/** Computes the effect of DELETE: an object goes at once, or waits for its grace and its finalizers. Pure. */
import type { DeleteOptions } from './delete-options.ts';
import { finalizersAfter } from './finalizers.ts';
import { copy, type KubernetesObject, listOf, objectOf, stringOf, timestamp, valueAt } from './json.ts';
import { contentFinalizers, NAMESPACES } from './namespaces.ts';
import { keyOf, type ResourceType } from './resources.ts';
import { ApiError, badRequest } from './status.ts';

export type { DeleteOptions } from './delete-options.ts';

/** The outcome of a DELETE. */
export interface Deletion {
  /** The last state if it is gone, else the state in which it waits. */
  readonly object: KubernetesObject;
  /** False if it only waits for its end: finalizers, grace. */
  readonly gone: boolean;
}

const DEFAULT_POD_GRACE_SECONDS = 30;

/**
 * Returns the state in which an object waits for its end; undefined if nothing keeps it.
 * @param now - milliseconds since the epoch
 * @throws ApiError 409 for another object than the one meant
 */
export function stateInDeletion(
  type: ResourceType,
  current: KubernetesObject,
  options: DeleteOptions,
  now: number,
): KubernetesObject | undefined {
  checkPreconditions(type, current, options.preconditions);
  const grace = keyOf(type) === 'pods' ? podGraceSeconds(current, options.gracePeriodSeconds) : 0;
  const finalizers = isLeftToItself(type)
    ? withoutPolicies(current)
    : finalizersAfter(current, options.propagationPolicy);
  if (grace === 0 && finalizers.length === 0) return undefined;
  const updated = copy(current);
  if (finalizers.length > 0) updated.metadata['finalizers'] = [...finalizers];
  else delete updated.metadata['finalizers'];
  markAsEnding(type, updated, grace, now);
  return updated;
}

/** An object whose owners and dependents nobody looks after keeps no finalizer of a policy. */
const withoutPolicies = (current: KubernetesObject): readonly string[] =>
  finalizersAfter(current, 'Background');

/**
 * Tells whether nobody would take away a finalizer of this type: Events own nothing
 * (pkg/registry/core/event/strategy.go @v1.32).
 */
function isLeftToItself(type: ResourceType): boolean {
  return type.kind === 'Event';
}

/** Sets the time of the end, in place. A second DELETE may only bring it forward. */
function markAsEnding(type: ResourceType, draft: KubernetesObject, graceSeconds: number, now: number): void {
  const { metadata } = draft;
  const isMarked = metadata.deletionTimestamp !== undefined;
  if (isMarked && graceSeconds >= Number(metadata['deletionGracePeriodSeconds'] ?? 0)) return;
  metadata.deletionTimestamp = timestamp(now + graceSeconds * 1000);
  metadata['deletionGracePeriodSeconds'] = graceSeconds;
  if (!isMarked && type.hasGeneration) metadata.generation = (metadata.generation ?? 0) + 1;
}

/**
 * Tells whether a write ends an object: it is in deletion, its last finalizer is gone, and nothing else holds
 * it. A Pod waits for its kubelet, a Namespace for its content.
 */
export function isAtItsEnd(type: ResourceType, updated: KubernetesObject): boolean {
  const { metadata } = updated;
  if (metadata.deletionTimestamp === undefined || listOf(metadata['finalizers']).length > 0) return false;
  if (keyOf(type) === NAMESPACES) return contentFinalizers(updated).length === 0;
  return Number(metadata['deletionGracePeriodSeconds'] ?? 0) === 0;
}

function checkPreconditions(
  type: ResourceType,
  current: KubernetesObject,
  preconditions: DeleteOptions['preconditions'],
): void {
  const { uid, resourceVersion } = current.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw preconditionConflict(
      type,
      current,
      `the UID in the precondition (${preconditions.uid}) does not match the UID in record (${uid}). The object might have been deleted and then recreated`,
    );
  }
  if (preconditions?.resourceVersion !== undefined && preconditions.resourceVersion !== resourceVersion) {
    throw preconditionConflict(
      type,
      current,
      `the ResourceVersion in the precondition (${preconditions.resourceVersion}) does not match the ResourceVersion in record (${resourceVersion}). The object might have been modified`,
    );
  }
}

/** Makes the 409 of a precondition. Unlike other conflicts it names the kind, not the resource. */
function preconditionConflict(type: ResourceType, { metadata }: KubernetesObject, text: string): ApiError {
  const { name = '' } = metadata;
  return new ApiError(
    409,
    'Conflict',
    `Operation cannot be fulfilled on ${type.kind} ${JSON.stringify(name)}: ${text}`,
    {
      name,
      ...(type.group !== '' && { group: type.group }),
      kind: type.kind,
    },
  );
}

/**
 * Returns the grace of a pod. One that never ran needs none (pkg/registry/core/pod/strategy.go,
 * CheckGracefulDelete).
 */
function podGraceSeconds(pod: KubernetesObject, asked: number | undefined): number {
  const spec = objectOf(pod['spec']);
  const own = Number(spec['terminationGracePeriodSeconds'] ?? DEFAULT_POD_GRACE_SECONDS);
  const phase = stringOf(valueAt(pod, 'status', 'phase'));
  if (!stringOf(spec['nodeName']) || phase === 'Succeeded' || phase === 'Failed') return 0;
  const grace = asked ?? own;
  if (grace < 0) throw badRequest('gracePeriodSeconds must be a non-negative integer');
  return grace;
}
