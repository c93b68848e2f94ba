/** Deletes the content of terminating namespaces, tells what is left of it, and lets them go at the end. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { AllObjects, AnyEvent } from '../client/all-objects.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { type Condition, timestamp } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { keyOf, type ResourceKey } from '../registry/resources.ts';

/** The conditions that are always False here, since our discovery never fails, and the texts that go with it. */
const UNTROUBLED: readonly Pick<Condition, 'type' | 'reason' | 'message'>[] = [
  {
    type: 'NamespaceDeletionDiscoveryFailure',
    reason: 'ResourcesDiscovered',
    message: 'All resources successfully discovered',
  },
  {
    type: 'NamespaceDeletionGroupVersionParsingFailure',
    reason: 'ParsedGroupVersions',
    message: 'All legacy kube types successfully parsed',
  },
  {
    type: 'NamespaceDeletionContentFailure',
    reason: 'ContentDeleted',
    message: 'All content successfully deleted, may be waiting on finalization',
  },
];

interface Remains {
  /** Resource → how many. */
  readonly objects: ReadonlyMap<string, number>;
  /** Finalizer → how many objects wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
}

const list = (counts: ReadonlyMap<string, number>, what: (name: string, count: number) => string) =>
  [...counts].map(([name, count]) => what(name, count)).join(', ');

/**
 * Writes the conditions of a namespace in deletion (kubernetes/kubernetes
 * pkg/controller/namespace/deletion/status_condition_utils.go).
 */
function conditionsOf({ objects, finalizers }: Remains, now: string): Condition[] {
  const condition = (type: string, isTrue: boolean, reason: string, message: string): Condition => ({
    type,
    status: isTrue ? 'True' : 'False',
    lastTransitionTime: now,
    reason,
    message,
  });
  return [
    ...UNTROUBLED.map(({ type, reason = '', message = '' }) => condition(type, false, reason, message)),
    objects.size > 0
      ? condition(
          'NamespaceContentRemaining',
          true,
          'SomeResourcesRemain',
          `Some resources are remaining: ${list(objects, (name, count) => `${name} has ${count} resource instances`)}`,
        )
      : condition('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
    finalizers.size > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${list(finalizers, (name, count) => `${name} in ${count} resource instances`)}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
}

/** Returns the new conditions. Those with the same status keep the time of their last transition. */
function updatedConditions(before: readonly Condition[], remains: Remains, now: string): Condition[] {
  return conditionsOf(remains, now).map(next => {
    const old = before.find(({ type }) => type === next.type);
    return old?.status === next.status
      ? { ...next, lastTransitionTime: old.lastTransitionTime ?? now }
      : next;
  });
}

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
    this.#stops = [() => this.#queue.stop(), all.listen(event => this.#onEvent(event))];
  }

  stop(): void {
    stopAll(this.#stops);
  }

  #onEvent({ type, resource, object }: AnyEvent): void {
    const { namespace, name = '', deletionTimestamp } = object.metadata;
    if (resource === 'namespaces') {
      if (type !== 'DELETED' && deletionTimestamp !== undefined) this.#queue.add(name);
    } else if (namespace !== undefined && !this.#context.client.isOpen(namespace)) {
      // Each object that still appears or goes in there is one step more.
      this.#queue.add(namespace);
    }
  }

  #sync(name: string): void {
    const { client, clock } = this.#context;
    const namespace = client.get('namespaces', '', name);
    if (!namespace || namespace.metadata.deletionTimestamp === undefined) return;
    const remains = this.#deleteContent(name);
    if (remains.objects.size > 0) {
      const before = namespace.status?.conditions ?? [];
      const conditions = updatedConditions(before, remains, timestamp(clock.now()));
      client.updateStatus('namespaces', { ...namespace, status: { phase: 'Terminating', conditions } });
      return;
    }
    for (const { metadata } of client.list('events', { namespace: name })) {
      client.local.delete('events', name, metadata.name ?? '');
    }
    client.local.finalizeNamespace(name);
  }

  /** Deletes what can go at once, and counts what stays. */
  #deleteContent(namespace: string): Remains {
    const objects = new Map<string, number>();
    const finalizers = new Map<string, number>();
    for (const type of this.#all.types()) {
      if (!type.namespaced) continue;
      const resource = keyOf(type);
      for (const object of this.#context.client.local.list(resource, { namespace })) {
        if (object.metadata.deletionTimestamp === undefined && this.#delete(resource, object)) continue;
        countOne(objects, type.group === '' ? `${type.plural}.` : resource);
        for (const finalizer of (object.metadata['finalizers'] ?? []) as readonly string[]) {
          countOne(finalizers, finalizer);
        }
      }
    }
    return { objects, finalizers };
  }

  /**
   * Deletes an object of the namespace.
   * @returns true if the object is gone
   */
  #delete(resource: ResourceKey, { metadata: { namespace = '', name = '' } }: KubernetesObject): boolean {
    try {
      return this.#context.client.local.delete(resource, namespace, name).gone;
    } catch (error) {
      if (hasCode(error, 404)) return true;
      throw error;
    }
  }
}

/** Starts the controller that empties namespaces which are being deleted. */
export function startNamespaceController(context: ControllerContext, all: AllObjects): Controller {
  return new NamespaceController(context, all);
}
