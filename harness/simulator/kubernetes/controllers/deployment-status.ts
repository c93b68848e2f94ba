/** A Deployment's status and conditions, computed from its ReplicaSets; pure. */
import { type Condition, conditionOf, type Deployment, type ReplicaSet, timestamp } from '../client/kinds.ts';
import { availableOf, limitsOf, sumOf } from './rollout.ts';

type Status = NonNullable<Deployment['status']>;

/** Tells whether two conditions are equal but for their times. */
function isSame(a: Condition | undefined, b: Condition): boolean {
  return a?.status === b.status && a.reason === b.reason && a.message === b.message;
}

/** Replaces the condition of this type; the time of transition changes with the status only. */
export function withCondition(
  conditions: readonly Condition[],
  next: Pick<Condition, 'type' | 'status' | 'reason' | 'message'>,
  now: number,
  options: { readonly touch?: boolean } = {},
): readonly Condition[] {
  const before = conditionOf(conditions, next.type);
  if (isSame(before, next as Condition) && !options.touch) return conditions;
  const time = timestamp(now);
  const condition: Condition = {
    ...next,
    lastUpdateTime: time,
    lastTransitionTime: before?.status === next.status ? (before.lastTransitionTime ?? time) : time,
  };
  return [...conditions.filter(({ type }) => type !== next.type), condition];
}

function countsOf(deployment: Deployment, newSet: ReplicaSet | undefined, sets: readonly ReplicaSet[]) {
  const replicas = sumOf(sets, set => set.status?.replicas ?? 0);
  const available = sumOf(sets, availableOf);
  // Of an update that was not observed yet nothing counts as updated.
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas,
    updatedReplicas: newSet?.status?.replicas ?? 0,
    readyReplicas: sumOf(sets, set => set.status?.readyReplicas ?? 0),
    availableReplicas: available,
    unavailableReplicas: Math.max(0, sumOf(sets, set => set.spec.replicas ?? 0) - available),
  };
}

type Counts = ReturnType<typeof countsOf>;

/**
 * Returns the conditions after a Deployment was paused, or goes on: `undefined` if they say so already
 * (pkg/controller/deployment/sync.go @v1.34: checkPausedConditions).
 */
export function pausedConditions(deployment: Deployment, now: number): readonly Condition[] | undefined {
  const { paused = false, progressDeadlineSeconds = 600 } = deployment.spec;
  const conditions = deployment.status?.conditions ?? [];
  const reason = conditionOf(conditions, 'Progressing')?.reason;
  if (progressDeadlineSeconds >= 2 ** 31 - 1 || reason === 'ProgressDeadlineExceeded') return undefined;
  if (paused === (reason === 'DeploymentPaused')) return undefined;
  const [next, what] = paused ? ['DeploymentPaused', 'paused'] : ['DeploymentResumed', 'resumed'];
  const condition = { type: 'Progressing', status: 'Unknown', reason: next } as const;
  return withCondition(conditions, { ...condition, message: `Deployment is ${what}` }, now);
}

/** Tells whether all pods are of the new template and available. */
export function isComplete(deployment: Deployment, counts: Status): boolean {
  const wanted = deployment.spec.replicas ?? 1;
  return (
    (counts.updatedReplicas ?? 0) === wanted &&
    (counts.replicas ?? 0) === wanted &&
    (counts.availableReplicas ?? 0) === wanted &&
    (counts.observedGeneration ?? 0) >= (deployment.metadata.generation ?? 0)
  );
}

function hasProgressed(before: Status, after: Counts): boolean {
  const old = (status: Status) => (status.replicas ?? 0) - (status.updatedReplicas ?? 0);
  return (
    after.updatedReplicas > (before.updatedReplicas ?? 0) ||
    old(after) < old(before) ||
    after.readyReplicas > (before.readyReplicas ?? 0) ||
    after.availableReplicas > (before.availableReplicas ?? 0)
  );
}

/**
 * Returns when the Deployment will have made no progress for too long; undefined if that cannot happen.
 * @returns milliseconds since the epoch
 */
export function progressDeadline(
  deployment: Deployment,
  conditions: readonly Condition[],
): number | undefined {
  const seconds = deployment.spec.progressDeadlineSeconds ?? 600;
  const progressing = conditionOf(conditions, 'Progressing');
  if (!progressing || seconds >= 2 ** 31 - 1 || deployment.spec.paused) return undefined;
  if (progressing.reason === 'NewReplicaSetAvailable' || progressing.reason === 'ProgressDeadlineExceeded') {
    return undefined;
  }
  return Date.parse(progressing.lastUpdateTime ?? '') + seconds * 1000;
}

/**
 * Computes the status of now.
 * @param newSet - the ReplicaSet of the current template
 * @param sets - all ReplicaSets, the new one included
 * @see kubernetes/kubernetes pkg/controller/deployment/progress.go: syncRolloutStatus
 */
export function deploymentStatus(
  deployment: Deployment,
  newSet: ReplicaSet | undefined,
  sets: readonly ReplicaSet[],
  now: number,
): Status {
  const before = deployment.status ?? {};
  const counts = countsOf(deployment, newSet, sets);
  let conditions = withAvailability(deployment, counts, before.conditions ?? [], now);
  conditions = progressOf({ deployment, before, counts, conditions, newSet, now });
  conditions = withFailure(conditions, [newSet, ...sets], now);
  const shown = Object.entries(counts).filter(([key, count]) => key === 'observedGeneration' || count !== 0);
  return {
    ...Object.fromEntries(shown),
    ...(before.collisionCount !== undefined && { collisionCount: before.collisionCount }),
    conditions,
  };
}

function withAvailability(
  deployment: Deployment,
  counts: Counts,
  conditions: readonly Condition[],
  now: number,
): readonly Condition[] {
  const minimum = (deployment.spec.replicas ?? 1) - limitsOf(deployment).unavailable;
  const [status, reason, message] =
    counts.availableReplicas >= minimum
      ? (['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.'] as const)
      : (['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'] as const);
  return withCondition(conditions, { type: 'Available', status, reason, message }, now);
}

/** Takes over the failure of the first ReplicaSet that has one. */
function withFailure(
  conditions: readonly Condition[],
  sets: readonly (ReplicaSet | undefined)[],
  now: number,
): readonly Condition[] {
  for (const set of sets) {
    const failure = conditionOf(set?.status?.conditions, 'ReplicaFailure');
    if (!failure) continue;
    const { status, reason = '', message = '' } = failure;
    return withCondition(conditions, { type: 'ReplicaFailure', status, reason, message }, now);
  }
  return conditions.filter(({ type }) => type !== 'ReplicaFailure');
}

/** What the condition Progressing follows from. */
interface Progress {
  readonly deployment: Deployment;
  readonly before: Status;
  readonly counts: Counts;
  readonly conditions: readonly Condition[];
  readonly newSet: ReplicaSet | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Returns the conditions with that of the progress brought up to date. */
function progressOf({ deployment, before, counts, conditions, newSet, now }: Progress): readonly Condition[] {
  const current = conditionOf(conditions, 'Progressing');
  const name = newSet ? `ReplicaSet "${newSet.metadata.name}"` : `Deployment "${deployment.metadata.name}"`;
  const isSettled =
    counts.replicas === counts.updatedReplicas && current?.reason === 'NewReplicaSetAvailable';
  if (isSettled || deployment.spec.paused) return conditions;
  const set = (status: 'True' | 'False', reason: string, message: string, touch = false) =>
    withCondition(conditions, { type: 'Progressing', status, reason, message }, now, { touch });
  if (isComplete(deployment, counts)) {
    return set('True', 'NewReplicaSetAvailable', `${name} has successfully progressed.`);
  }
  if (hasProgressed(before, counts)) return set('True', 'ReplicaSetUpdated', `${name} is progressing.`, true);
  const deadline = progressDeadline(deployment, conditions);
  if (deadline !== undefined && now >= deadline) {
    return set('False', 'ProgressDeadlineExceeded', `${name} has timed out progressing.`);
  }
  return conditions;
}
