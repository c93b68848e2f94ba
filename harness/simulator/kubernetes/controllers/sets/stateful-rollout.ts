/**
 * Which pod of a StatefulSet is made, removed or replaced next
 * (pkg/controller/statefulset/stateful_set_control.go @v1.34: updateStatefulSet).
 */
import type { ControllerRevision, Pod, StatefulSet } from '../../client/kinds.ts';
import { templateOf } from './revisions.ts';
import type { StatefulPodControl } from './stateful-pod-control.ts';
import {
  isAvailable,
  isInRange,
  isReady,
  ordinalOf,
  revisionOf,
  startOf,
  statefulPod,
} from './stateful-pods.ts';

/** So many pods are made at once at most. */
const MOST_AT_ONCE = 500;

interface Revisions {
  readonly current: ControllerRevision;
  readonly update: ControllerRevision;
}

interface Tools {
  readonly control: StatefulPodControl;
  /** Milliseconds since the epoch. */
  now(): number;
}

/** A number of the set, with the pod that has it. */
interface Place {
  readonly ordinal: number;
  readonly pod: Pod | undefined;
}

const isEnding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** Says what comes of a pod: the next one may be looked at, or not before this one is well. */
type Step = 'go-on' | 'wait';

/** One look at a set whose pods have an order, or none. */
class Rollout {
  readonly #set: StatefulSet;
  readonly #revisions: Revisions;
  readonly #tools: Tools;
  readonly #isOrdered: boolean;

  constructor(set: StatefulSet, revisions: Revisions, tools: Tools) {
    this.#set = set;
    this.#revisions = revisions;
    this.#tools = tools;
    this.#isOrdered = set.spec.podManagementPolicy !== 'Parallel';
  }

  isUnavailable(pod: Pod | undefined): boolean {
    return !pod || isEnding(pod) || !isAvailable(pod, this.#set, this.#tools.now());
  }

  /** Makes the pod of a place, or waits for it. @throws ApiError */
  async fill({ ordinal, pod }: Place): Promise<Step> {
    const { control, now } = this.#tools;
    const wait: Step = this.#isOrdered ? 'wait' : 'go-on';
    if (!pod) {
      const name = `${this.#set.metadata.name}-${ordinal}`;
      if (!control.hasStaleClaim(name, ordinal)) await control.create(this.#newPod(ordinal), ordinal);
      return wait;
    }
    const phase = pod.status?.phase;
    if (phase === 'Failed' || phase === 'Succeeded') {
      if (!isEnding(pod)) control.delete(pod);
      return wait;
    }
    if (phase === 'Pending') await control.createClaims(pod.metadata.name ?? '', ordinal);
    if (this.#isOrdered && (isEnding(pod) || !isReady(pod) || !isAvailable(pod, this.#set, now())))
      return wait;
    control.keep(pod, ordinal);
    return 'go-on';
  }

  /** Numbers below the partition, and those of a rollout that has not come so far, have the old template. */
  #newPod(ordinal: number) {
    const { current, update } = this.#revisions;
    const { updateStrategy } = this.#set.spec;
    const { rollingUpdate } = updateStrategy ?? {};
    const first = startOf(this.#set);
    const isOld = rollingUpdate
      ? ordinal < first + (rollingUpdate.partition ?? 0)
      : updateStrategy?.type === 'RollingUpdate' &&
        ordinal < first + (this.#set.status?.currentReplicas ?? 0);
    const revision = isOld ? current : update;
    return statefulPod(this.#set, templateOf(revision), revision.metadata.name ?? '', ordinal);
  }

  /** Removes a pod that the set has no place for. @param sick - the first pod of all that is not well */
  condemn(pod: Pod, sick: Pod | undefined): Step {
    if (isEnding(pod)) return this.#isOrdered ? 'wait' : 'go-on';
    const isWell = isReady(pod) && isAvailable(pod, this.#set, this.#tools.now());
    if (this.#isOrdered && !isWell && pod !== sick) return 'wait';
    this.#tools.control.delete(pod);
    return this.#isOrdered ? 'wait' : 'go-on';
  }

  /** Replaces one pod with an old template: the last first, and the next one when that is well. */
  replaceOne(places: readonly Place[]): void {
    const { updateStrategy } = this.#set.spec;
    if (updateStrategy?.type === 'OnDelete') return;
    const partition = updateStrategy?.rollingUpdate?.partition ?? 0;
    for (const { pod } of places.slice(partition).reverse()) {
      if (pod && !isEnding(pod) && revisionOf(pod) !== this.#revisions.update.metadata.name) {
        this.#tools.control.delete(pod);
        return;
      }
      if (this.isUnavailable(pod)) return;
    }
  }
}

/**
 * Brings a set's pods one step on. A pod that is made or removed is waited for if the set has an order.
 * @returns the first error
 */
export async function rollOut(
  set: StatefulSet,
  pods: readonly Pod[],
  revisions: Revisions,
  tools: Tools,
): Promise<unknown> {
  const rollout = new Rollout(set, revisions, tools);
  const byOrdinal = new Map(pods.map(pod => [ordinalOf(pod, set) ?? -1, pod]));
  const count = Math.min(set.spec.replicas ?? 1, pods.length + MOST_AT_ONCE);
  const places = Array.from({ length: count }, (_, index): Place => {
    const ordinal = startOf(set) + index;
    return { ordinal, pod: byOrdinal.get(ordinal) };
  });
  const condemned = [...byOrdinal]
    .filter(([ordinal]) => ordinal >= 0 && !isInRange(ordinal, set))
    .sort(([a], [b]) => b - a);
  const inOrder = [...places.map(({ pod }) => pod), ...[...condemned].reverse().map(([, pod]) => pod)];
  const sick = inOrder.find(pod => rollout.isUnavailable(pod));
  let failure: unknown;
  let isWaiting = false;
  for (const place of places) {
    try {
      if ((await rollout.fill(place)) === 'wait') isWaiting = true;
    } catch (error) {
      failure ??= error;
      isWaiting = true;
    }
    if (isWaiting && set.spec.podManagementPolicy !== 'Parallel') return failure;
  }
  if (failure !== undefined) return failure;
  for (const [ordinal, pod] of condemned) tools.control.keep(pod, ordinal);
  for (const [, pod] of condemned) if (rollout.condemn(pod, sick) === 'wait') return undefined;
  if (condemned.length === 0 || set.spec.podManagementPolicy === 'Parallel') rollout.replaceOne(places);
  return undefined;
}
