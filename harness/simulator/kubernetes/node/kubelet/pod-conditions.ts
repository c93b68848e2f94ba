/**
 * A pod's conditions, computed from the states of its containers (pkg/kubelet/status/generate.go @v1.32).
 */
import { type Condition, type ContainerStatus, conditionOf } from '../../client/kinds.ts';

/** A container as the pod's status sees it. */
export interface ContainerView {
  readonly status: ContainerStatus;
  /** Sidecars among the init containers: they stay. */
  readonly isSidecar: boolean;
  readonly hasStarted: boolean;
}

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const verdict = (
  type: string,
  trouble: { readonly reason: string; readonly message?: string } | undefined,
): Verdict => (trouble ? { type, status: 'False', ...trouble } : { type, status: 'True' });

/** A pod as its conditions see it. */
interface PodView {
  readonly phase: string;
  readonly hasSandbox: boolean;
  readonly init: readonly ContainerView[];
  readonly main: readonly ContainerView[];
  /** Of the pod that the kubelet has seen. */
  readonly generation: number | undefined;
  /** What is told of a resize. */
  readonly resize: readonly Condition[];
}

const namesOf = (views: readonly ContainerView[]): string =>
  `[${views.map(({ status }) => status.name).join(' ')}]`;

/** Tells whether an init container has succeeded, or a sidecar has started. */
export const isDone = ({ status, isSidecar }: ContainerView): boolean =>
  isSidecar ? status.started : status.state.terminated?.exitCode === 0;

function initializedVerdict({ phase, init, main }: PodView): Verdict {
  const incomplete = init.filter(view => !isDone(view));
  if (phase === 'Succeeded' && incomplete.length === 0)
    return { type: 'Initialized', status: 'True', reason: 'PodCompleted' };
  if (incomplete.length === 0 || main.some(({ hasStarted }) => hasStarted))
    return verdict('Initialized', undefined);
  return verdict('Initialized', {
    reason: 'ContainersNotInitialized',
    message: `containers with incomplete status: ${namesOf(incomplete)}`,
  });
}

/** Explains why the pod is not ready; undefined if it is. */
function unreadiness({ phase, init, main }: PodView): { reason: string; message?: string } | undefined {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' };
  if (phase === 'Failed') return { reason: 'PodFailed' };
  const needed = [...init.filter(({ isSidecar }) => isSidecar), ...main];
  const unready = needed.filter(({ status }) => !status.ready);
  if (unready.length === 0) return undefined;
  return { reason: 'ContainersNotReady', message: `containers with unready status: ${namesOf(unready)}` };
}

/** Makes a condition of a verdict; its time is that of the last change. @param now - as the API has it */
function conditionFrom(
  { type, status, reason, message }: Verdict,
  old: Condition | undefined,
  now: string,
  generation: number | undefined,
): Condition {
  return {
    type,
    status,
    ...(reason && { reason }),
    ...(message !== undefined && { message }),
    ...(generation !== undefined && { observedGeneration: generation }),
    lastProbeTime: null,
    lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now,
  };
}

/** The conditions of a resize, which the kubelet alone writes. */
const RESIZE: readonly string[] = ['PodResizePending', 'PodResizeInProgress'];

/** @see kubernetes/kubernetes pkg/kubelet/status/generate.go */
export function conditionsOf(pod: PodView, before: readonly Condition[], now: string): readonly Condition[] {
  const ready = unreadiness(pod);
  // Unlike Kubernetes, readiness gates are not looked at.
  const next: Verdict[] = [
    verdict('PodReadyToStartContainers', pod.hasSandbox ? undefined : { reason: '' }),
    initializedVerdict(pod),
    verdict('Ready', ready),
    verdict('ContainersReady', ready),
    // The scheduler has said so already, unless the pod came with its node.
    verdict('PodScheduled', undefined),
  ];
  const kept = before.filter(({ type }) => !RESIZE.includes(type) && !next.some(own => own.type === type));
  const own = next.map(found => conditionFrom(found, conditionOf(before, found.type), now, pod.generation));
  return [...own, ...pod.resize, ...kept];
}
