/** Tells from the status of pods whether they are ready and, if not, what holds them up. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';

interface PodStatus {
  readonly phase?: string;
  readonly conditions?: readonly {
    readonly type: string;
    readonly status: string;
    readonly message?: string;
  }[];
  readonly containerStatuses?: readonly {
    readonly state?: { readonly waiting?: { readonly reason?: string; readonly message?: string } };
  }[];
}

// As the API has it.
const statusOf = (pod: KubernetesObject): PodStatus => (pod['status'] ?? {}) as PodStatus;
/** Tells whether the pod can take requests, in the kubelet's judgement. */
export const isReady = (pod: KubernetesObject): boolean =>
  statusOf(pod).conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') === true;

/** Writes a clause for each pod that is not ready, with the reason that the API gives. */
export const describePods = (pods: readonly KubernetesObject[]): string =>
  pods
    .filter(pod => !isReady(pod))
    .map(pod => {
      const { phase = 'unknown', conditions = [], containerStatuses = [] } = statusOf(pod);
      const waiting = containerStatuses[0]?.state?.waiting;
      const why =
        waiting?.message ??
        waiting?.reason ??
        conditions.find(({ message }) => message !== undefined)?.message;
      return `pod ${pod.metadata.name} is ${phase}${why === undefined ? '' : `: ${why}`}`;
    })
    .join('; ');
