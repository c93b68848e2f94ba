/** The question that a webhook gets: an AdmissionReview with the objects in the version that it wants. */
import type { AdmissionRequest } from '../registry/admission.ts';
import { convert } from '../registry/conversion.ts';
import { copy, type JsonObject, type KubernetesObject } from '../registry/json.ts';
import { apiVersionOf, type ResourceType } from '../registry/resources.ts';

/** Returns an object as clients of this version see it. */
export function inVersion(type: ResourceType, version: string, object: KubernetesObject): KubernetesObject {
  return {
    ...convert(type, version, object),
    kind: type.kind,
    apiVersion: apiVersionOf(type.group, version),
  };
}

/**
 * Makes the review of a request.
 * @param version - the one that the webhook wants
 * @param uid - the review's own
 */
export function reviewOf(request: AdmissionRequest, version: string, uid: string): JsonObject {
  const { type, subresource, name, namespace, operation, user, object, oldObject, dryRun, options } = request;
  const kind = (of: string) => ({ group: type.group, version: of, kind: type.kind });
  const resource = (of: string) => ({ group: type.group, version: of, resource: type.plural });
  const shown = (value: KubernetesObject | undefined) => (value ? inVersion(type, version, value) : null);
  return {
    kind: 'AdmissionReview',
    apiVersion: 'admission.k8s.io/v1',
    request: {
      uid,
      kind: kind(version),
      resource: resource(version),
      ...(subresource !== '' && { subResource: subresource, requestSubResource: subresource }),
      requestKind: kind(request.version),
      requestResource: resource(request.version),
      ...(name !== '' && { name }),
      ...(namespace !== '' && { namespace }),
      operation,
      userInfo: copy(user),
      object: shown(object),
      oldObject: shown(oldObject),
      dryRun,
      options,
    },
  };
}
