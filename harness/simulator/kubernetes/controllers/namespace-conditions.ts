/**
 * The conditions of a namespace in deletion: what is left in it, and why
 * (pkg/controller/namespace/deletion/status_condition_utils.go @v1.34). Pure.
 */
import { type Condition, timestamp } from '../client/kinds.ts';

/** The conditions that are always False here, since our discovery never fails, and their texts. */
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

/** What a pass over a namespace has left in it. */
export interface Remains {
  /** Resource → how many. */
  readonly objects: ReadonlyMap<string, number>;
  /** Finalizer → how many objects wait for it. */
  readonly finalizers: ReadonlyMap<string, number>;
  /** What remains are pods, and the rest was not looked at. */
  readonly waitsForPods: boolean;
}

const list = (counts: ReadonlyMap<string, number>, joint: 'has' | 'in') =>
  [...counts]
    .map(([name, count]) => `${name} ${joint} ${count} resource instances`)
    .sort()
    .join(', ');

function conditionsOf(
  { objects, finalizers }: Pick<Remains, 'objects' | 'finalizers'>,
  now: string,
): Condition[] {
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
          `Some resources are remaining: ${list(objects, 'has')}`,
        )
      : condition('NamespaceContentRemaining', false, 'ContentRemoved', 'All content successfully removed'),
    finalizers.size > 0
      ? condition(
          'NamespaceFinalizersRemaining',
          true,
          'SomeFinalizersRemain',
          `Some content in the namespace has finalizers remaining: ${list(finalizers, 'in')}`,
        )
      : condition(
          'NamespaceFinalizersRemaining',
          false,
          'ContentHasNoFinalizers',
          'All content-preserving finalizers finished',
        ),
  ];
}

/**
 * Returns the conditions after a pass: the order is that of their first appearance, others stay as they are,
 * and one that keeps its status keeps the time of its last transition.
 * @param now - milliseconds since the epoch
 */
export function namespaceConditions(
  before: readonly Condition[],
  remains: Remains,
  now: number,
): readonly Condition[] {
  const time = timestamp(now);
  const next = new Map(conditionsOf(remains, time).map(condition => [condition.type, condition]));
  const kept = before.map(old => {
    const updated = next.get(old.type);
    next.delete(old.type);
    if (updated?.status !== old.status) return updated ?? old;
    return { ...updated, lastTransitionTime: old.lastTransitionTime ?? time };
  });
  return [...kept, ...next.values()];
}
