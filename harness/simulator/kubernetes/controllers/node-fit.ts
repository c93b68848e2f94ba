/** Decides if a node has room for a pod, and says why not. Pure but for the book of what pods take. */
import { isTrue, type Node, type Pod, type PodSpec } from '../client/kinds.ts';
import { parseQuantity } from '../registry/quantity.ts';
import { matchesAffinity, type Taint, tolerates, untolerated } from './node-match.ts';

/** What a node has that is cordoned, or not ready; the simulator's nodes do not show it. */
const CORDON: Taint = { key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule' };
const NOT_READY: Taint = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

const RESOURCES = ['cpu', 'memory'] as const;
type Resource = (typeof RESOURCES)[number];

/** CPUs and bytes. */
export type Amounts = Readonly<Record<Resource, number>>;

/**
 * Returns what a pod takes of its node: the sum over its containers and sidecars or, if more, the most that
 * it needs during its start, which is an init container with the sidecars before it. A limit counts where a
 * container gives no request (kubernetes/kubernetes pkg/api/v1/resource/helpers.go).
 */
export function requestsOf({ containers, initContainers = [] }: PodSpec): Amounts {
  const amountOf = (resource: Resource): number => {
    const request = (container: PodSpec['containers'][number]) =>
      parseQuantity(container.resources?.requests?.[resource] ?? container.resources?.limits?.[resource]);
    let sidecars = 0;
    let initPeak = 0;
    for (const container of initContainers) {
      if (container.restartPolicy === 'Always') sidecars += request(container);
      else initPeak = Math.max(initPeak, sidecars + request(container));
    }
    return Math.max(
      containers.reduce((sum, container) => sum + request(container), sidecars),
      initPeak,
    );
  };
  return { cpu: amountOf('cpu'), memory: amountOf('memory') };
}

/** What the pods on a node take, and how many they are. */
export type Usage = Amounts & { readonly pods: number };

/** Says why a pod cannot run on a node that is used so far; undefined if it can. */
export function refusal(pod: Pod, node: Node, used: Usage): string | undefined {
  if (node.spec?.unschedulable && !tolerates(pod.spec, CORDON)) return 'node(s) were unschedulable';
  if (!isTrue(node.status?.conditions, 'Ready') && !tolerates(pod.spec, NOT_READY))
    return 'node(s) had untolerated taint {node.kubernetes.io/not-ready: }';
  const taint = untolerated(pod.spec, node, ['NoSchedule', 'NoExecute']);
  if (taint) return `node(s) had untolerated taint {${taint.key}: ${taint.value ?? ''}}`;
  // Unlike Kubernetes, affinity to pods, preferences and topology spread are not looked at.
  if (!matchesAffinity(pod.spec, node)) return "node(s) didn't match Pod's node affinity/selector";
  // Each pod takes one of the node's pods (pkg/scheduler/framework/plugins/noderesources/fit.go).
  if (used.pods >= parseQuantity(node.status?.allocatable?.['pods'])) return 'Too many pods';
  const wanted = requestsOf(pod.spec);
  for (const resource of RESOURCES) {
    const free = parseQuantity(node.status?.allocatable?.[resource]) - used[resource];
    if (wanted[resource] > free + 1e-9) return `Insufficient ${resource}`;
  }
  return undefined;
}

/** Returns which share of a node's CPUs is taken, from 0 to 1. */
export function loadOf(node: Node, used: Amounts): number {
  return used.cpu / (parseQuantity(node.status?.allocatable?.['cpu']) || 1);
}

/** Keeps account of what the pods on each node take. */
export class NodeUsage {
  /** Node → uid of each pod on it → what it takes. */
  readonly #taken = new Map<string, Map<string, Amounts>>();

  usedOn(node: string): Usage {
    let cpu = 0;
    let memory = 0;
    const taken = this.#taken.get(node);
    for (const amounts of taken?.values() ?? []) {
      cpu += amounts.cpu;
      memory += amounts.memory;
    }
    return { cpu, memory, pods: taken?.size ?? 0 };
  }

  /**
   * Notes a pod that is bound to a node; one that is not bound takes nothing.
   * @returns whether it takes less than before
   */
  take(pod: Pod): boolean {
    const { nodeName } = pod.spec;
    if (nodeName === undefined) return false;
    let pods = this.#taken.get(nodeName);
    if (!pods) {
      pods = new Map();
      this.#taken.set(nodeName, pods);
    }
    const { uid = '' } = pod.metadata;
    const [before, now] = [pods.get(uid), requestsOf(pod.spec)];
    pods.set(uid, now);
    return before !== undefined && RESOURCES.some(resource => now[resource] < before[resource]);
  }

  /** Forgets a pod that has ended. @returns whether that freed anything */
  free(pod: Pod): boolean {
    const { nodeName } = pod.spec;
    return nodeName !== undefined && (this.#taken.get(nodeName)?.delete(pod.metadata.uid ?? '') ?? false);
  }
}
