/** get, list and watch. */

import type { KubernetesObject } from '../../registry/json.ts';
import type { ResourceType } from '../../registry/resources.ts';
import { badRequest, expired, methodNotAllowed } from '../../registry/status.ts';
import { type Call, sendJson } from '../call.ts';
import { continuationExpired, decodeContinuation, encodeContinuation, pageOf } from '../continuation.ts';
import type { ListMetadata } from '../encoding.ts';
import type { Environment } from '../environment.ts';
import {
  checkNotInFuture,
  type ListOptions,
  parseListOptions,
  parseListVersion,
  parseResourceVersion,
} from '../list-options.ts';
import { encodeMany, representationOf } from '../representation.ts';
import type { ResourceRequest } from '../request-info.ts';
import { serveWatch } from '../watch.ts';
import { sendObject } from './send-object.ts';

/** Answers with one object in the form that the client accepts. @throws ApiError 404 */
export function handleGet(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): void | Promise<void> {
  const { info } = call;
  const asked = parseResourceVersion(info.query.get('resourceVersion') ?? '');
  checkNotInFuture(asked, environment.store.resourceVersion);
  const object = environment.objects.get(type, info.namespace, info.name);
  const send = () => sendObject(environment, call, 200, type, object);
  return whenShown(environment, type, info.version, [object], send);
}

/** Answers with a list, or a page of it. @throws ApiError 400, 410, 422 */
export function handleList(
  environment: Environment,
  call: Call<ResourceRequest>,
  type: ResourceType,
): void | Promise<void> {
  const { info } = call;
  if (!type.verbs.includes('list')) throw methodNotAllowed();
  const options = parseListOptions(info, type);
  const send = () => {
    const list = { type, version: info.version, ...readList(environment, type, options) };
    sendJson(call, 200, encodeMany(representationOf(call, type), list, environment.clock.now()));
  };
  if (!type.custom?.conversion) {
    send();
    return undefined;
  }
  // Selectors look at the fields of the version, too.
  const { namespace } = options.filter;
  const all = environment.store.list(type, namespace === undefined ? {} : { namespace });
  return whenShown(environment, type, info.version, all, send);
}

/** Does something with objects as soon as they are known in the version of the client. */
function whenShown(
  { objects: service }: Environment,
  type: ResourceType,
  version: string,
  objects: readonly KubernetesObject[],
  then: () => void,
): void | Promise<void> {
  const ready = service.prepareToShow(type, version, objects);
  if (ready) return ready.then(then);
  then();
}

/** Lists the objects of a list request, page by page. */
function readList(
  { store }: Environment,
  type: ResourceType,
  options: ListOptions,
): { readonly objects: readonly KubernetesObject[]; readonly metadata: ListMetadata } {
  const { filter, limit } = options;
  if (options.continueToken !== '') {
    const { resourceVersion, after } = decodeContinuation(options.continueToken);
    if (options.resourceVersion !== '' && options.resourceVersion !== '0')
      throw badRequest('specifying resource version is not allowed when using continue');
    const all = store.listAt(type, resourceVersion, filter);
    if (!all) throw continuationExpired();
    return paged(all, after, limit, resourceVersion, filter);
  }
  const asked = parseListVersion(options.resourceVersion);
  checkNotInFuture(asked, store.resourceVersion);
  const exact = isExact(options, asked) && asked !== undefined;
  const version = exact ? asked : store.resourceVersion;
  const all = exact ? store.listAt(type, asked, filter) : store.list(type, filter);
  if (!all) throw expired('The resourceVersion for the provided list is too old.');
  // The watch cache answers a list from version 0 whole (docs/reference/kubernetes.md K3).
  const cached = asked === 0;
  return paged(all, undefined, cached ? 0 : limit, version, filter);
}

/** Without a word on it, the pages of a list are of the version that is asked for. */
const isExact = ({ resourceVersionMatch: match, limit }: ListOptions, asked: number | undefined): boolean =>
  match === 'Exact' || (match === '' && limit > 0 && asked !== 0);

function paged(
  all: readonly KubernetesObject[],
  after: string | undefined,
  limit: number,
  resourceVersion: number,
  filter: ListOptions['filter'],
): { readonly objects: readonly KubernetesObject[]; readonly metadata: ListMetadata } {
  const { page, last, remaining } = pageOf(all, after, limit);
  const selected = filter.labels !== undefined || (filter.fields !== undefined && filter.fields.length > 0);
  return {
    objects: page,
    metadata: {
      resourceVersion: String(resourceVersion),
      ...(last !== undefined && {
        continue: encodeContinuation({ resourceVersion, after: last }),
        // With a selector the real server does not know how many are left.
        ...(!selected && { remainingItemCount: remaining }),
      }),
    },
  };
}

/** Answers with a stream of changes that stays open. */
export function handleWatch(environment: Environment, call: Call<ResourceRequest>, type: ResourceType): void {
  if (!type.verbs.includes('watch')) throw methodNotAllowed();
  const { info } = call;
  serveWatch(call, {
    store: environment.store,
    clock: environment.clock,
    type,
    version: info.version,
    options: parseListOptions(info, type),
    representation: representationOf(call, type),
    ...(type.custom?.conversion && {
      prepare: objects => environment.objects.prepareToShow(type, info.version, objects),
    }),
    signal: environment.signal,
  });
}
