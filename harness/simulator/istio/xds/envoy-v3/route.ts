/** RDS: routes to envoy.config.route.v3.RouteConfiguration and back. */

import { encodeMessage, type ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { type OnNote, Refusal } from '../proto/refusal.ts';
import { durationOf, millisecondsOf } from '../proto/well-known.ts';
import type { RouteConfiguration, VirtualHost } from '../resources.ts';
import { HARMLESS } from './harmless.ts';
import { readRetryPolicy, retryPolicyOf } from './retry-policy.ts';
import { TYPES } from './type-names.ts';

type Route = VirtualHost['routes'][number];

/** Envoy's, where a route has none: route/v3 RouteAction.timeout. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** Returns the bytes of envoy.config.route.v3.RouteConfiguration. */
export const encodeRoutes = (routes: RouteConfiguration): Uint8Array =>
  encodeMessage(TYPES.route, routeConfigurationOf(routes));

/** Returns the message that a connection manager may have inside. */
export const routeConfigurationOf = ({
  name,
  virtualHosts,
  ignoresPort,
}: RouteConfiguration): ProtoMessage => ({
  name,
  ignore_port_in_host_matching: ignoresPort,
  virtual_hosts: virtualHosts.map(host => ({
    name: host.name,
    domains: host.domains,
    include_request_attempt_count: host.tellsAttempts,
    routes: host.routes.map(routeOf),
  })),
});

const routeOf = ({ match, cluster, timeoutMs, retryPolicy }: Route): ProtoMessage => ({
  match: { prefix: match.prefix },
  route: {
    cluster,
    timeout: durationOf(timeoutMs),
    retry_policy: retryPolicy && retryPolicyOf(retryPolicy),
  },
});

/**
 * Reads routes.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export const decodeRoutes = (bytes: Uint8Array, onNote: OnNote = () => {}): RouteConfiguration =>
  Fields.read(TYPES.route, bytes, { harmless: HARMLESS, onNote }, readRouteConfiguration);

/** Reads the message, by itself or inside a connection manager. */
export const readRouteConfiguration = (fields: Fields): RouteConfiguration => ({
  name: fields.string('name'),
  virtualHosts: fields.messages('virtual_hosts', readVirtualHost),
  ...(fields.boolean('ignore_port_in_host_matching') && { ignoresPort: true }),
});

const readVirtualHost = (fields: Fields): VirtualHost => ({
  name: fields.string('name'),
  domains: fields.strings('domains'),
  ...(fields.boolean('include_request_attempt_count') && { tellsAttempts: true }),
  routes: fields.messages('routes', readRoute),
});

function readRoute(fields: Fields): Route {
  const prefix = fields.message('match', readMatch);
  const action = fields.message('route', readAction);
  // PGV in api/envoy/config/route/v3/route_components.proto@v1.30
  if (prefix === undefined) throw new Refusal('Route.Match: value is required');
  if (!action) throw new Refusal(`${fields.type}: only route is simulated as an action`);
  return { match: { prefix }, ...action };
}

function readMatch(match: Fields): string {
  if (!match.has('prefix')) throw new Refusal(`${match.type}: only prefix is simulated`);
  if (match.message('case_sensitive', it => it.boolean('value')) === false)
    throw new Refusal(`${match.type}: case_sensitive false is not simulated`);
  return match.string('prefix');
}

function readAction(action: Fields): Omit<Route, 'match'> {
  if (!action.has('cluster')) throw new Refusal(`${action.type}: only cluster is simulated as a target`);
  const retryPolicy = action.message('retry_policy', readRetryPolicy);
  return {
    cluster: action.string('cluster'),
    timeoutMs: action.message('timeout', millisecondsOf) ?? DEFAULT_TIMEOUT_MS,
    ...(retryPolicy && { retryPolicy }),
  };
}
