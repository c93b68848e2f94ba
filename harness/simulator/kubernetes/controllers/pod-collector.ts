/**
 * Ends the pods of nodes that are no more: nobody else would, for their kubelets are gone
 * (pkg/controller/podgc/gc_controller.go @v1.34: gcOrphaned).
 */
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { type Condition, type Pod, timestamp } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';

/** How long a node must be missing (quarantineTime there). */
const QUARANTINE_MS = 40_000;

const WHY: Condition = {
  type: 'DisruptionTarget',
  status: 'True',
  reason: 'DeletionByPodGC',
  message: 'PodGC: node no longer exists',
};

class PodCollector implements Controller {
  readonly #context: ControllerContext;
  /** Of nodes' names. */
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext) {
    this.#context = context;
    const { client, component } = context;
    this.#queue = new WorkQueue(component, node => this.#sync(node), undefined, 0);
    this.#stops = [
      () => this.#queue.stop(),
      client.watch('nodes', {}, ({ type, object }) => {
        if (type === 'DELETED') this.#doubt(object.metadata.name ?? '');
      }),
      client.watch('pods', {}, ({ type, object, previous }) => {
        const { nodeName = '' } = object.spec;
        if (type === 'DELETED' || nodeName === '' || previous?.spec.nodeName === nodeName) return;
        if (!client.get('nodes', '', nodeName)) this.#doubt(nodeName);
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #doubt(node: string): void {
    this.#queue.addAfter(node, QUARANTINE_MS);
  }

  #sync(node: string): void {
    const { client } = this.#context;
    if (client.get('nodes', '', node)) return;
    for (const pod of client.list('pods', { fieldSelector: `spec.nodeName=${node}` })) this.#end(pod);
  }

  /** Marks a pod as failed, unless it has ended, and deletes it without grace. */
  #end(pod: Pod): void {
    const { client, clock } = this.#context;
    const { namespace = '', name = '', uid = '' } = pod.metadata;
    const { phase, conditions = [] } = pod.status ?? {};
    try {
      if (phase !== 'Succeeded' && phase !== 'Failed') {
        const others = conditions.filter(({ type }) => type !== WHY.type);
        const why = { ...WHY, lastTransitionTime: timestamp(clock.now()) };
        const status = { ...pod.status, phase: 'Failed', conditions: [...others, why] };
        client.updateStatus('pods', { ...pod, status });
      }
      client.local.delete('pods', namespace, name, { gracePeriodSeconds: 0, preconditions: { uid } });
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
    }
  }
}

/** Starts the controller that ends the pods of nodes which are gone. */
export function startPodCollector(context: ControllerContext): Controller {
  return new PodCollector(context);
}
