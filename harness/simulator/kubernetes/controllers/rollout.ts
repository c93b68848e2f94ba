/** Computes a rolling update: the number of pods that each ReplicaSet must have now. Pure. */
import type { Deployment, ReplicaSet } from '../client/kinds.ts';

/** Returns `25%` (the default) of a total, or the number that is written. */
export function portionOf(
  value: number | string | undefined,
  total: number,
  round: (share: number) => number,
): number {
  const given = value ?? '25%';
  if (typeof given === 'number') return given;
  const percent = /^(\d+)%$/.exec(given)?.[1];
  return percent === undefined ? Number(given) || 0 : round((Number(percent) * total) / 100);
}

/** The numbers of pods that a rollout may have above and below the wanted number. */
export interface Limits {
  readonly surge: number;
  readonly unavailable: number;
}

/**
 * Returns the limits of a Deployment's rollout, in pods (kubernetes/kubernetes
 * pkg/controller/deployment/util/deployment_util.go: ResolveFenceposts).
 */
export function limitsOf({ spec }: Deployment): Limits {
  const replicas = spec.replicas ?? 1;
  if (spec.strategy?.type === 'Recreate') return { surge: 0, unavailable: 0 };
  const { maxSurge, maxUnavailable } = spec.strategy?.rollingUpdate ?? {};
  const surge = portionOf(maxSurge, replicas, Math.ceil);
  const unavailable = Math.min(portionOf(maxUnavailable, replicas, Math.floor), replicas);
  // Both zero would be a standstill.
  return surge === 0 && unavailable === 0
    ? { surge, unavailable: Math.min(1, replicas) }
    : { surge, unavailable };
}

/** Returns how many pods a ReplicaSet is asked to have; 0 without a set. */
export const replicasOf = (set: ReplicaSet | undefined): number => set?.spec.replicas ?? 0;
/** Returns how many pods of a ReplicaSet are available; 0 without a set. */
export const availableOf = (set: ReplicaSet | undefined): number => set?.status?.availableReplicas ?? 0;
/** Adds up a count over ReplicaSets. */
export const sumOf = (sets: readonly ReplicaSet[], count: (set: ReplicaSet) => number): number =>
  sets.reduce((sum, set) => sum + count(set), 0);

/**
 * Returns how many pods the new ReplicaSet should have now.
 * @param current - what it has; 0 before it exists
 */
export function newSetSize(deployment: Deployment, current: number, old: readonly ReplicaSet[]): number {
  const wanted = deployment.spec.replicas ?? 1;
  if (deployment.spec.strategy?.type === 'Recreate' || current >= wanted) return wanted;
  const room = wanted + limitsOf(deployment).surge - current - sumOf(old, replicasOf);
  return room <= 0 ? current : current + Math.min(room, wanted - current);
}

/**
 * Returns the old ReplicaSets that shrink now, and their new sizes: pods that never got ready go first, then
 * as many as leave enough available (kubernetes/kubernetes pkg/controller/deployment/rolling.go:
 * reconcileOldReplicaSets).
 */
export function shrinkOldSets(
  deployment: Deployment,
  newSet: ReplicaSet,
  old: readonly ReplicaSet[],
): ReadonlyMap<ReplicaSet, number> {
  const wanted = deployment.spec.replicas ?? 1;
  const minAvailable = wanted - limitsOf(deployment).unavailable;
  const total = replicasOf(newSet) + sumOf(old, replicasOf);
  const newUnavailable = Math.max(0, replicasOf(newSet) - availableOf(newSet));
  const sizes = new Map<ReplicaSet, number>();
  let room = total - minAvailable - newUnavailable;
  if (room <= 0) return sizes;
  const oldestFirst = [...old].sort((a, b) =>
    (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? ''),
  );
  const sizeOf = (set: ReplicaSet) => sizes.get(set) ?? replicasOf(set);
  for (const set of oldestFirst) {
    const unhealthy = Math.min(Math.max(0, sizeOf(set) - availableOf(set)), room);
    if (unhealthy === 0) continue;
    sizes.set(set, sizeOf(set) - unhealthy);
    room -= unhealthy;
  }
  let spare = availableOf(newSet) + sumOf(old, availableOf) - minAvailable;
  for (const set of oldestFirst) {
    if (spare <= 0) break;
    const count = Math.min(sizeOf(set), spare);
    if (count === 0) continue;
    sizes.set(set, sizeOf(set) - count);
    spare -= count;
  }
  return sizes;
}
