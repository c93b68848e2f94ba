/** The requests that admission plug-ins get. */
import type { AdmissionRequest } from './admission.ts';
import type { KubernetesObject } from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';
import type { WriteContext } from './write-context.ts';

/** One write, as admission hears of it. */
interface Write {
  readonly operation: AdmissionRequest['operation'];
  readonly type: ResourceType;
  readonly namespace: string;
  readonly object?: KubernetesObject;
  /** The stored state. */
  readonly oldObject?: KubernetesObject;
}

/** Makes the request that plug-ins get; a Namespace is in the namespace of its own name. */
export function requestOf(
  { operation, type, namespace, object, oldObject }: Write,
  context: WriteContext,
): AdmissionRequest {
  const name = object?.metadata.name ?? oldObject?.metadata.name ?? '';
  return {
    operation,
    type,
    version: context.version,
    subresource: context.subresource,
    namespace: type.namespaced ? namespace : keyOf(type) === 'namespaces' ? name : '',
    name,
    object,
    oldObject,
    user: context.user,
    dryRun: context.dryRun,
    options: context.options,
    warn: context.warn,
  };
}
