/** RDS: routes to envoy.config.route.v3.RouteConfiguration and back. */

import { encodeMessage, type ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { type OnNote, Refusal } from '../proto/refusal.ts';
import type { Route, RouteConfiguration, VirtualHost } from '../routes.ts';
import { HARMLESS } from './harmless.ts';
import { headerChangesOf, readHeaderChanges } from './header-changes.ts';
import { actionOf, readAction } from './route-action.ts';
import { filterSettingsOf, readFilterSettings } from './route-filters.ts';
import { readRouteMatch, routeMatchOf } from './route-match.ts';
import { readRuleMetadata, ruleMetadataOf } from './rule-metadata.ts';
import { TYPES } from './type-names.ts';

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

const routeOf = (route: Route): ProtoMessage => ({
  match: routeMatchOf(route.match),
  ...actionOf(route),
  ...headerChangesOf(route.headers),
  typed_per_filter_config: filterSettingsOf(route),
  ...ruleMetadataOf(route.rule),
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
  const match = fields.message('match', readRouteMatch);
  // PGV in api/envoy/config/route/v3/route_components.proto@v1.30
  if (match === undefined) throw new Refusal('Route.Match: value is required');
  const settings = readFilterSettings(fields);
  const headers = readHeaderChanges(fields);
  const rule = readRuleMetadata(fields);
  return { match, ...readAction(fields), ...settings, ...(headers && { headers }), ...rule };
}
