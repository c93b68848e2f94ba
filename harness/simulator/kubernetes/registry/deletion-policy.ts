/** What becomes of dependents when a request to delete does not say. */
import type { DeleteOptions } from './deletion.ts';
import { FOREGROUND, finalizersOf, ORPHAN } from './finalizers.ts';
import type { KubernetesObject } from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';
import type { WriteContext } from './write-context.ts';

/**
 * Kinds of the time before garbage collection: their pods stay
 * (pkg/registry/<group>/<kind>/strategy.go @v1.34, DefaultGarbageCollectionPolicy).
 */
const LEAVE_PODS: readonly string[] = ['jobs.batch', 'replicationcontrollers'];
const JOBS_WARNING =
  'child pods are preserved by default when jobs are deleted; set propagationPolicy=Background to remove them or set propagationPolicy=Orphan to suppress this warning';

/**
 * Adds the policy of the kind to the options of a request, unless they, or an earlier deletion, have one
 * (apiserver pkg/registry/generic/registry/store.go, shouldOrphanDependents; batch/job/storage/storage.go).
 */
export function withDefaultPolicy(
  type: ResourceType,
  current: KubernetesObject,
  options: DeleteOptions,
  { warn }: Pick<WriteContext, 'warn'>,
): DeleteOptions {
  if (options.propagationPolicy !== undefined || !LEAVE_PODS.includes(keyOf(type))) return options;
  if (keyOf(type) === 'jobs.batch') warn(JOBS_WARNING);
  const finalizers = finalizersOf(current);
  if (finalizers.includes(FOREGROUND) || finalizers.includes(ORPHAN)) return options;
  return { ...options, propagationPolicy: 'Orphan' };
}
