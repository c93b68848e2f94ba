/**
 * Namespaces on their way out: their content is deleted, what is left is told, and when nothing is left they
 * go.
 */
import type { AllObjects } from '../client/all-objects.ts';
import { type Controller, type ControllerContext, stopAll } from '../client/controller.ts';
import { type Condition, timestamp } from '../client/kinds.ts';
import { hasCode } from '../client/typed.ts';
import { WorkQueue } from '../client/work-queue.ts';
import { keyOf } from '../registry/resources.ts';

/**
 * The two conditions that are always False here, since our discovery never fails, and the text that goes with
 * it.
 */
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

/** kubernetes/kubernetes pkg/controller/namespace/deletion/status_condition_utils.go. */
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

export function startNamespaceController(
  { component, client, clock }: ControllerContext,
  all: AllObjects,
): Controller {
  const { local } = client;

  const deleteContent = (namespace: string): Remains => {
    const objects = new Map<string, number>();
    const finalizers = new Map<string, number>();
    for (const type of all.types()) {
      if (!type.namespaced) continue;
      const resource = keyOf(type);
      for (const object of local.list(resource, { namespace })) {
        if (object.metadata.deletionTimestamp === undefined) {
          try {
            if (local.delete(resource, namespace, object.metadata.name ?? '').gone) continue;
          } catch (error) {
            if (hasCode(error, 404)) continue;
            throw error;
          }
        }
        const name = type.group === '' ? `${type.plural}.` : resource;
        objects.set(name, (objects.get(name) ?? 0) + 1);
        for (const finalizer of (object.metadata['finalizers'] ?? []) as readonly string[]) {
          finalizers.set(finalizer, (finalizers.get(finalizer) ?? 0) + 1);
        }
      }
    }
    return { objects, finalizers };
  };

  const sync = (name: string) => {
    const namespace = client.get('namespaces', '', name);
    if (!namespace || namespace.metadata.deletionTimestamp === undefined) return;
    const remains = deleteContent(name);
    if (remains.objects.size > 0) {
      const now = timestamp(clock.now());
      const before = namespace.status?.conditions ?? [];
      const conditions = conditionsOf(remains, now).map(next => {
        const old = before.find(({ type }) => type === next.type);
        return old?.status === next.status
          ? { ...next, lastTransitionTime: old.lastTransitionTime ?? now }
          : next;
      });
      client.updateStatus('namespaces', { ...namespace, status: { phase: 'Terminating', conditions } });
      return;
    }
    for (const { metadata } of local.list('events', { namespace: name })) {
      local.delete('events', name, metadata.name ?? '');
    }
    local.finalizeNamespace(name);
  };

  const queue = new WorkQueue(component, sync, 'namespaces');
  const stops = [
    () => queue.stop(),
    all.listen(({ type, resource, object }) => {
      const { namespace, name = '', deletionTimestamp } = object.metadata;
      if (resource === 'namespaces') {
        if (type !== 'DELETED' && deletionTimestamp !== undefined) queue.add(name);
      } else if (namespace !== undefined && !client.isOpen(namespace)) {
        // Whatever still appears or goes in there is one step more.
        queue.add(namespace);
      }
    }),
  ];
  return { stop: () => stopAll(stops) };
}
