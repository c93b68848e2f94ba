/** A pod's status, computed from the states of its containers; pure. */
import {
  type Condition,
  type Container,
  type ContainerStatus,
  conditionOf,
  type Pod,
  type PodSpec,
  type PodStatus,
} from '../../client/kinds.ts';

/** A container as the pod's status sees it. */
interface ContainerView {
  readonly status: ContainerStatus;
  /** Sidecars among the init containers: they stay. */
  readonly isSidecar: boolean;
  readonly hasStarted: boolean;
}

/** kubernetes/kubernetes pkg/kubelet/kubelet_pods.go: getPhase. */
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
}

const namesOf = (views: readonly ContainerView[]): string =>
  `[${views.map(({ status }) => status.name).join(' ')}]`;

/** An init container has succeeded, or a sidecar has started. */
const isDone = ({ status, isSidecar }: ContainerView): boolean =>
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

/** Why the pod is not ready; undefined if it is. */
function unreadiness({ phase, init, main }: PodView): { reason: string; message?: string } | undefined {
  if (phase === 'Succeeded') return { reason: 'PodCompleted' };
  if (phase === 'Failed') return { reason: 'PodFailed' };
  const needed = [...init.filter(({ isSidecar }) => isSidecar), ...main];
  const unready = needed.filter(({ status }) => !status.ready);
  if (unready.length === 0) return undefined;
  return { reason: 'ContainersNotReady', message: `containers with unready status: ${namesOf(unready)}` };
}

/** @see kubernetes/kubernetes pkg/kubelet/status/generate.go */
function conditionsOf(pod: PodView, before: readonly Condition[], now: string): readonly Condition[] {
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
  const kept = before.filter(({ type }) => !next.some(own => own.type === type));
  const own = next.map(({ type, status, reason, message }): Condition => {
    const old = conditionOf(before, type);
    return {
      type,
      status,
      ...(reason && { reason }),
      ...(message !== undefined && { message }),
      lastProbeTime: null,
      lastTransitionTime: old?.status === status ? (old.lastTransitionTime ?? now) : now,
    };
  });
  return [...own, ...kept];
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

/** One that has done its work is ready (pkg/kubelet/prober/prober_manager.go). */
const initStatus = ({ status, isSidecar }: ContainerView): ContainerStatus =>
  isSidecar ? status : { ...status, ready: status.state.terminated?.exitCode === 0 };

/** Computes the new status; conditions of others, such as the scheduler's, stay. */
export function podStatus({ spec, status: before = {} }: Pod, state: PodState): PodStatus {
  const init = viewsOf(spec.initContainers ?? [], state.init, 'PodInitializing');
  const main = viewsOf(
    spec.containers,
    state.main,
    init.length > 0 ? 'PodInitializing' : 'ContainerCreating',
  );
  const phase = phaseOf(spec, init, main);
  const { hostIP, podIP, startTime, hasSandbox, now } = state;
  return {
    ...before,
    phase,
    conditions: conditionsOf({ phase, hasSandbox, init, main }, before.conditions ?? [], now),
    hostIP,
    hostIPs: [{ ip: hostIP }],
    ...(podIP !== undefined && { podIP, podIPs: [{ ip: podIP }] }),
    startTime,
    ...(init.length > 0 && { initContainerStatuses: init.map(initStatus) }),
    containerStatuses: main.map(({ status }) => status),
  };
}
