/**
 * What a write of `pods/resize` changes: the resources of containers, and nothing else
 * (pkg/registry/core/pod/strategy.go @v1.34, dropNonResizeUpdates). Pure.
 */
import { copy, type JsonObject, type KubernetesObject, objectOf, objectsOf } from './json.ts';

const CONTAINERS = ['containers', 'initContainers'] as const;
const RESIZED = ['resources', 'resizePolicy'] as const;

/** What stays as it is stored (apimachinery pkg/apis/meta/v1/types.go, ResetObjectMetaForStatus). */
const KEPT_METADATA = ['labels', 'annotations', 'finalizers', 'ownerReferences'] as const;

const namesOf = (containers: readonly JsonObject[]): string => JSON.stringify(containers.map(c => c['name']));

/**
 * Makes the state after a resize. What adds, removes or renames containers is left for validation to refuse.
 * @param updated - what the client wants the pod to be
 */
export function takeResize(updated: KubernetesObject, current: KubernetesObject): KubernetesObject {
  const [wanted, stored] = [objectOf(updated['spec']), objectOf(current['spec'])];
  if (CONTAINERS.some(list => objectsOf(wanted[list]).length !== objectsOf(stored[list]).length))
    return updated;
  const spec: JsonObject = { ...stored };
  for (const list of CONTAINERS) {
    const [after, before] = [objectsOf(wanted[list]), objectsOf(stored[list])];
    if (after.length > 0) spec[list] = namesOf(after) === namesOf(before) ? resized(after, before) : after;
  }
  const metadata = { ...updated.metadata };
  for (const key of KEPT_METADATA) {
    if (current.metadata[key] === undefined) delete metadata[key];
    else metadata[key] = current.metadata[key] as never; // of the same field
  }
  const { status } = current;
  return { ...updated, metadata, spec, ...(status !== undefined && { status: copy(status) }) };
}

const resized = (after: readonly JsonObject[], before: readonly JsonObject[]): JsonObject[] =>
  before.map((container, index) => {
    const result: JsonObject = { ...container };
    for (const field of RESIZED) {
      const value = after[index]?.[field];
      if (value === undefined) delete result[field];
      else result[field] = value;
    }
    return result;
  });
