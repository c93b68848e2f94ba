/**
 * Generates RDS: the cluster of a request, by the Host that it names
 * (pilot/pkg/networking/core/v1alpha3/httproute.go
 * @1.8.0).
 */

import type { Route, RouteConfiguration, VirtualHost } from '../../xds/routes.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import {
  boundPortOf,
  gatewaysOf,
  outboundModeOf,
  type PushContext,
  virtualServicesFor,
} from '../mesh/push-context.ts';
import { boundHosts } from './gateway-filter-chains.ts';
import { gatewayRoutesName, PASSTHROUGH, sniffedRoutes } from './names.ts';
import { type RouteScope, routedServices, SidecarVirtualHosts } from './sidecar-virtual-hosts.ts';
import { takesAll, virtualServiceRoutes } from './virtual-service-routes.ts';

/**
 * Generates a route configuration for each HTTP port of the mesh, named by the port, and one for each port of
 * a service whose protocol is found out.
 */
export function sidecarRoutes(context: PushContext, scope: RouteScope): RouteConfiguration[] {
  const ignoresPort = context.behaviour.routesIgnorePorts && ({ ignoresPort: true } as const);
  const hosts = new SidecarVirtualHosts(context, scope);
  const { http, sniffed } = routedServices(context);
  const rest = restOf(context);
  const sniffedAt = (port: number) => sniffed.flatMap(each => (each.port === port ? [each.service] : []));
  return [
    ...[...http]
      .sort(([a], [b]) => a - b)
      .map(([port, services]) => ({
        name: String(port),
        ...ignoresPort,
        virtualHosts: [...hosts.at(port, [...services, ...sniffedAt(port)]), rest],
      })),
    ...sniffed.map(({ service, port }) => ({
      name: sniffedRoutes(service.hostname, port),
      ...ignoresPort,
      // pilot/pkg/networking/core/httproute.go @1.31, getVirtualHostsForSniffedServicePort
      virtualHosts: hosts
        .at(port, [service])
        .filter(({ name }) => name === `${service.hostname}:${port}`)
        .map(host => ({ ...host, domains: ['*'] })),
    })),
  ];
}

/** Routes the requests to hosts that the mesh does not know. */
function restOf(context: PushContext): VirtualHost {
  const isOpen = outboundModeOf(context) === 'ALLOW_ANY';
  return {
    name: isOpen ? 'allow_any' : 'block_all',
    domains: ['*'],
    tellsAttempts: true,
    routes: [
      isOpen
        ? { match: { prefix: '/' }, cluster: PASSTHROUGH, timeoutMs: 0 }
        : { match: { prefix: '/' }, directResponse: { status: 502, body: '' } },
    ],
  };
}

/**
 * Generates the routes for each HTTP port that Gateways open: a virtual host for each host that a server and
 * a VirtualService have in common (pilot/pkg/networking/core/gateway.go @1.30.3,
 * buildGatewayHTTPRouteConfig).
 */
export function gatewayRoutes(context: PushContext, proxy: ProxyNode): RouteConfiguration[] {
  const { routesIgnorePorts } = context.behaviour;
  const byName = new Map<string, Map<string, VirtualHost>>();
  for (const gateway of gatewaysOf(context, proxy)) {
    for (const server of gateway.servers) {
      const { port, protocol } = server;
      if (protocol !== 'HTTP' && protocol !== 'HTTP2' && protocol !== 'GRPC') continue;
      const name = gatewayRoutesName(context, port, boundPortOf(context, proxy, port));
      const hosts = byName.get(name) ?? new Map<string, VirtualHost>();
      byName.set(name, hosts);
      for (const virtual of virtualServicesFor(context, gateway.key)) {
        const common = boundHosts(server, virtual);
        if (common.length === 0) continue;
        const routes = virtualServiceRoutes(context, virtual, {
          gateway: gateway.key,
          listenerPort: port,
          namespace: proxy.namespace,
          labels: proxy.labels,
        });
        if (routes.length === 0) continue;
        for (const host of common) {
          const domains = host === '*' || routesIgnorePorts ? [host] : [host, `${host}:${port}`];
          const before = hosts.get(host) ?? {
            name: `${host}:${port}`,
            domains,
            tellsAttempts: true,
            routes: [],
          };
          hosts.set(host, { ...before, routes: catchAllsLast([...before.routes, ...routes]) });
        }
      }
    }
  }
  return [...byName]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, hosts]) => ({
      name,
      ...(routesIgnorePorts && { ignoresPort: true }),
      virtualHosts: [...hosts.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    }));
}

/** Of two VirtualServices for one host, what one says of some requests counts before what is for all. */
const catchAllsLast = (routes: readonly Route[]): readonly Route[] => [
  ...routes.filter(({ match }) => !takesAll(match)),
  ...routes.filter(({ match }) => takesAll(match)),
];
