/**
 * Which pods go first when there are too many (pkg/controller/controller_utils.go @v1.34:
 * ActivePodsWithRanks, with the gates PodDeletionCost and LogarithmicScaleDown). Pure.
 */
import type { Pod } from '../client/kinds.ts';
import { readySince } from './replica-set-status.ts';

const PHASES: readonly string[] = ['Pending', 'Unknown', 'Running'];
const COST = 'controller.kubernetes.io/pod-deletion-cost';
const MS_IN_NS = 1e6;

/** What the order looks at, worked out once a pod. */
interface Candidate {
  readonly pod: Pod;
  readonly isAssigned: boolean;
  readonly phase: number;
  readonly readyAt: number | undefined;
  readonly cost: number;
  /** How many active pods of the workload are on its node. */
  readonly neighbours: number;
  /** The most restarts of a container, and of a sidecar. */
  readonly restarts: readonly [number, number];
  readonly createdAt: number;
}

/** Reads the annotation; what is no 32-bit integer counts as 0 (pkg/apis/core/helper/helpers.go). */
function deletionCost(pod: Pod): number {
  const text = pod.metadata.annotations?.[COST] ?? '';
  const cost = /^(0|-?[1-9]\d*)$/.test(text) ? Number(text) : 0;
  return Math.abs(cost) < 2 ** 31 ? cost : 0;
}

function restartsOf({ spec, status }: Pod): readonly [number, number] {
  const sidecars = new Set(
    (spec.initContainers ?? []).filter(each => each.restartPolicy === 'Always').map(({ name }) => name),
  );
  const init = (status?.initContainerStatuses ?? []).filter(({ name }) => sidecars.has(name));
  const most = (statuses: NonNullable<Pod['status']>['containerStatuses']) =>
    Math.max(0, ...(statuses ?? []).map(({ restartCount }) => restartCount));
  return [most(status?.containerStatuses), most(init)];
}

/** Returns the magnitude of an age, in which equal ones count as the same: its binary logarithm in ns. */
function magnitude(since: number, now: number): number {
  const age = (now - since) * MS_IN_NS;
  return age > 0 ? Math.trunc(Math.log2(age)) : -1;
}

/** Compares times on the logarithmic scale: the younger first, by uid among equals. */
function compareAges(a: number, b: number, [one, other]: readonly [Pod, Pod], now: number): number {
  if (a === b) return 0;
  return magnitude(a, now) - magnitude(b, now) || (uidOf(one) < uidOf(other) ? -1 : 1);
}

const uidOf = ({ metadata }: Pod): string => metadata.uid ?? '';

function compare(a: Candidate, b: Candidate, now: number): number {
  const pods = [a.pod, b.pod] as const;
  return (
    Number(a.isAssigned) - Number(b.isAssigned) ||
    a.phase - b.phase ||
    Number(a.readyAt !== undefined) - Number(b.readyAt !== undefined) ||
    a.cost - b.cost ||
    b.neighbours - a.neighbours ||
    (a.readyAt !== undefined && b.readyAt !== undefined && compareAges(a.readyAt, b.readyAt, pods, now)) ||
    b.restarts[0] - a.restarts[0] ||
    b.restarts[1] - a.restarts[1] ||
    compareAges(a.createdAt, b.createdAt, pods, now) ||
    (uidOf(a.pod) < uidOf(b.pod) ? -1 : 1)
  );
}

/**
 * Puts pods in the order in which they are removed.
 * @param related - active pods of the same workload, those of its other ReplicaSets included
 * @param now - milliseconds since the epoch
 */
export function inRemovalOrder(pods: readonly Pod[], related: readonly Pod[], now: number): readonly Pod[] {
  const onNode = new Map<string, number>();
  for (const { spec } of related) {
    const node = spec.nodeName ?? '';
    onNode.set(node, (onNode.get(node) ?? 0) + 1);
  }
  const candidates = pods.map((pod): Candidate => {
    return {
      pod,
      isAssigned: (pod.spec.nodeName ?? '') !== '',
      phase: Math.max(0, PHASES.indexOf(pod.status?.phase ?? '')),
      readyAt: readySince(pod),
      cost: deletionCost(pod),
      neighbours: onNode.get(pod.spec.nodeName ?? '') ?? 0,
      restarts: restartsOf(pod),
      createdAt: Date.parse(pod.metadata.creationTimestamp ?? ''),
    };
  });
  return candidates.sort((a, b) => compare(a, b, now)).map(({ pod }) => pod);
}
