/**
 * Namespaces as objects: their own finalizers, which only `/finalize` writes, and what DELETE does
 * (pkg/registry/core/namespace/strategy.go, storage/storage.go @v1.34). Pure.
 */
import type { DeleteOptions } from './delete-options.ts';
import { finalizersAfter } from './finalizers.ts';
import { copy, type KubernetesObject, listOf, objectOf, timestamp } from './json.ts';
import type { ResourceType } from './resources.ts';
import { conflict, forbidden } from './status.ts';

/** The resource key of Namespaces. */
export const NAMESPACES = 'namespaces';
/** Keeps a namespace until its controller has emptied it. */
export const NAMESPACE_FINALIZER = 'kubernetes';
const THAT_STAY: readonly string[] = ['default', 'kube-system', 'kube-public'];

/** Returns `spec.finalizers`: those who have to do with the content. */
export const contentFinalizers = (namespace: KubernetesObject): readonly unknown[] =>
  listOf(objectOf(namespace['spec'])['finalizers']);

/** Gives a new namespace the finalizer of the controller, beside those of the client. */
export function openNamespace(namespace: KubernetesObject): void {
  const asked = contentFinalizers(namespace);
  const finalizers = asked.includes(NAMESPACE_FINALIZER) ? asked : [...asked, NAMESPACE_FINALIZER];
  namespace['spec'] = { ...objectOf(namespace['spec']), finalizers };
}

/** Puts back, in place, what a write of this subresource cannot change. */
export function keepNamespace(
  updated: KubernetesObject,
  current: KubernetesObject,
  subresource: string,
): void {
  const kept = subresource === 'finalize' ? 'status' : 'spec';
  if (current[kept] === undefined) delete updated[kept];
  else updated[kept] = copy(current[kept]);
  // Go's JSON leaves an empty list out.
  if (contentFinalizers(updated).length === 0) updated['spec'] = {};
}

/**
 * Returns the state in which a namespace waits for its end; undefined if nothing keeps it any more.
 * @param now - milliseconds since the epoch
 * @throws ApiError 403 for one that stays, 409 for another one than the one meant
 */
export function namespaceInDeletion(
  type: ResourceType,
  current: KubernetesObject,
  { preconditions, propagationPolicy }: DeleteOptions,
  now: number,
): KubernetesObject | undefined {
  const { name = '', uid, resourceVersion } = current.metadata;
  if (THAT_STAY.includes(name)) throw forbidden(type, name, 'this namespace may not be deleted');
  const check = (what: string, asked: string | undefined, found: string | undefined) => {
    if (asked === undefined || asked === found) return;
    const text = `Precondition failed: ${what} in precondition: ${asked}, ${what} in object meta: ${found}`;
    throw conflict(type, name, text);
  };
  check('UID', preconditions?.uid, uid);
  check('ResourceVersion', preconditions?.resourceVersion, resourceVersion);
  const isMarked = current.metadata.deletionTimestamp !== undefined;
  if (isMarked && contentFinalizers(current).length > 0) return current;
  const finalizers = finalizersAfter(current, propagationPolicy);
  if (isMarked && finalizers.length === 0) return undefined;
  const marked = copy(current);
  marked.metadata.deletionTimestamp ??= timestamp(now);
  if (finalizers.length > 0) marked.metadata['finalizers'] = [...finalizers];
  else delete marked.metadata['finalizers'];
  marked['status'] = { ...objectOf(marked['status']), phase: 'Terminating' };
  return marked;
}
