/** The finalizers of metadata: those that Kubernetes itself knows, and how to read and drop them. Pure. */
import { type KubernetesObject, listOf } from './json.ts';

/** The finalizer of an owner that goes after its dependents. */
export const FOREGROUND = 'foregroundDeletion';
/** The finalizer of an owner that leaves its dependents behind. */
export const ORPHAN = 'orphan';
/** Finalizers without a domain that the server accepts (pkg/apis/core/helper/helpers.go @v1.32). */
export const STANDARD_FINALIZERS: readonly string[] = [FOREGROUND, ORPHAN, 'kubernetes'];

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
