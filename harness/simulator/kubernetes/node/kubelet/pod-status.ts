/** A pod's status, computed from the states of its containers; pure. */
import type { Condition, Container, ContainerStatus, Pod, PodSpec, PodStatus } from '../../client/kinds.ts';
import { type ContainerView, conditionsOf, isDone } from './pod-conditions.ts';

/** Computes the phase of a pod (kubernetes/kubernetes pkg/kubelet/kubelet_pods.go: getPhase). */
function phaseOf(spec: PodSpec, init: readonly ContainerView[], main: readonly ContainerView[]): string {
  const isInitialized = init.every(isDone);
  const policy = spec.restartPolicy ?? 'Always';
  const hasFailedInit = init.some(
    ({ status, isSidecar }) =>
      !isSidecar && status.state.terminated !== undefined && status.state.terminated.exitCode !== 0,
  );
  if (hasFailedInit && policy === 'Never') return 'Failed';
  const hasRun = main.some(({ hasStarted }) => hasStarted);
  if (!isInitialized && !hasRun) return 'Pending';
  if (main.some(({ hasStarted, status }) => !hasStarted && status.state.waiting !== undefined))
    return 'Pending';
  if (main.some(({ status }) => status.state.running !== undefined) || policy === 'Always') return 'Running';
  const terminated = main.map(({ status }) => status.state.terminated);
  if (terminated.some(state => state === undefined)) return 'Running';
  const hasFailed = terminated.some(state => state?.exitCode !== 0);
  if (!hasFailed) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

/** What the kubelet knows beside the object. */
export interface PodState {
  /** In the order of the spec; empty before the pod has a sandbox. */
  readonly init: readonly Pick<ContainerView, 'status' | 'hasStarted'>[];
  readonly main: readonly Pick<ContainerView, 'status' | 'hasStarted'>[];
  readonly hostIP: string;
  readonly podIP: string | undefined;
  readonly hasSandbox: boolean;
  readonly startTime: string;
  readonly now: string;
  /** Of a resize. */
  readonly resize: readonly Condition[];
}

function viewsOf(
  containers: readonly Container[],
  states: PodState['main'],
  waitingReason: string,
): readonly ContainerView[] {
  return containers.map(({ name, image, restartPolicy }, index) => {
    const state = states[index];
    return {
      isSidecar: restartPolicy === 'Always',
      hasStarted: state?.hasStarted ?? false,
      status: state?.status ?? {
        name,
        image,
        imageID: '',
        state: { waiting: { reason: waitingReason } },
        lastState: {},
        ready: false,
        restartCount: 0,
        started: false,
      },
    };
  });
}

/**
 * Returns the status of an init container; one that has done its work is ready
 * (pkg/kubelet/prober/prober_manager.go).
 */
const initStatus = ({ status, isSidecar }: ContainerView): ContainerStatus =>
  isSidecar ? status : { ...status, ready: status.state.terminated?.exitCode === 0 };

/** Computes the new status; conditions of others, such as the scheduler's, stay. */
export function podStatus({ spec, metadata, status: before = {} }: Pod, state: PodState): PodStatus {
  const init = viewsOf(spec.initContainers ?? [], state.init, 'PodInitializing');
  const main = viewsOf(
    spec.containers,
    state.main,
    init.length > 0 ? 'PodInitializing' : 'ContainerCreating',
  );
  const phase = phaseOf(spec, init, main);
  const { hostIP, podIP, startTime, hasSandbox, now } = state;
  const { generation } = metadata;
  return {
    ...before,
    phase,
    ...(generation !== undefined && { observedGeneration: generation }),
    conditions: conditionsOf(
      { phase, hasSandbox, init, main, generation, resize: state.resize },
      before.conditions ?? [],
      now,
    ),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP !== undefined && { podIP, podIPs: [{ ip: podIP }] }),
    startTime,
    ...(init.length > 0 && { initContainerStatuses: init.map(initStatus) }),
    containerStatuses: main.map(({ status }) => status),
  };
}
