/**
 * Generates RDS: the cluster of a request, by the Host that it names
 * (pilot/pkg/networking/core/v1alpha3/httproute.go
 * @1.8.0).
 */

import type { RouteConfiguration, VirtualHost } from '../../xds/routes.ts';
import { hostCovers } from '../mesh/host-names.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { gatewaysOf, outboundModeOf, type PushContext, virtualServicesFor } from '../mesh/push-context.ts';
import { PASSTHROUGH, sniffedRoutes } from './names.ts';
import { type RouteScope, routedServices, SidecarVirtualHosts } from './sidecar-virtual-hosts.ts';
import { virtualServiceRoutes } from './virtual-service-routes.ts';

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

/** Generates `http.80` for each HTTP port that Gateways open. */
export function gatewayRoutes(context: PushContext, proxy: ProxyNode): RouteConfiguration[] {
  const byPort = new Map<number, VirtualHost[]>();
  for (const gateway of gatewaysOf(context, proxy)) {
    for (const { port, protocol, hosts } of gateway.servers) {
      if (protocol !== 'HTTP' && protocol !== 'HTTP2' && protocol !== 'GRPC') continue;
      const virtualHosts = byPort.get(port) ?? [];
      byPort.set(port, virtualHosts);
      const virtuals = virtualServicesFor(context, gateway.key, named =>
        named.some(name => hosts.some(host => hostCovers(host, name))),
      );
      for (const virtual of virtuals) {
        for (const host of virtual.hosts) {
          virtualHosts.push({
            name: `${host}:${port}`,
            domains: host === '*' || context.behaviour.routesIgnorePorts ? [host] : [host, `${host}:${port}`],
            tellsAttempts: true,
            routes: virtualServiceRoutes(context, virtual.http, {
              gateway: gateway.key,
              listenerPort: port,
              namespace: proxy.namespace,
              labels: proxy.labels,
            }),
          });
        }
      }
    }
  }
  return [...byPort.keys()]
    .sort((a, b) => a - b)
    .map(port => ({
      name: `http.${port}`,
      ...(context.behaviour.routesIgnorePorts && { ignoresPort: true }),
      virtualHosts: byPort.get(port) ?? [],
    }));
}
