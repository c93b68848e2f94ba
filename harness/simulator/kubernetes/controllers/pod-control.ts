/**
 * How controllers make and remove pods: in batches that grow as long as none fails, with an event for each
 * (pkg/controller/controller_utils.go @v1.34: RealPodControl, slowStartBatch).
 */
import { messageOf } from '../../../base/errors.ts';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { ControllerContext } from '../client/controller.ts';
import { type EventRecorder, referenceTo } from '../client/event-recorder.ts';
import type { OwnerReference, Pod, PodTemplate, Stored } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';

const FIRST_BATCH = 1;

/** Whose pods they are. */
export interface PodOwner {
  /** `batch/v1` */
  readonly apiVersion: string;
  readonly kind: string;
  readonly owner: Stored;
}

/** The first error of many creations, and how many pods were made all the same. */
export interface CreationOutcome {
  readonly made: number;
  readonly failure: unknown;
}

/**
 * Makes a pod of a template; its name is generated.
 * @param template - gives labels, annotations, finalizers and the spec
 */
export function podFrom(
  template: PodTemplate,
  namespace: string,
  generateName: string,
  owner: OwnerReference,
): KubernetesObject {
  const { metadata = {}, spec } = template;
  const { labels, annotations } = metadata;
  const finalizers = metadata['finalizers'];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      generateName,
      namespace,
      ...(labels && { labels: { ...labels } }),
      ...(annotations && { annotations: { ...annotations } }),
      ...(Array.isArray(finalizers) && { finalizers: [...finalizers] }),
      ownerReferences: [owner],
    },
    spec,
  };
}

/** Makes and removes pods, and tells of it in events about their owner. */
export class PodControl {
  readonly #context: ControllerContext;
  readonly #events: EventRecorder;

  constructor(context: ControllerContext, events: EventRecorder) {
    this.#context = context;
    this.#events = events;
  }

  /** Makes pods one after another in batches of 1, 2, 4 …, until one fails. */
  async createAll(owner: PodOwner, pods: readonly KubernetesObject[]): Promise<CreationOutcome> {
    let made = 0;
    for (let batch = FIRST_BATCH; made < pods.length; batch *= 2) {
      const outcomes = await Promise.all(pods.slice(made, made + batch).map(pod => this.#create(owner, pod)));
      const failed = outcomes.filter(outcome => outcome !== undefined);
      made += outcomes.length - failed.length;
      if (failed.length > 0) return { made, failure: failed[0]?.error };
    }
    return { made, failure: undefined };
  }

  async #create(owner: PodOwner, pod: KubernetesObject): Promise<{ readonly error: unknown } | undefined> {
    const { client } = this.#context;
    try {
      const made = await client.local.createThroughAdmission('pods', pod);
      this.#tell(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${made.metadata.name}`);
      return undefined;
    } catch (error) {
      // In a namespace on its way out this is expected.
      if (client.isOpen(pod.metadata.namespace ?? ''))
        this.#tell(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(error)}`);
      return { error };
    }
  }

  /** Deletes a pod, with its grace; one that is gone already is no error. */
  delete(owner: PodOwner, { metadata }: Pod): void {
    const { namespace = '', name = '' } = metadata;
    try {
      this.#context.client.local.delete('pods', namespace, name);
    } catch (error) {
      if (!hasCode(error, 404)) throw error;
      return;
    }
    this.#tell(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
  }

  #tell({ apiVersion, kind, owner }: PodOwner, type: 'Normal' | 'Warning', reason: string, message: string) {
    this.#events.record(referenceTo(owner, kind, apiVersion), type, reason, message);
  }
}
