/**
 * Deletes the content of terminating namespaces, pods first, tells what is left of it, and lets them go at
 * the end (pkg/controller/namespace @v1.34).
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { AllObjects } from '../client/all-objects.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { finalizersOf } from '../registry/finalizers.ts';
import { contentFinalizers, NAMESPACE_FINALIZER } from '../registry/namespaces.ts';
import { keyOf, type ResourceKey, type ResourceType } from '../registry/resources.ts';
import { namespaceConditions, type Remains } from './namespace-conditions.ts';

/** A namespace is left alone so long after each change, for writers that have not heard of its end. */
const GRACE_MS = 5_000;
/** How long whoever keeps a finalizer is given, in the estimate of when the content will be gone. */
const FINALIZER_ESTIMATE_SECONDS = 15;
const PODS = 'pods';

const countOne = (counts: Map<string, number>, name: string): void => {
  counts.set(name, (counts.get(name) ?? 0) + 1);
};

class NamespaceController implements Controller {
  readonly #context: ControllerContext;
  readonly #all: AllObjects;
  readonly #queue: WorkQueue;
  readonly #stops: (() => void)[];

  constructor(context: ControllerContext, all: AllObjects) {
    this.#context = context;
    this.#all = all;
    this.#queue = new WorkQueue(context.component, name => this.#sync(name), 'namespaces');
    this.#stops = [
      () => this.#queue.stop(),
      context.client.watch('namespaces', {}, ({ type, object: { metadata } }) => {
        if (type === 'DELETED' || metadata.deletionTimestamp === undefined) return;
        this.#queue.addAfter(metadata.name ?? '', GRACE_MS);
      }),
    ];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #sync(name: string): void {
    const { client } = this.#context;
    const namespace = client.local.get('namespaces', '', name);
    if (namespace?.metadata.deletionTimestamp === undefined || !namespace) return;
    if (contentFinalizers(namespace).length === 0) return;
    const estimate = this.#podEstimate(name, Date.parse(namespace.metadata.deletionTimestamp));
    const remains = this.#deleteContent(name);
    this.#tell(name, remains);
    if (remains.objects.size > 0) {
      const seconds = Math.max(estimate, remains.finalizers.size > 0 ? FINALIZER_ESTIMATE_SECONDS : 0);
      this.#queue.addAfter(name, (Math.floor(seconds / 2) + 1) * 1000);
      return;
    }
    if (!contentFinalizers(namespace).includes(NAMESPACE_FINALIZER)) return;
    for (const { metadata } of client.list('events', { namespace: name })) {
      client.local.delete('events', name, metadata.name ?? '');
    }
    client.local.finalizeNamespace(name);
  }

  /** Writes the conditions. While pods remain they say, as the real ones do, that all is well. */
  #tell(name: string, remains: Remains): void {
    const { client, clock } = this.#context;
    const namespace = client.get('namespaces', '', name);
    if (!namespace) return;
    const shown = remains.waitsForPods ? { ...remains, objects: new Map(), finalizers: new Map() } : remains;
    const conditions = namespaceConditions(namespace.status?.conditions ?? [], shown, clock.now());
    const status = { ...namespace.status, phase: 'Terminating', conditions };
    client.updateStatus('namespaces', { ...namespace, status });
  }

  /** Returns in how many seconds the pods may have ended: the longest grace, 0 once that has passed. */
  #podEstimate(namespace: string, deletedAt: number): number {
    const { client, clock } = this.#context;
    let longest = 0;
    for (const { spec, status } of client.list('pods', { namespace })) {
      if (status?.phase === 'Succeeded' || status?.phase === 'Failed') continue;
      longest = Math.max(longest, spec.terminationGracePeriodSeconds ?? 0);
    }
    return clock.now() - deletedAt >= longest * 1000 ? 0 : longest;
  }

  /** Deletes what can go at once, and counts what stays; as long as pods stay, nothing else is touched. */
  #deleteContent(namespace: string): Remains {
    const types = this.#all.types().filter(type => type.namespaced);
    const pods = types.filter(type => keyOf(type) === PODS);
    const first = this.#deleteAll(namespace, pods);
    if (first.objects.size > 0) return { ...first, waitsForPods: true };
    const others = types.filter(type => !pods.includes(type));
    return { ...this.#deleteAll(namespace, others), waitsForPods: false };
  }

  #deleteAll(namespace: string, types: readonly ResourceType[]): Omit<Remains, 'waitsForPods'> {
    const objects = new Map<string, number>();
    const finalizers = new Map<string, number>();
    for (const type of types) {
      const resource = keyOf(type);
      for (const object of this.#context.client.local.list(resource, { namespace })) {
        const remaining = this.#delete(resource, object);
        if (!remaining) continue;
        countOne(objects, type.group === '' ? `${type.plural}.` : resource);
        for (const finalizer of finalizersOf(remaining)) countOne(finalizers, finalizer);
      }
    }
    return { objects, finalizers };
  }

  /** Deletes an object of the namespace. @returns what remains of it; undefined if it is gone */
  #delete(
    resource: ResourceKey,
    { metadata: { namespace = '', name = '' } }: KubernetesObject,
  ): KubernetesObject | undefined {
    try {
      const options = { propagationPolicy: 'Background' } as const;
      const { gone, object } = this.#context.client.local.delete(resource, namespace, name, options);
      return gone ? undefined : object;
    } catch (error) {
      if (hasCode(error, 404)) return undefined;
      throw error;
    }
  }
}

/** Starts the controller that empties namespaces which are being deleted. */
export function startNamespaceController(context: ControllerContext, all: AllObjects): Controller {
  return new NamespaceController(context, all);
}
