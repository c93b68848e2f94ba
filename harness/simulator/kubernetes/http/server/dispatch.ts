/** The way from a request to its handler. */
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { badRequest, methodNotAllowed, notSimulated, unknownResource } from '../../registry/status.ts';
import { type Call, sendText } from '../call.ts';
import type { Environment } from '../environment.ts';
import { handleDelete, handleDeleteCollection } from '../handlers/delete.ts';
import { sendPageNotFound } from '../handlers/discovery.ts';
import { handleLogs } from '../handlers/logs.ts';
import { handlePath } from '../handlers/non-resource.ts';
import { handlePatch } from '../handlers/patch.ts';
import { handleProxy } from '../handlers/proxy.ts';
import { handleGet, handleList, handleWatch } from '../handlers/read.ts';
import { handleReview } from '../handlers/reviews.ts';
import { isStream } from '../handlers/stream.ts';
import { subresourceHandler } from '../handlers/subresources.ts';
import { handleCreate, handleUpdate } from '../handlers/write.ts';
import type { ResourceRequest } from '../request-info.ts';

type Handler = (
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
) => Promise<void> | void;

/** The handlers of objects and lists, by the verb. */
const HANDLERS: Readonly<Record<string, Handler>> = {
  get: handleGet,
  list: handleList,
  watch: handleWatch,
  create: handleCreate,
  update: handleUpdate,
  patch: handlePatch,
  delete: handleDelete,
  deletecollection: handleDeleteCollection,
};

/** The subresources that are read and written like the object itself. */
const LIKE_STATUS: readonly string[] = ['status', 'approval', 'ephemeralcontainers'];

const isResource = (call: Call): call is Call<ResourceRequest> => call.info.kind === 'resource';

/** Answers a request that may be made. @throws ApiError for everything that is refused */
export async function dispatch(environment: Environment, call: Call): Promise<void> {
  if (!isResource(call)) {
    handlePath(environment, call);
    return;
  }
  const { info, response } = call;
  const type = environment.registry.byPath(info.group, info.version, info.plural);
  if (!type) {
    // A group that is not served, or whose types are custom, does not know Status (docs/reference/kubernetes.md K1).
    if (environment.registry.servedBy(info.group, info.version) === 'built-in') throw unknownResource();
    sendPageNotFound(call);
    return;
  }
  if (type.virtual) {
    if (keyOf(type) === 'bindings') throw notSimulated('bindings');
    await handleReview(environment, call, type);
    return;
  }
  if (!type.namespaced && info.namespace !== '' && keyOf(type) !== 'namespaces') throw unknownResource();
  if (info.subresource !== '') {
    await dispatchSubresource(environment, call, type);
    return;
  }
  const handler = HANDLERS[info.verb];
  if (handler) await handler(environment, call, type);
  else sendText(response, 405, 'Method Not Allowed');
}

async function dispatchSubresource(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
  const served = type.subresources.find(({ name }) => name === info.subresource);
  if (!served) throw unknownResource();
  const special = subresourceHandler(type, info.subresource);
  if (special) {
    await special(environment, call, type);
    return;
  }
  if (LIKE_STATUS.includes(info.subresource)) {
    const handler = ['get', 'update', 'patch'].includes(info.verb) ? HANDLERS[info.verb] : undefined;
    if (!handler) throw methodNotAllowed();
    await handler(environment, call, type);
    return;
  }
  if (info.subresource === 'log' && info.verb === 'get') {
    await handleLogs(environment, call, type);
    return;
  }
  if (info.subresource === 'proxy') {
    await handleProxy(environment, call, type);
    return;
  }
  if (isStream(info)) throw badRequest('Upgrade request required');
  throw notSimulated(`${keyOf(type)}/${info.subresource}`);
}
