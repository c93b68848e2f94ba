/**
 * Which workloads a change of an object concerns: the one that controls it, the one that did, and for an
 * orphan all whose selectors find it (pkg/controller/replicaset/replica_set.go @v1.34: addPod, updatePod).
 */
import type { TypedEvent } from '../client/cluster-client.ts';
import { controllerOf, keyOf, type LabelSelector, type Stored } from '../client/kinds.ts';
import { matchesSelector } from '../client/label-selector.ts';
import { equal } from '../registry/json.ts';

/** A workload with its selector. */
type Workload = Stored & { readonly spec: { readonly selector?: LabelSelector } };

/**
 * Returns the keys `namespace/name` of the workloads to look at.
 * @param kind - of the workloads
 * @param workloads - lists those of a namespace; asked only about orphans
 */
export function claimantsOf(
  { type, object, previous }: TypedEvent<Stored>,
  kind: string,
  workloads: (namespace: string) => readonly Workload[],
): readonly string[] {
  const { namespace = '', labels } = object.metadata;
  const now = controllerOf(object);
  const before = previous && controllerOf(previous);
  const keys: string[] = [];
  if (before?.kind === kind && before.uid !== now?.uid) keys.push(`${namespace}/${before.name}`);
  if (now) {
    if (now.kind === kind) keys.push(`${namespace}/${now.name}`);
    return keys;
  }
  if (type === 'DELETED' || object.metadata.deletionTimestamp !== undefined) return keys;
  if (previous && !before && equal(labels, previous.metadata.labels)) return keys;
  for (const workload of workloads(namespace)) {
    const { selector } = workload.spec;
    if (selector && matchesSelector(selector, labels)) keys.push(keyOf(workload));
  }
  return keys;
}
