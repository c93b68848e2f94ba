/** The scheduler: gives each pod a node that has room for its requests, or says why no node has. */

import type { TypedEvent } from '../client/cluster-client.ts';
import { type Controller, type ControllerContext, eventRecorder, stopAll } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import { type Condition, keyOf, type Node, type Pod, timestamp } from '../client/kinds.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { loadOf, NodeUsage, refusal } from './node-fit.ts';
import { claimNamesOf, PodClaims } from './pod-claims.ts';

/** Why nodes did not do → how many of them. */
type Refusals = ReadonlyMap<string, number>;

const NAME = 'default-scheduler';

/** What the scheduler works with: it draws nothing by chance. */
export type SchedulerContext = Omit<ControllerContext, 'random'>;

const isGated = ({ spec }: Pod): boolean => (spec.schedulingGates ?? []).length > 0;

class Scheduler implements Controller {
  readonly #context: SchedulerContext;
  readonly #events: EventRecorder;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];
  /** Pods that found no node; they are tried again when a pod has ended or a node has changed. */
  readonly #waiting = new Set<string>();
  readonly #usage = new NodeUsage();
  /** Pods whose gates hold them up. */
  readonly #gated = new Set<string>();

  constructor(context: SchedulerContext) {
    this.#context = context;
    this.#events = eventRecorder(context, NAME);
    this.#queue = new WorkQueue(context.component, key => this.#sync(key), 'pods');
    this.#stops = [
      () => this.#queue.stop(),
      context.client.watch('pods', {}, event => this.#onPod(event)),
      context.client.watch('nodes', {}, () => this.#retryWaiting()),
      context.client.watch('persistentvolumeclaims', {}, () => this.#retryWaiting()),
      context.client.watch('persistentvolumes', {}, () => this.#retryWaiting()),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #onPod({ type, object: pod }: TypedEvent<Pod>): void {
    const { phase } = pod.status ?? {};
    if (type === 'DELETED' || phase === 'Succeeded' || phase === 'Failed') {
      this.#waiting.delete(keyOf(pod));
      this.#gated.delete(keyOf(pod));
      if (this.#usage.free(pod)) this.#retryWaiting();
    } else if (pod.spec.nodeName !== undefined) {
      if (this.#usage.take(pod)) this.#retryWaiting();
    } else if (isGated(pod)) this.#gated.add(keyOf(pod));
    else if (this.#gated.delete(keyOf(pod)) || type === 'ADDED') this.#queue.add(keyOf(pod));
  }

  #retryWaiting(): void {
    for (const key of this.#waiting) this.#queue.add(key);
    this.#waiting.clear();
  }

  #sync(key: string): void {
    const [namespace = '', name = ''] = key.split('/');
    const pod = this.#context.client.get('pods', namespace, name);
    if (!pod || pod.spec.nodeName || pod.metadata.deletionTimestamp !== undefined) return;
    if (isGated(pod) || (pod.spec.schedulerName ?? NAME) !== NAME) return;
    const nodes = this.#context.client.list('nodes');
    // Most pods claim nothing.
    const claims = claimNamesOf(pod).length > 0 ? new PodClaims(this.#context.client, pod) : undefined;
    if (claims?.problem !== undefined) {
      this.#refuse(pod, `0/${nodes.length} nodes are available: ${claims.problem}. not found`);
      return;
    }
    const { best, refusals } = this.#choose(pod, nodes, claims);
    if (!best) this.#refuse(pod, explain(nodes.length, refusals));
    else if (claims && !claims.secure(best)) this.#waiting.add(key);
    else this.#bind(pod, best.metadata.name ?? '');
  }

  /** Finds the least loaded node that will do; the first by name among equals. */
  #choose(
    pod: Pod,
    nodes: readonly Node[],
    claims: PodClaims | undefined,
  ): { readonly best: Node | undefined; readonly refusals: Refusals } {
    const refusals = new Map<string, number>();
    let best: Node | undefined;
    let lowest = Number.POSITIVE_INFINITY;
    for (const node of nodes) {
      const used = this.#usage.usedOn(node.metadata.name ?? '');
      const why = refusal(pod, node, used) ?? claims?.refusal(node);
      if (why !== undefined) {
        refusals.set(why, (refusals.get(why) ?? 0) + 1);
        continue;
      }
      const load = loadOf(node, used);
      if (load >= lowest) continue;
      best = node;
      lowest = load;
    }
    return { best, refusals };
  }

  #bind(pod: Pod, nodeName: string): void {
    const { client, clock } = this.#context;
    const bound = client.update('pods', { ...pod, spec: { ...pod.spec, nodeName } });
    this.#usage.take(bound);
    const lastTransitionTime = timestamp(clock.now());
    client.updateStatus('pods', {
      ...bound,
      status: withScheduled(bound, { status: 'True', lastTransitionTime }),
    });
    const message = `Successfully assigned ${keyOf(pod)} to ${nodeName}`;
    this.#events.record(referenceTo(pod, 'Pod', 'v1'), 'Normal', 'Scheduled', message);
  }

  #refuse(pod: Pod, message: string): void {
    this.#waiting.add(keyOf(pod));
    const before = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
    if (before?.status !== 'False' || before.message !== message) {
      const lastTransitionTime =
        before?.status === 'False' ? before.lastTransitionTime : timestamp(this.#context.clock.now());
      const status = withScheduled(pod, {
        status: 'False',
        reason: 'Unschedulable',
        message,
        ...(lastTransitionTime !== undefined && { lastTransitionTime }),
      });
      this.#context.client.updateStatus('pods', { ...pod, status });
    }
    this.#events.record(referenceTo(pod, 'Pod', 'v1'), 'Warning', 'FailedScheduling', message);
  }
}

function explain(nodes: number, refusals: Refusals): string {
  if (nodes === 0) return 'no nodes available to schedule pods';
  const reasons = [...refusals]
    .map(([why, count]) => `${count} ${why}`)
    .sort()
    .join(', ');
  return `0/${nodes} nodes are available: ${reasons}. preemption: 0/${nodes} nodes are available: ${nodes} No preemption victims found for incoming pod.`;
}

function withScheduled(pod: Pod, next: Omit<Condition, 'type'>): NonNullable<Pod['status']> {
  const others = (pod.status?.conditions ?? []).filter(({ type }) => type !== 'PodScheduled');
  const { generation } = pod.metadata;
  const seen = { lastProbeTime: null, ...(generation !== undefined && { observedGeneration: generation }) };
  return { ...pod.status, conditions: [...others, { type: 'PodScheduled', ...seen, ...next }] };
}

/** Starts the scheduler of pods that name no other one. */
export function startScheduler(context: SchedulerContext): Controller {
  return new Scheduler(context);
}
