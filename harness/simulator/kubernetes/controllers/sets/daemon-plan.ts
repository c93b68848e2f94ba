/**
 * Which pods of a DaemonSet are made and removed next (pkg/controller/daemon/daemon_controller.go: manage;
 * update.go: rollingUpdate @v1.34). Pure.
 */
import { conditionOf, type DaemonSet, type Node, type Pod } from '../../client/kinds.ts';
import { isUpdated, placeOn } from './daemon-pods.ts';

/** What a plan is made of. */
export interface DaemonState {
  readonly set: DaemonSet;
  /** The hash of the present template. */
  readonly hash: string;
  readonly nodes: readonly Node[];
  /** By the name of the node. */
  readonly podsOn: ReadonlyMap<string, readonly Pod[]>;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/** Nodes that need a pod, and pods that have to go. */
export interface DaemonPlan {
  readonly create: readonly string[];
  readonly remove: readonly Pod[];
}

const isEnding = ({ metadata }: Pod): boolean => metadata.deletionTimestamp !== undefined;

/** Tells whether a pod has been ready for as long as the set asks. */
export function isAvailable({ status }: Pod, { spec }: DaemonSet, now: number): boolean {
  const ready = conditionOf(status?.conditions, 'Ready');
  if (ready?.status !== 'True') return false;
  const minimum = (spec.minReadySeconds ?? 0) * 1000;
  return minimum === 0 || Date.parse(ready.lastTransitionTime ?? '') + minimum <= now;
}

export const isReady = ({ status }: Pod): boolean =>
  conditionOf(status?.conditions, 'Ready')?.status === 'True';

/** Those with a node first, then the oldest. */
export const byAge = (a: Pod, b: Pod): number =>
  Number((a.spec.nodeName ?? '') === '') - Number((b.spec.nodeName ?? '') === '') ||
  (a.metadata.creationTimestamp ?? '').localeCompare(b.metadata.creationTimestamp ?? '') ||
  (a.metadata.name ?? '').localeCompare(b.metadata.name ?? '');

/** Reads a number, or a percentage of the nodes, rounded up. */
function limitOf(value: number | string | undefined, nodes: number): number {
  if (typeof value === 'number' || value === undefined) return value ?? 0;
  return Math.ceil((Number.parseInt(value, 10) * nodes) / 100);
}

const surges = ({ set }: DaemonState): boolean =>
  set.spec.updateStrategy?.type === 'RollingUpdate' &&
  limitOf(set.spec.updateStrategy.rollingUpdate?.maxSurge, 100) > 0;

/** Plans what each node lacks, and has too much of. Pods that have ended go, for others to come. */
export function planNodes(state: DaemonState): DaemonPlan {
  const create: string[] = [];
  const remove: Pod[] = [];
  for (const node of state.nodes) {
    const { name = '' } = node.metadata;
    const pods = state.podsOn.get(name);
    const { runs, stays } = placeOn(node, state.set);
    if (runs && !pods) create.push(name);
    else if (!pods) continue;
    else if (!stays) remove.push(...pods.filter(pod => !isEnding(pod)));
    else {
      const ended = pods.filter(pod => !isEnding(pod) && isOver(pod));
      const running = pods.filter(pod => !isEnding(pod) && !isOver(pod)).sort(byAge);
      remove.push(...ended, ...(surges(state) ? surplusOf(running, state) : running.slice(1)));
      if (surges(state) && running.length === 0 && runs) create.push(name);
    }
  }
  const known = new Set(state.nodes.map(({ metadata }) => metadata.name));
  for (const [node, pods] of state.podsOn)
    if (!known.has(node))
      remove.push(...pods.filter(pod => (pod.spec.nodeName ?? '') === '' && !isEnding(pod)));
  return { create, remove };
}

/** Tells whether a pod has ended by itself. */
export const isOver = ({ status }: Pod): boolean =>
  status?.phase === 'Failed' || status?.phase === 'Succeeded';

/** While a set surges, a node may have the oldest old and the oldest new pod, until the new one is well. */
function surplusOf(running: readonly Pod[], { set, hash, now }: DaemonState): readonly Pod[] {
  if (running.length <= 1) return [];
  const fresh = running.filter(pod => isUpdated(pod, set, hash));
  const old = running.filter(pod => !isUpdated(pod, set, hash));
  const [newOne] = fresh;
  const [oldOne] = old;
  const surplus = [...fresh.slice(1), ...old.slice(1)];
  if (newOne && oldOne && (!isReady(oldOne) || isAvailable(newOne, set, now))) surplus.push(oldOne);
  return surplus;
}

/** The pods of one node that stay: of each template one at most; undefined if there are more. */
function pairOf(pods: readonly Pod[], { set, hash }: DaemonState) {
  const staying = pods.filter(pod => !isEnding(pod));
  const fresh = staying.filter(pod => isUpdated(pod, set, hash));
  const old = staying.filter(pod => !isUpdated(pod, set, hash));
  return fresh.length > 1 || old.length > 1 ? undefined : { fresh: fresh[0], old: old[0] };
}

/** Plans the next step of a rollout of a new template, within the limits. */
export function planRollout(state: DaemonState): DaemonPlan {
  const { set, nodes } = state;
  if (set.spec.updateStrategy?.type !== 'RollingUpdate') return { create: [], remove: [] };
  const { maxUnavailable, maxSurge } = set.spec.updateStrategy.rollingUpdate ?? {};
  const desired = nodes.filter(node => placeOn(node, set).runs).length;
  const surge = limitOf(maxSurge, desired);
  if (surge > 0) return planSurge(state, surge);
  // Limits that come out as nought would never let it end.
  const unavailable = limitOf(maxUnavailable, desired) || 1;
  return planReplacement(state, unavailable);
}

/** Removes old pods, those that are not well first, as long as not too many are missing. */
function planReplacement(state: DaemonState, mostUnavailable: number): DaemonPlan {
  const { set, now } = state;
  let unavailable = 0;
  const sick: Pod[] = [];
  const candidates: Pod[] = [];
  for (const pods of state.podsOn.values()) {
    const pair = pairOf(pods, state);
    if (!pair || (pair.old === undefined) === (pair.fresh === undefined)) unavailable++;
    else if (pair.fresh) unavailable += isAvailable(pair.fresh, set, now) ? 0 : 1;
    else if (pair.old && !isAvailable(pair.old, set, now)) {
      sick.push(pair.old);
      unavailable++;
    } else if (pair.old) candidates.push(pair.old);
  }
  const room = Math.max(0, mostUnavailable - unavailable);
  return { create: [], remove: [...sick, ...candidates.slice(0, room)] };
}

/** Makes new pods beside old ones, and removes an old one when its successor is well. */
function planSurge(state: DaemonState, mostSurge: number): DaemonPlan {
  const { set, now, nodes } = state;
  const runsOn = new Set(nodes.filter(node => placeOn(node, set).runs).map(({ metadata }) => metadata.name));
  let surging = 0;
  let available = 0;
  const remove: Pod[] = [];
  const leaving: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  for (const [node, pods] of state.podsOn) {
    const pair = pairOf(pods, state);
    const { old, fresh } = pair ?? {};
    const shown = old ?? fresh;
    if (shown && isAvailable(shown, set, now)) available++;
    if (!pair) surging++;
    else if (old && fresh) {
      if (isAvailable(fresh, set, now)) remove.push(old);
      else surging++;
    } else if (old) {
      const isWell = isAvailable(old, set, now);
      if (!runsOn.has(node)) (isWell ? leaving : remove).push(old);
      else (isWell ? candidates : urgent).push(node);
    }
  }
  const spare = Math.max(0, available - runsOn.size);
  const room = Math.max(0, mostSurge - surging);
  return {
    create: [...urgent, ...candidates.slice(0, room)],
    remove: [...remove, ...leaving.slice(0, spare)],
  };
}
