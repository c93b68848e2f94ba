/** Where a request goes: its route, and the cluster of that route. */
import { headerOf } from '../../../../base/http1/message-head.ts';
import type { ServerRequest } from '../../../../base/http1/server-connection.ts';
import type { ServerResponse } from '../../../../base/http1/server-response.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import { DownstreamResponse } from './downstream-response.ts';
import { NO_CLUSTER, NO_ROUTE } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { ProxiedRequest } from './proxied-request.ts';
import { findRoute } from './route-match.ts';

/** Starts a request on its way, or replies to one that has none. */
export function routeRequest(
  context: ManagerContext,
  connection: DownstreamConnection,
  request: ServerRequest,
  response: ServerResponse,
): void {
  const { rawHeaders, url } = request.head;
  const downstream = new DownstreamResponse(context, response);
  const routes = context.routes();
  const found = routes && findRoute(routes, headerOf(rawHeaders, 'host') ?? '', url);
  if (!found) {
    downstream.reply(NO_ROUTE);
    return;
  }
  const { route, virtualHost } = found;
  const cluster = context.clusterOf(route.cluster);
  if (!cluster) {
    downstream.reply(NO_CLUSTER);
    return;
  }
  new ProxiedRequest(context, connection, request, downstream, cluster).start(
    route,
    virtualHost.tellsAttempts ?? false,
  );
}
