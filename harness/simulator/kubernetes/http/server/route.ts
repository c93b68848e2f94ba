/**
 * Whether a path leads anywhere: the routes of built-in kinds, and what the handler of custom resources takes
 * (staging/src/k8s.io/apiserver pkg/endpoints/installer.go, apiextensions-apiserver
 * pkg/apiserver/customresource_handler.go @v1.34).
 */
import type { ResourceType } from '../../registry/resources.ts';
import { ApiError, badRequest, methodNotAllowed, notFound, unknownResource } from '../../registry/status.ts';
import { CUSTOM, CUSTOM_WATCHES, type Endpoint, LISTS, LOGS, OBJECTS, REVIEWS, WATCHES } from '../accept.ts';
import type { ResourceRequest } from '../request-info.ts';

/** What can be done without a namespace to resources that are in one. */
const ACROSS_NAMESPACES: readonly string[] = ['list', 'watch'];

/** Subresources that are connections: what comes back is not the API's, whatever the client accepts. */
const CONNECTIONS: readonly string[] = ['attach', 'exec', 'portforward', 'proxy'];

const nameMissing = (): ApiError => badRequest('name must be provided');

/** Tells whether a custom resource has this path; if not, nobody has it. */
export function leadsToCustom(info: ResourceRequest, type: ResourceType): boolean {
  if (!type.namespaced) return info.namespace === '';
  return info.namespace !== '' || ACROSS_NAMESPACES.includes(info.verb);
}

/** Checks the rest of a custom resource's path. @throws ApiError 400, 404, 405 */
export function checkCustomRoute(info: ResourceRequest, type: ResourceType): void {
  if (info.subresource !== '' && !type.subresources.some(({ name }) => name === info.subresource))
    throw notFound(type, info.name);
  if (info.verb === '') {
    const { group, plural } = type;
    const text = ` is not supported on resources of kind ${JSON.stringify(`${plural}.${group}`)}`;
    throw new ApiError(405, 'MethodNotAllowed', text, { group, kind: plural });
  }
  if (info.name === '' && (info.verb === 'update' || info.verb === 'patch')) throw nameMissing();
}

/** Checks the path of a built-in kind, and its method. @throws ApiError 400, 404, 405 */
export function checkBuiltInRoute(info: ResourceRequest, type: ResourceType): void {
  const { subresource, depth } = info;
  if (info.isInNamespace !== type.namespaced && !isWholeCluster(info, type)) throw unknownResource();
  if (depth > 3 && subresource !== 'proxy') throw unknownResource();
  // A review has no name, and is none of many.
  if (type.virtual && (depth > 1 || info.isInNamespace !== type.namespaced)) throw unknownResource();
  if (depth > 2 && !type.subresources.some(({ name }) => name === subresource)) throw unknownResource();
  if (info.verb === 'proxy') throw unknownResource();
  if (info.verb === '' || (info.method === 'HEAD' && !CONNECTIONS.includes(subresource)))
    throw methodNotAllowed();
  if (depth > 1 && info.name === '') throw nameMissing();
  if (
    type.namespaced &&
    info.isInNamespace &&
    info.namespace === '' &&
    !ACROSS_NAMESPACES.includes(info.verb)
  )
    throw badRequest('Namespace parameter required.');
}

/** Lists and watches of all namespaces; a Namespace is named like what is in it. */
const isWholeCluster = ({ depth, isInNamespace }: ResourceRequest, { namespaced }: ResourceType): boolean =>
  namespaced && !isInNamespace && depth === 1;

/** Returns what the path can show; undefined for a connection. */
export function endpointOf(info: ResourceRequest, type: ResourceType): Endpoint | undefined {
  if (!type.custom && CONNECTIONS.includes(info.subresource)) return undefined;
  if (type.virtual) return REVIEWS;
  if (type.custom) return info.verb === 'watch' ? CUSTOM_WATCHES : CUSTOM;
  if (info.verb === 'watch') return WATCHES;
  if (info.subresource === 'log') return LOGS;
  return info.verb === 'list' ? LISTS : OBJECTS;
}
