/**
 * Pods as `kubectl get pod` shows them: the columns READY and STATUS, and what else a check asks of a pod.
 */
import type { ApiClient } from '../base/api-client.ts';
import type { KubernetesObject } from '../base/kubernetes-client.ts';
import { SIDECAR } from './workloads.ts';

export interface PodFact {
  readonly name: string;
  /** The labels `app` and `version`. */
  readonly app: string | undefined;
  readonly version: string | undefined;
  /** The column STATUS: `Running`, `Init:0/1`, `ErrImagePull`. */
  readonly status: string;
  /** The column READY. */
  readonly readyContainers: number;
  readonly containers: number;
  readonly hasSidecar: boolean;
  /** How often its containers were started anew, altogether. */
  readonly restarts: number;
  /** Ready as the guide shows it: every container, at least two of them with the sidecar's. */
  readonly isReady: boolean;
  /** True if its sidecar is ready, and a container of its own runs and is not. */
  readonly waitsForItself?: true;
  readonly address: string | undefined;
  /** Why it is not ready, where Kubernetes says so: the scheduler's or the kubelet's message. */
  readonly message: string | undefined;
  /**
   * True if something other than the mesh keeps it from running: the image, the scheduling or the pod's
   * sandbox.
   */
  readonly blockedByEnvironment: boolean;
}

interface ContainerStatus {
  readonly name?: string;
  readonly ready?: boolean;
  readonly restartCount?: number;
  readonly started?: boolean;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: object;
    readonly terminated?: { readonly reason?: string; readonly exitCode?: number; readonly message?: string };
  };
}
/** The part of a Pod that is read here. All of it is optional: it comes from outside. */
interface PodShape {
  readonly spec?: {
    readonly containers?: readonly { readonly name?: string }[];
    readonly initContainers?: readonly { readonly name?: string; readonly restartPolicy?: string }[];
  };
  readonly status?: {
    readonly phase?: string;
    readonly reason?: string;
    readonly podIP?: string;
    readonly conditions?: readonly {
      readonly type?: string;
      readonly status?: string;
      readonly reason?: string;
      readonly message?: string;
    }[];
    readonly containerStatuses?: readonly ContainerStatus[];
    readonly initContainerStatuses?: readonly ContainerStatus[];
  };
}

const IMAGE_TROUBLES = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName', 'ErrImageNeverPull']);

/**
 * Reads a Pod. The rules for STATUS are those of kubectl's printer (kubernetes/kubernetes
 * pkg/printers/internalversion/printers.go @v1.32.0, printPod).
 */
export function readPod(object: KubernetesObject): PodFact {
  const { spec = {}, status = {} } = object as PodShape;
  const restartable = new Set(
    (spec.initContainers ?? [])
      .filter(({ restartPolicy }) => restartPolicy === 'Always')
      .map(({ name }) => name),
  );
  const names = [...(spec.containers ?? []).map(({ name }) => name), ...restartable];
  const statuses = [
    ...(status.containerStatuses ?? []),
    ...(status.initContainerStatuses ?? []).filter(({ name }) => restartable.has(name)),
  ];
  const readyContainers = statuses.filter(({ ready }) => ready === true).length;
  const hasSidecar = names.includes(SIDECAR);
  const shown = shownStatus(status, spec.initContainers?.length ?? 0, restartable);
  const unscheduled = status.conditions?.find(
    ({ type, status: is }) => type === 'PodScheduled' && is === 'False',
  );
  const message =
    unscheduled?.message ??
    [...(status.initContainerStatuses ?? []), ...statuses]
      .map(({ state }) => state?.waiting?.message ?? state?.terminated?.message)
      .find(text => text !== undefined);
  return {
    name: object.metadata.name ?? '',
    app: object.metadata.labels?.['app'],
    version: object.metadata.labels?.['version'],
    status: shown,
    readyContainers,
    containers: names.length,
    hasSidecar,
    restarts: statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
    isReady: shown === 'Running' && hasSidecar && readyContainers === names.length,
    ...(statuses.some(({ name, ready }) => name === SIDECAR && ready === true) &&
      statuses.some(({ ready, state }) => ready === false && state?.running !== undefined) && {
        waitsForItself: true as const,
      }),
    address: status.podIP,
    message,
    blockedByEnvironment:
      unscheduled !== undefined ||
      [...(status.containerStatuses ?? []), ...(status.initContainerStatuses ?? [])].some(({ state }) => {
        const reason = state?.waiting?.reason;
        return reason !== undefined && (IMAGE_TROUBLES.has(reason) || reason === 'CreateContainerError');
      }) ||
      /sandbox/i.test(message ?? ''),
  };
}

function shownStatus(
  status: NonNullable<PodShape['status']>,
  initContainers: number,
  restartable: ReadonlySet<string | undefined>,
): string {
  const inits = status.initContainerStatuses ?? [];
  for (const [index, { name, state, started }] of inits.entries()) {
    if (state?.terminated?.exitCode === 0) continue;
    if (restartable.has(name) && started === true) continue;
    if (state?.terminated)
      return `Init:${state.terminated.reason ?? `ExitCode:${state.terminated.exitCode ?? '?'}`}`;
    const waiting = state?.waiting?.reason;
    if (waiting !== undefined && waiting !== '' && waiting !== 'PodInitializing') return `Init:${waiting}`;
    return `Init:${index}/${initContainers}`;
  }
  for (const { state } of status.containerStatuses ?? []) {
    if (state?.waiting?.reason) return state.waiting.reason;
    if (state?.terminated) return state.terminated.reason ?? `ExitCode:${state.terminated.exitCode ?? '?'}`;
  }
  return status.reason ?? status.phase ?? 'Unknown';
}

/**
 * Lists the pods of a namespace that are not being deleted, sorted by name.
 * @param app - their label `app`; of any by default
 * @throws KubernetesApiError
 */
export async function listPods(
  client: ApiClient,
  namespace: string,
  signal: AbortSignal,
  app?: string,
): Promise<PodFact[]> {
  const path = { apiVersion: 'v1', plural: 'pods', namespace };
  const selectors = app === undefined ? {} : { labelSelector: `app=${app}` };
  return podsOf((await client.list(path, selectors, signal)).items);
}

/** Reads Pods: those that are not being deleted, sorted by name. */
export const podsOf = (objects: readonly KubernetesObject[]): PodFact[] =>
  objects
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .map(readPod)
    .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));

/** Writes a pod as a line of `kubectl get pod`: `sleep-754684654f-n6bzf 1/2 Running`. */
export function describePod({ name, readyContainers, containers, status }: PodFact): string {
  return `${name} ${readyContainers}/${containers} ${status}`;
}
