/** The status of a StatefulSet (pkg/controller/statefulset/stateful_set_control.go @v1.34). Pure. */
import type { ControllerRevision, Pod, StatefulSet } from '../../client/kinds.ts';
import { isAvailable, isReady, revisionOf } from './stateful-pods.ts';

/** Leaves zeros out, as Go's JSON does. */
const nonZero = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

/** Counts the pods of a set. @param now - milliseconds since the epoch */
export function statusOf(
  set: StatefulSet,
  pods: readonly Pod[],
  {
    current,
    update,
    collisions,
  }: {
    readonly current: ControllerRevision;
    readonly update: ControllerRevision;
    readonly collisions: number;
  },
  now: number,
): NonNullable<StatefulSet['status']> {
  const { replicas: wanted = 1, updateStrategy } = set.spec;
  const staying = pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  const ready = pods.filter(isReady);
  const count = (revision: ControllerRevision) =>
    staying.filter(pod => revisionOf(pod) === revision.metadata.name).length;
  const updated = count(update);
  const isRolled =
    updateStrategy?.type === 'RollingUpdate' &&
    [updated, ready.length, pods.length].every(number => number === wanted);
  const shown = isRolled ? update : current;
  return {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    ...nonZero({ readyReplicas: ready.length }),
    availableReplicas: ready.filter(pod => isAvailable(pod, set, now)).length,
    ...nonZero({ currentReplicas: count(shown), updatedReplicas: updated }),
    currentRevision: shown.metadata.name ?? '',
    updateRevision: update.metadata.name ?? '',
    collisionCount: collisions,
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
}
