/** The way from a request to its handler. */
import { keyOf, type ResourceType } from '../../registry/resources.ts';
import { methodNotAllowed, notSimulated, unknownResource } from '../../registry/status.ts';
import { JSON_FORM, negotiate } from '../accept.ts';
import type { Call } from '../call.ts';
import type { Environment } from '../environment.ts';
import { handleDelete, handleDeleteCollection } from '../handlers/delete.ts';
import { sendPageNotFound } from '../handlers/health.ts';
import { handleLogs } from '../handlers/logs.ts';
import { handlePath } from '../handlers/non-resource.ts';
import { handlePatch } from '../handlers/patch.ts';
import { handleProxy } from '../handlers/proxy.ts';
import { handleGet, handleList, handleWatch } from '../handlers/read.ts';
import { handleReview } from '../handlers/reviews.ts';
import { handleStream, isStream } from '../handlers/stream.ts';
import { subresourceHandler } from '../handlers/subresources.ts';
import { handleCreate, handleUpdate } from '../handlers/write.ts';
import type { PathRequest, RequestInfo, ResourceRequest } from '../request-info.ts';
import { warn } from '../warning-header.ts';
import { checkBuiltInRoute, checkCustomRoute, endpointOf, leadsToCustom } from './route.ts';

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
const LIKE_STATUS: readonly string[] = ['status', 'approval', 'ephemeralcontainers', 'resize'];

/** A request before the form of its answer is agreed on. */
type Exchanged<Info extends RequestInfo = RequestInfo> = Omit<Call<Info>, 'accepted'>;

const isPath = (call: Exchanged): call is Exchanged<PathRequest> => call.info.kind === 'path';
const isResource = (call: Exchanged): call is Exchanged<ResourceRequest> => !isPath(call);

/** Answers a request that may be made. @throws ApiError for everything that is refused */
export async function dispatch(environment: Environment, asked: Exchanged): Promise<void> {
  if (asked.info.path.startsWith('//')) {
    sendPageNotFound(asked);
    return;
  }
  if (isPath(asked)) handlePath(environment, asked);
  else if (isResource(asked)) await dispatchResource(environment, asked);
}

async function dispatchResource(environment: Environment, asked: Exchanged<ResourceRequest>): Promise<void> {
  const { request, response, auditId, upgrade, info, user } = asked;
  const type = environment.registry.byPath(info.group, info.version, info.plural);
  if (!type) {
    // A group that is not served, or whose types are custom, does not know Status
    // (docs/reference/kubernetes.md K1).
    if (environment.registry.hasBuiltIn(info.group)) throw unknownResource();
    sendPageNotFound(asked);
    return;
  }
  if (type.custom) {
    if (!leadsToCustom(info, type)) {
      sendPageNotFound(asked);
      return;
    }
    checkCustomRoute(info, type);
  } else checkBuiltInRoute(info, type);
  const endpoint = endpointOf(info, type);
  const accepted = endpoint ? negotiate(request.headers.accept, endpoint) : JSON_FORM;
  const deprecated = type.custom ? type.custom.deprecated[info.version] : type.deprecated;
  if (deprecated !== undefined) warn(response, deprecated);
  environment.beforeUse(type);
  await handle(environment, { request, response, auditId, upgrade, info, user, accepted }, type);
}

async function handle(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
  if (type.virtual) {
    if (keyOf(type) === 'bindings') throw notSimulated('bindings');
    await handleReview(environment, call, type);
    return;
  }
  if (info.subresource !== '') {
    await dispatchSubresource(environment, call, type);
    return;
  }
  const handler = HANDLERS[info.verb];
  if (!handler) throw methodNotAllowed();
  await handler(environment, call, type);
}

async function dispatchSubresource(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): Promise<void> {
  const { info } = call;
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
  if (isStream(info)) {
    handleStream(environment, call, type);
    return;
  }
  throw notSimulated(`${keyOf(type)}/${info.subresource}`);
}
