/**
 * Generates RDS: the cluster of a request, by the Host that it names
 * (pilot/pkg/networking/core/v1alpha3/httproute.go
 * @1.8.0).
 */

import type { Route, RouteConfiguration, VirtualHost } from '../../xds/routes.ts';
import { hostCovers } from '../mesh/host-names.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import {
  addressFor,
  gatewaysOf,
  isSniffed,
  outboundModeOf,
  type PushContext,
  virtualServicesFor,
  visibleServices,
} from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { BLACK_HOLE, outboundName, PASSTHROUGH, sniffedRoutes } from './names.ts';
import { type Caller, virtualServiceRoutes } from './virtual-service-routes.ts';

/**
 * Lists the names by which a service may be called from a namespace: in 1.8 each with and without the port,
 * in current each once, and the full one also as an absolute name of DNS.
 */
function domainsOf(
  { behaviour }: PushContext,
  service: MeshService,
  port: number,
  { namespace, clusterId, domain }: RouteScope,
): string[] {
  const { name, namespace: own } = service;
  const full = `${name}.${own}.svc.${domain}`;
  const short = namespace === own ? [name] : [];
  const address = addressFor(service, clusterId);
  const addresses = address === '' ? [] : [address];
  if (behaviour.routesIgnorePorts)
    return [full, `${full}.`, ...short, `${name}.${own}.svc`, `${name}.${own}`, ...addresses];
  const names = [full, ...short, `${name}.${own}`, `${name}.${own}.svc`, ...addresses];
  return names.flatMap(host => [host, `${host}:${port}`]);
}

/** Whose routes they are: the names of a service depend on the caller's namespace. */
export interface RouteScope {
  readonly namespace: string;
  readonly clusterId: string;
  readonly domain: string;
  /** Of the proxy's pod, for VirtualServices that look at them. */
  readonly labels: Readonly<Record<string, string>>;
}

/**
 * Generates a route configuration for each HTTP port of the mesh, named by the port, and one for each port of
 * a service whose protocol is found out.
 */
export function sidecarRoutes(context: PushContext, scope: RouteScope): RouteConfiguration[] {
  const ignoresPort = context.behaviour.routesIgnorePorts && ({ ignoresPort: true } as const);
  const byPort = new Map<number, VirtualHost[]>();
  const sniffed: RouteConfiguration[] = [];
  for (const service of visibleServices(context)) {
    for (const { port, protocol } of service.ports) {
      if (isSniffed(context, protocol)) {
        // pilot/pkg/networking/core/httproute.go @1.31, getVirtualHostsForSniffedServicePort
        const host = virtualHostOf(context, service, { ...callerAt(port, scope), domains: ['*'] });
        sniffed.push({
          name: sniffedRoutes(service.hostname, port),
          ...ignoresPort,
          virtualHosts: [host],
        });
      } else if (isHttp(protocol)) {
        const hosts = byPort.get(port) ?? [];
        byPort.set(port, hosts);
        hosts.push(
          virtualHostOf(context, service, {
            ...callerAt(port, scope),
            domains: domainsOf(context, service, port, scope),
          }),
        );
      }
    }
  }
  const ports = [...byPort].sort(([a], [b]) => a - b);
  const rest = restOf(context);
  return [
    ...ports.map(([port, hosts]) => ({
      name: String(port),
      ...ignoresPort,
      virtualHosts: [...hosts, rest],
    })),
    ...sniffed,
  ];
}

const callerAt = (listenerPort: number, { namespace, labels }: RouteScope): Caller => ({
  gateway: 'mesh',
  listenerPort,
  namespace,
  labels,
});

/** Routes the requests to a port of a service: by its VirtualService, or all to its endpoints. */
function virtualHostOf(
  context: PushContext,
  { hostname }: MeshService,
  { domains, ...caller }: Caller & { readonly domains: readonly string[] },
): VirtualHost {
  const port = caller.listenerPort;
  const virtual = virtualServicesFor(context, 'mesh', hosts =>
    hosts.some(host => hostCovers(host, hostname)),
  ).find(({ hasHttp }) => hasHttp);
  const { retryPolicy } = context.behaviour;
  // pilot/pkg/networking/core/route/route.go @1.30.3: where none of its routes is for the caller, a
  // VirtualService is not there.
  const own = virtual ? virtualServiceRoutes(context, virtual.http, caller) : [];
  const plain: Route = {
    match: { prefix: '/' },
    cluster: outboundName(port, '', hostname),
    timeoutMs: 0,
    ...(retryPolicy && { retryPolicy }),
  };
  const routes = own.length > 0 ? own : [plain];
  return { name: `${hostname}:${port}`, domains, tellsAttempts: true, routes };
}

/** Routes the requests to hosts that the mesh does not know. */
function restOf(context: PushContext): VirtualHost {
  const isOpen = outboundModeOf(context) === 'ALLOW_ANY';
  return {
    name: isOpen ? 'allow_any' : 'block_all',
    domains: ['*'],
    tellsAttempts: true,
    routes: [{ match: { prefix: '/' }, cluster: isOpen ? PASSTHROUGH : BLACK_HOLE, timeoutMs: 0 }],
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
