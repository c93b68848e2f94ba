/** A pod's phase and conditions, computed from the states of its containers; pure. */
import { type Condition, type ContainerStatus, conditionOf, type PodSpec } from '../objects.ts';

export interface ContainerView {
  readonly status: ContainerStatus;
  /** Sidecars among the init containers: they stay. */
  readonly isSidecar: boolean;
  readonly hasStarted: boolean;
}

/** kubernetes/kubernetes pkg/kubelet/kubelet_pods.go: getPhase. */
export function phaseOf(spec: PodSpec, init: readonly ContainerView[], main: readonly ContainerView[]): string {
  const isInitialized = init.every(({ status, isSidecar }) =>
    isSidecar ? status.started : status.state.terminated?.exitCode === 0,
  );
  const policy = spec.restartPolicy ?? 'Always';
  const hasFailedInit = init.some(
    ({ status, isSidecar }) =>
      !isSidecar && status.state.terminated !== undefined && status.state.terminated.exitCode !== 0,
  );
  if (hasFailedInit && policy === 'Never') return 'Failed';
  const hasRun = main.some(({ hasStarted }) => hasStarted);
  if (!isInitialized && !hasRun) return 'Pending';
  if (main.some(({ hasStarted, status }) => !hasStarted && status.state.waiting !== undefined)) return 'Pending';
  if (main.some(({ status }) => status.state.running !== undefined) || policy === 'Always') return 'Running';
  const terminated = main.map(({ status }) => status.state.terminated);
  if (terminated.some(state => state === undefined)) return 'Running';
  const hasFailed = terminated.some(state => state?.exitCode !== 0);
  if (!hasFailed) return 'Succeeded';
  return policy === 'Never' ? 'Failed' : 'Running';
}

type Verdict = Pick<Condition, 'type' | 'status' | 'reason' | 'message'>;

const verdict = (type: string, trouble: { readonly reason: string; readonly message?: string } | undefined): Verdict =>
  trouble ? { type, status: 'False', ...trouble } : { type, status: 'True' };

/** @see kubernetes/kubernetes pkg/kubelet/status/generate.go */
export function conditionsOf(
  phase: string,
  hasSandbox: boolean,
  init: readonly ContainerView[],
  main: readonly ContainerView[],
  before: readonly Condition[],
  now: string,
): readonly Condition[] {
  const names = (views: readonly ContainerView[]) => `[${views.map(({ status }) => status.name).join(' ')}]`;
  const isDone = ({ status, isSidecar }: ContainerView) =>
    isSidecar ? status.started : status.state.terminated?.exitCode === 0;
  const incomplete = init.filter(view => !isDone(view));
  const hasRun = main.some(({ hasStarted }) => hasStarted);
  const initialized =
    incomplete.length === 0 || hasRun
      ? undefined
      : {
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: ${names(incomplete)}`,
        };
  const unready = [...init.filter(({ isSidecar }) => isSidecar), ...main].filter(({ status }) => !status.ready);
  const ready =
    phase === 'Succeeded' || phase === 'Failed'
      ? { reason: phase === 'Succeeded' ? 'PodCompleted' : 'PodFailed' }
      : unready.length > 0
        ? { reason: 'ContainersNotReady', message: `containers with unready status: ${names(unready)}` }
        : undefined;
  const completed = phase === 'Succeeded' && incomplete.length === 0 ? { reason: 'PodCompleted' } : undefined;
  // Unlike Kubernetes, readiness gates are not looked at.
  const next: Verdict[] = [
    verdict('PodReadyToStartContainers', hasSandbox ? undefined : { reason: '' }),
    completed ? { type: 'Initialized', status: 'True', ...completed } : verdict('Initialized', initialized),
    verdict('Ready', ready),
    verdict('ContainersReady', ready),
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
