/** Whether what is sent to a subresource of an object speaks of that object. */

import { isObject, type JsonObject, stringOf } from '../../registry/json.ts';
import { badRequest } from '../../registry/status.ts';
import type { ResourceRequest } from '../request-info.ts';

/**
 * Checks the namespace, if there is one, then the name (apiserver pkg/registry/rest/meta.go,
 * EnsureObjectNamespaceMatchesRequestNamespace; pkg/registry/core/pod/storage @v1.34).
 * @param kind - `Eviction`
 * @throws ApiError 400
 */
export function checkAddress({ metadata }: JsonObject, kind: string, info: ResourceRequest): void {
  const { namespace, name } = isObject(metadata) ? metadata : {};
  if ((stringOf(namespace) ?? '') !== '' && namespace !== info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  if ((stringOf(name) ?? '') !== info.name)
    throw badRequest(`name in URL does not match name in ${kind} object`);
}
