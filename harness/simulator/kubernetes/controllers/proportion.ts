/**
 * How a change of a Deployment's `replicas` is spread over its ReplicaSets, while it is paused or amid a
 * rollout (pkg/controller/deployment/sync.go @v1.34: scale; util/deployment_util.go). Pure.
 */
import type { Deployment, ReplicaSet } from '../client/kinds.ts';
import { byAge, desiredReplicasOf, maxReplicasOf, othersOf } from './deployment-sets.ts';
import { availableOf, limitsOf, replicasOf, sumOf } from './rollout.ts';

const wantedOf = ({ spec }: Deployment): number => spec.replicas ?? 1;
const isRunning = (set: ReplicaSet): boolean => replicasOf(set) > 0;

/** Tells whether a set was scaled for another number of replicas than the Deployment has by now. */
export const isBeingScaled = (deployment: Deployment, sets: readonly ReplicaSet[]): boolean =>
  sets.some(set => {
    const desired = isRunning(set) ? desiredReplicasOf(set) : undefined;
    return desired !== undefined && desired !== wantedOf(deployment);
  });

/**
 * Returns the sizes of the sets that are to be written: all of them get the new annotations.
 * @param newSet - the set of the current template, if there is one
 * @param sets - all of them, the new one included
 */
export function scaledSizes(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
): ReadonlyMap<ReplicaSet, number> {
  const wanted = wantedOf(deployment);
  const active = sets.filter(isRunning);
  if (active.length <= 1) {
    const only = active[0] ?? newSet ?? [...sets].sort(byAge).at(-1);
    return new Map(only ? [[only, wanted]] : []);
  }
  if (newSet && isSaturated(newSet, wanted)) {
    return new Map(othersOf(active, newSet).map(set => [set, 0]));
  }
  // Of Recreate the sizes stay: the old sets are on their way out.
  if (deployment.spec.strategy?.type === 'Recreate')
    return new Map(active.map(set => [set, replicasOf(set)]));
  return proportionalSizes(deployment, active);
}

/** Tells whether a set has all the pods that are wanted, and they are available. */
const isSaturated = (set: ReplicaSet, wanted: number): boolean =>
  desiredReplicasOf(set) === wanted && replicasOf(set) === wanted && availableOf(set) === wanted;

function proportionalSizes(
  deployment: Deployment,
  active: readonly ReplicaSet[],
): ReadonlyMap<ReplicaSet, number> {
  const wanted = wantedOf(deployment);
  const most = wanted > 0 ? wanted + limitsOf(deployment).surge : 0;
  const toAdd = most - sumOf(active, replicasOf);
  const direction = toAdd > 0 ? -1 : 1;
  // The largest first; of equal ones the younger grows, the older shrinks.
  const bySize = [...active].sort((a, b) => replicasOf(b) - replicasOf(a) || direction * byAge(a, b));
  const sizes = new Map<ReplicaSet, number>();
  let added = 0;
  for (const set of bySize) {
    const share = toAdd === added ? 0 : fractionOf(deployment, set, most);
    const part = toAdd > 0 ? Math.min(share, toAdd - added) : Math.max(share, toAdd - added);
    const size = toAdd === 0 ? 0 : part;
    sizes.set(set, replicasOf(set) + size);
    added += size;
  }
  const [first] = bySize;
  if (first && toAdd !== 0) sizes.set(first, Math.max(0, (sizes.get(first) ?? 0) + toAdd - added));
  return sizes;
}

/** Returns by how many pods a set grows to keep its share of all. */
function fractionOf(deployment: Deployment, set: ReplicaSet, most: number): number {
  const size = replicasOf(set);
  if (wantedOf(deployment) === 0) return -size;
  const before = maxReplicasOf(set) || (deployment.status?.replicas ?? 0);
  return before === 0 ? 0 : Math.round((size * most) / before) - size;
}
