/**
 * Computes the status of a ReplicaSet: the numbers of its ready and available pods, and what prevents more.
 * Pure.
 */
import { messageOf } from '../../../base/errors.ts';
import { type Condition, conditionOf, type Pod, type ReplicaSet, timestamp } from '../client/kinds.ts';

/** Returns when the pod became ready, in milliseconds since the epoch; undefined if it is not ready. */
export function readySince(pod: Pod): number | undefined {
  const ready = conditionOf(pod.status?.conditions, 'Ready');
  return ready?.status === 'True' ? Date.parse(ready.lastTransitionTime ?? '') : undefined;
}

/** Leaves zeros out, as Go's JSON does. */
function nonZero(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));
}

function withFailure(conditions: readonly Condition[], failure: unknown, now: string): readonly Condition[] {
  const others = conditions.filter(({ type }) => type !== 'ReplicaFailure');
  if (failure === undefined) return others;
  const before = conditionOf(conditions, 'ReplicaFailure');
  // The first message stays: the condition says that it fails, the events say how.
  if (before?.reason === 'FailedCreate') return conditions;
  return [
    ...others,
    {
      type: 'ReplicaFailure',
      status: 'True',
      reason: 'FailedCreate',
      message: messageOf(failure),
      lastTransitionTime: now,
    },
  ];
}

/**
 * Computes the new status of a ReplicaSet.
 * @param failure - what kept it from making a pod; undefined if nothing did
 * @param now - milliseconds since the epoch
 * @returns the status, and when the next of its ready pods becomes available: undefined if all of them are
 */
export function replicaSetStatus(set: ReplicaSet, pods: readonly Pod[], failure: unknown, now: number) {
  const minReadyMs = (set.spec.minReadySeconds ?? 0) * 1000;
  const readyTimes = pods.map(readySince).filter(since => since !== undefined);
  const waiting = readyTimes.map(since => since + minReadyMs).filter(time => time > now);
  const labels = Object.entries(set.spec.template.metadata?.labels ?? {});
  const conditions = withFailure(set.status?.conditions ?? [], failure, timestamp(now));
  const status = {
    replicas: pods.length,
    ...nonZero({
      fullyLabeledReplicas: pods.filter(pod =>
        labels.every(([key, value]) => pod.metadata.labels?.[key] === value),
      ).length,
      readyReplicas: readyTimes.length,
      availableReplicas: readyTimes.filter(since => now - since >= minReadyMs).length,
    }),
    observedGeneration: set.metadata.generation ?? 0,
    ...(conditions.length > 0 && { conditions }),
  };
  return { status, availableAt: waiting.length > 0 ? Math.min(...waiting) : undefined };
}
