/** What a webhook's patch has made of an object, as the server decodes it. */
import { copy, type JsonObject, type KubernetesObject } from '../registry/json.ts';
import type { ResourceType } from '../registry/resources.ts';
import { keepStruct } from '../registry/schema/built-in.ts';
import { messageFor } from '../registry/schema/messages.ts';
import { asGoWrites } from '../registry/schema/zero-values.ts';
import { internalError } from '../registry/status.ts';

/**
 * Returns a patched object in the form in which the server keeps objects: without fields that its type does
 * not have, quantities in their canonical form. Else the object's next update would seem to change them.
 * Custom resources stay as they are (apiserver pkg/admission/plugin/webhook/mutating/dispatcher.go @v1.34).
 *
 * @param minor - of Kubernetes, 34 for 1.34
 * @throws ApiError 500 for a value of the wrong type
 */
export function decodePatched(
  patched: JsonObject,
  apiVersion: string,
  type: ResourceType,
  minor: number,
): KubernetesObject {
  // Of the kind, as is checked next.
  const object = copy({ ...patched, apiVersion }) as unknown as KubernetesObject;
  if (type.custom) return object;
  const { problem } = keepStruct(object, messageFor(apiVersion, type.kind));
  if (problem !== undefined) throw internalError(problem);
  return asGoWrites(object, type, minor);
}
