/** The finalizers of metadata: those that Kubernetes itself knows, and how to read and drop them. Pure. */
import { type KubernetesObject, listOf } from './json.ts';

/** The finalizer of an owner that goes after its dependents. */
export const FOREGROUND = 'foregroundDeletion';
/** The finalizer of an owner that leaves its dependents behind. */
export const ORPHAN = 'orphan';
/** Finalizers without a domain that the server accepts (pkg/apis/core/helper/helpers.go @v1.32). */
export const STANDARD_FINALIZERS: readonly string[] = [FOREGROUND, ORPHAN, 'kubernetes'];

/** Tells whether a finalizer without a domain is one that the server knows. */
export const isStandardFinalizer = (name: string): boolean => STANDARD_FINALIZERS.includes(name);

/** Returns the finalizers that an object has, none if it lacks the list. */
export function finalizersOf({ metadata }: KubernetesObject): readonly string[] {
  return listOf(metadata['finalizers']).filter(entry => typeof entry === 'string');
}

/** Takes one finalizer out of a draft; an empty list goes too. */
export function dropFinalizer(draft: KubernetesObject, finalizer: string): void {
  const rest = finalizersOf(draft).filter(entry => entry !== finalizer);
  if (rest.length > 0) draft.metadata['finalizers'] = rest;
  else delete draft.metadata['finalizers'];
}

/** Tells whether an object is in foreground deletion. */
export const isWaitingForDependents = (object: KubernetesObject): boolean =>
  object.metadata.deletionTimestamp !== undefined && finalizersOf(object).includes(FOREGROUND);

/**
 * Returns the finalizers that an object has once it is deleted with this policy: one that is given replaces
 * what an earlier deletion has left (apiserver pkg/registry/generic/registry/store.go @v1.34:
 * deletionFinalizersForGarbageCollection).
 */
export function finalizersAfter(
  object: KubernetesObject,
  policy: 'Background' | 'Foreground' | 'Orphan' | undefined,
): readonly string[] {
  const before = finalizersOf(object);
  if (policy === undefined) return before;
  const kept = before.filter(entry => entry !== FOREGROUND && entry !== ORPHAN);
  if (policy === 'Background') return kept;
  return [...kept, policy === 'Foreground' ? FOREGROUND : ORPHAN];
}
