/**
 * The status of a DaemonSet (pkg/controller/daemon/daemon_controller.go @v1.34: updateDaemonSetStatus). Pure.
 */
import type { DaemonSet } from '../../client/kinds.ts';
import { byAge, type DaemonState, isAvailable, isReady } from './daemon-plan.ts';
import { isUpdated, placeOn } from './daemon-pods.ts';

/** Leaves zeros out, as Go's JSON does. */
const nonZero = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).filter(([, count]) => count !== 0));

/** Counts nodes by the oldest pod on each. @param generation - of the set that has been worked on */
export function daemonStatus(
  { set, hash, nodes, podsOn, now }: DaemonState,
  generation: number,
  collisions: number,
): NonNullable<DaemonSet['status']> {
  const isWanted = new Map(nodes.map(node => [node.metadata.name ?? '', placeOn(node, set).runs]));
  const wanted = [...isWanted].filter(([, runs]) => runs).map(([name]) => name);
  const shown = wanted.flatMap(name => [...(podsOn.get(name) ?? [])].sort(byAge).slice(0, 1));
  const available = shown.filter(pod => isAvailable(pod, set, now)).length;
  return {
    currentNumberScheduled: shown.length,
    numberMisscheduled: [...isWanted].filter(([name, runs]) => !runs && podsOn.has(name)).length,
    desiredNumberScheduled: wanted.length,
    numberReady: shown.filter(isReady).length,
    observedGeneration: generation,
    ...nonZero({
      updatedNumberScheduled: shown.filter(pod => isUpdated(pod, set, hash)).length,
      numberAvailable: available,
      numberUnavailable: wanted.length - available,
      collisionCount: collisions,
    }),
    ...(set.status?.conditions && { conditions: set.status.conditions }),
  };
}
