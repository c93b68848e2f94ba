/** Where a request goes: its route, what that makes go wrong, and the cluster or answer of the route. */
import { headerOf } from '../../../../base/http1/message-head.ts';
import type { ServerRequest } from '../../../../base/http1/server-connection.ts';
import type { ServerResponse } from '../../../../base/http1/server-response.ts';
import { xxHash64 } from '../../../../base/xx-hash.ts';
import type { Forwarding, HeaderChanges, Route } from '../../xds/routes.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import { pickWeighted } from '../upstream/weighted-choice.ts';
import { corsOutcome } from './cors.ts';
import { DownstreamResponse } from './downstream-response.ts';
import { afterFault } from './fault.ts';
import { ACCESS_DENIED, NO_CLUSTER, NO_ROUTE } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { ProxiedRequest } from './proxied-request.ts';
import { isAllowed } from './rbac.ts';
import { remoteAddressOf } from './remote-address.ts';
import { RequestBody } from './request-body.ts';
import { hashOf } from './request-hash.ts';
import { takeTarget } from './request-target.ts';
import { redirectUrl, rewrittenUrl } from './rewrite.ts';
import type { RequestTraits } from './route-conditions.ts';
import { findRoute } from './route-match.ts';

const NO_FORWARDING: Forwarding = { timeoutMs: 0 };

/** Starts a request on its way, or replies to one that has none. */
export function routeRequest(
  context: ManagerContext,
  connection: DownstreamConnection,
  request: ServerRequest,
  response: ServerResponse,
): void {
  const downstream = new DownstreamResponse(context, connection, response);
  if (!takeTarget(context, request.head, downstream)) return;
  const { rawHeaders, url, method, announcesBody } = request.head;
  const routes = context.routes();
  const traits = { method, url, rawHeaders, host: headerOf(rawHeaders, 'host') ?? '', scheme: 'http' };
  if (!mayGo(context, connection, traits)) {
    downstream.reply(ACCESS_DENIED);
    return;
  }
  const found = routes && findRoute(routes, traits);
  if (!found) {
    downstream.reply(NO_ROUTE);
    return;
  }
  const body = announcesBody ? new RequestBody(request) : undefined;
  const call = { context, connection, request, downstream, body, traits, route: found.route };
  const tellsAttempts = found.virtualHost.tellsAttempts ?? false;
  if (found.route.fault)
    afterFault(context, downstream, found.route.fault, () => followRoute(call, tellsAttempts));
  else followRoute(call, tellsAttempts);
}

/** A request that has a route. */
interface RoutedCall {
  readonly context: ManagerContext;
  readonly connection: DownstreamConnection;
  readonly request: ServerRequest;
  readonly downstream: DownstreamResponse;
  readonly body: RequestBody | undefined;
  readonly traits: RequestTraits;
  readonly route: Route;
}

function followRoute(call: RoutedCall, tellsAttempts: boolean): void {
  const { context, connection, downstream, traits, route } = call;
  if (route.cors) {
    const cors = corsOutcome(route.cors, traits);
    if ('reply' in cors) {
      downstream.reply(cors.reply, cors.headers);
      return;
    }
    downstream.changeHeaders(cors.edits);
  }
  if (answers(route, traits, downstream)) return;
  const weighted =
    'weightedClusters' in route
      ? pickWeighted(context.environment.random, route.weightedClusters)
      : undefined;
  const cluster = context.clusterOf(weighted?.cluster ?? ('cluster' in route ? route.cluster : ''));
  if (!cluster) {
    downstream.reply(NO_CLUSTER);
    return;
  }
  const { url, rawHeaders } = traits;
  const { timeoutMs, retryPolicy, rewrite, hashPolicy, mirrors }: Forwarding =
    'timeoutMs' in route ? route : NO_FORWARDING;
  const newCookie = () => xxHash64(context.requestIds.uuid()).toString(16).padStart(16, '0');
  const hashed = hashPolicy && hashOf(hashPolicy, { connection, url, rawHeaders, newCookie });
  const edits: HeaderChanges[] = [];
  if (weighted?.headers) edits.push(weighted.headers);
  if (route.headers) edits.push(route.headers);
  if (hashed && hashed.cookies.length > 0) edits.push(givingCookies(hashed.cookies));
  new ProxiedRequest(call, cluster).start({
    timeoutMs,
    retryPolicy,
    tellsAttempts,
    url: rewrittenUrl(rewrite, route.match, url),
    host: rewrite?.host ?? weighted?.host,
    edits,
    hash: hashed?.hash,
    mirrors,
  });
}

/** Whether the policies of access let a request go on. */
function mayGo(context: ManagerContext, connection: DownstreamConnection, request: RequestTraits): boolean {
  if (context.rbac.length === 0) return true;
  const remoteAddress = remoteAddressOf(context, connection, request.rawHeaders);
  return isAllowed(context.rbac, { connection, request, remoteAddress });
}

const givingCookies = (cookies: readonly string[]): HeaderChanges => ({
  response: {
    add: cookies.map(value => ({ name: 'set-cookie', value, isAppended: true })),
    remove: [],
  },
});

/** Answers in place of a cluster, if the route says so. */
function answers(route: Route, traits: RequestTraits, downstream: DownstreamResponse): boolean {
  if ('directResponse' in route) {
    downstream.reply({ ...route.directResponse, flags: '' }, [], route.headers?.response);
    return true;
  }
  if (!('redirect' in route)) return false;
  const location = redirectUrl(route.redirect, route.match, traits);
  const reply = { status: route.redirect.status, body: '', flags: '' };
  downstream.reply(reply, ['location', location], route.headers?.response);
  return true;
}
