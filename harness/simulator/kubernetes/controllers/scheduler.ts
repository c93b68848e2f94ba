/** The scheduler: gives each pod a node that has room for what it requests, or says why there is none. */
import type { Clock } from '../../../base/clock.ts';
import { type Controller, stopAll } from '../client/controller.ts';
import { EventRecorder, referenceTo } from '../client/event-recorder.ts';
import {
  type Condition,
  isTrue,
  keyOf,
  type Node,
  type Pod,
  type PodSpec,
  timestamp,
} from '../client/kinds.ts';
import type { Component } from '../client/supervisor.ts';
import type { TypedClient } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { parseQuantity } from '../registry/quantity.ts';

const RESOURCES = ['cpu', 'memory'] as const;
type Resource = (typeof RESOURCES)[number];
export type Amounts = Readonly<Record<Resource, number>>;

/**
 * What a pod takes of its node: the sum over its containers and sidecars, or what its hungriest init
 * container takes if that is more
 * (kubernetes/kubernetes pkg/api/v1/resource/helpers.go).
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

/** Why a node will not do; undefined if it will. */
function refusal(pod: Pod, node: Node, used: Amounts): string | undefined {
  if (node.spec?.unschedulable) return 'node(s) were unschedulable';
  if (!isTrue(node.status?.conditions, 'Ready'))
    return 'node(s) had untolerated taint {node.kubernetes.io/not-ready: }';
  const selector = Object.entries(pod.spec.nodeSelector ?? {});
  // Unlike Kubernetes, affinity, taints and topology spread are not looked at.
  if (!selector.every(([key, value]) => node.metadata.labels?.[key] === value)) {
    return "node(s) didn't match Pod's node affinity/selector";
  }
  const wanted = requestsOf(pod.spec);
  for (const resource of RESOURCES) {
    const free = parseQuantity(node.status?.allocatable?.[resource]) - used[resource];
    if (wanted[resource] > free + 1e-9) return `Insufficient ${resource}`;
  }
  return undefined;
}

export interface SchedulerContext {
  readonly component: Component;
  readonly client: TypedClient;
  readonly clock: Clock;
}

export function startScheduler({ component, client, clock }: SchedulerContext): Controller {
  const events = new EventRecorder(client, clock, 'default-scheduler');
  /** Pods that found no node; they are tried again when something was freed or added. */
  const waiting = new Set<string>();
  /** Node → uid of each pod on it → what it takes. */
  const taken = new Map<string, Map<string, Amounts>>();

  const usedOn = (node: string): Amounts => {
    let cpu = 0;
    let memory = 0;
    for (const amounts of taken.get(node)?.values() ?? []) {
      cpu += amounts.cpu;
      memory += amounts.memory;
    }
    return { cpu, memory };
  };
  const take = (pod: Pod) => {
    const { nodeName } = pod.spec;
    if (nodeName === undefined) return;
    let pods = taken.get(nodeName);
    if (!pods) {
      pods = new Map();
      taken.set(nodeName, pods);
    }
    pods.set(pod.metadata.uid ?? '', requestsOf(pod.spec));
  };
  const retryWaiting = () => {
    for (const key of waiting) queue.add(key);
    waiting.clear();
  };

  const sync = (key: string) => {
    const [namespace = '', name = ''] = key.split('/');
    const pod = client.get('pods', namespace, name);
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return;
    if ((pod.spec.schedulerName ?? 'default-scheduler') !== 'default-scheduler') return;
    const refusals = new Map<string, number>();
    let best: { readonly node: Node; readonly load: number } | undefined;
    const nodes = client.list('nodes');
    for (const node of nodes) {
      const used = usedOn(node.metadata.name ?? '');
      const why = refusal(pod, node, used);
      if (why !== undefined) {
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
        continue;
      }
      // The least loaded node; the first by name among equals.
      const load = used.cpu / (parseQuantity(node.status?.allocatable?.['cpu']) || 1);
      if (!best || load < best.load) best = { node, load };
    }
    if (best) bind(pod, best.node.metadata.name ?? '');
    else refuse(pod, nodes.length, refusals);
  };

  const withScheduled = (pod: Pod, next: Omit<Condition, 'type'>) => {
    const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
    return { ...pod.status, conditions: [...others, { type: 'PodScheduled', lastProbeTime: null, ...next }] };
  };

  const bind = (pod: Pod, nodeName: string) => {
    const bound = client.update('pods', { ...pod, spec: { ...pod.spec, nodeName } });
    take(bound);
    const time = timestamp(clock.now());
    client.updateStatus('pods', {
      ...bound,
      status: withScheduled(bound, { status: 'True', lastTransitionTime: time }),
    });
    const message = `Successfully assigned ${keyOf(pod)} to ${nodeName}`;
    events.record(referenceTo(pod, 'Pod', 'v1'), 'Normal', 'Scheduled', message);
  };

  const refuse = (pod: Pod, nodes: number, refusals: ReadonlyMap<string, number>) => {
    waiting.add(keyOf(pod));
    const reasons = [...refusals]
      .map(([why, count]) => `${count} ${why}`)
      .sort()
      .join(', ');
    const message =
      nodes === 0
        ? 'no nodes available to schedule pods'
        : `0/${nodes} nodes are available: ${reasons}. preemption: 0/${nodes} nodes are available: ${nodes} No preemption victims found for incoming pod.`;
    const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (before?.status !== 'False' || before.message !== message) {
      const lastTransitionTime =
        before?.status === 'False' ? before.lastTransitionTime : timestamp(clock.now());
      client.updateStatus('pods', {
        ...pod,
        status: withScheduled(pod, {
          status: 'False',
          reason: 'Unschedulable',
          message,
          ...(lastTransitionTime !== undefined && { lastTransitionTime }),
        }),
      });
    }
    events.record(referenceTo(pod, 'Pod', 'v1'), 'Warning', 'FailedScheduling', message);
  };

  const queue = new WorkQueue(component, sync, 'pods');
  const stops = [
    () => queue.stop(),
    client.watch('pods', {}, ({ type, object }) => {
      const { nodeName } = object.spec;
      const isOver =
        type === 'DELETED' || object.status?.phase === 'Succeeded' || object.status?.phase === 'Failed';
      if (isOver) {
        waiting.delete(keyOf(object));
        if (nodeName !== undefined && taken.get(nodeName)?.delete(object.metadata.uid ?? '')) retryWaiting();
      } else if (nodeName !== undefined) take(object);
      else if (type === 'ADDED') queue.add(keyOf(object));
    }),
    client.watch('nodes', {}, () => retryWaiting()),
  ];
  return { stop: () => stopAll(stops) };
}
