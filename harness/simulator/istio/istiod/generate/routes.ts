/**
 * Generates RDS: the cluster of a request, by the Host that it names
 * (pilot/pkg/networking/core/v1alpha3/httproute.go
 * @1.8.0).
 */

import type { RouteConfiguration, VirtualHost } from '../../xds/resources.ts';
import { RETRY_CONDITIONS, type RetryPolicy } from '../../xds/retry-policy.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import {
  addressFor,
  gatewaysOf,
  hostCovers,
  isSniffed,
  type PushContext,
  virtualServicesFor,
  visibleServices,
} from '../mesh/push-context.ts';
import type { Destination, HttpRouteConfig } from '../model/istio-config.ts';
import { isHttp } from '../model/mesh-model.ts';
import { BLACK_HOLE, outboundName, PASSTHROUGH, sniffedRoutes } from './names.ts';

type Route = VirtualHost['routes'][number];

/** Returns a VirtualService's own settings, or the release's. */
export function retryPolicyOf(
  context: PushContext,
  retries: HttpRouteConfig['retries'],
): RetryPolicy | undefined {
  const base = context.behaviour.retryPolicy;
  if (!retries) return base;
  if (retries.attempts === 0) return undefined;
  const named = retries.retryOn?.split(',').map(name => name.trim());
  return {
    ...base,
    numRetries: retries.attempts,
    ...(named && { retryOn: RETRY_CONDITIONS.filter(condition => named.includes(condition)) }),
  };
}

function clusterOf(context: PushContext, { host, port, subset }: Destination, listenerPort: number): string {
  const ports = context.state.service(host)?.ports ?? [];
  // Without a port in the destination: the only one there is, or the listener's.
  const chosen = port ?? (ports.length === 1 ? ports[0]?.port : listenerPort) ?? listenerPort;
  return outboundName(chosen, subset ?? '', host);
}

function routesOf(
  context: PushContext,
  http: readonly HttpRouteConfig[],
  gateway: string,
  listenerPort: number,
): Route[] {
  return http
    .filter(({ gateways }) => gateways === undefined || gateways.includes(gateway))
    .flatMap(route => {
      const retryPolicy = retryPolicyOf(context, route.retries);
      return route.prefixes.map(prefix => ({
        match: { prefix },
        cluster: clusterOf(context, route.destination, listenerPort),
        timeoutMs: route.timeoutMs ?? 0,
        ...(retryPolicy && { retryPolicy }),
      }));
    });
}

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
        const host = virtualHostOf(context, service, port, ['*']);
        sniffed.push({
          name: sniffedRoutes(service.hostname, port),
          ...ignoresPort,
          virtualHosts: [host],
        });
      } else if (isHttp(protocol)) {
        const hosts = byPort.get(port) ?? [];
        byPort.set(port, hosts);
        hosts.push(virtualHostOf(context, service, port, domainsOf(context, service, port, scope)));
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

/** Routes the requests to a port of a service: by its VirtualService, or all to its endpoints. */
function virtualHostOf(
  context: PushContext,
  { hostname }: MeshService,
  port: number,
  domains: readonly string[],
): VirtualHost {
  const virtual = virtualServicesFor(context, 'mesh', hosts =>
    hosts.some(host => hostCovers(host, hostname)),
  ).find(({ http }) => http.length > 0);
  const { retryPolicy } = context.behaviour;
  const routes: Route[] = virtual
    ? routesOf(context, virtual.http, 'mesh', port)
    : [{ match: { prefix: '/' }, cluster: outboundName(port, '', hostname), timeoutMs: 0, retryPolicy }];
  return { name: `${hostname}:${port}`, domains, tellsAttempts: true, routes };
}

/** Routes the requests to hosts that the mesh does not know. */
function restOf({ state }: PushContext): VirtualHost {
  const isOpen = state.mesh.outboundTrafficPolicy === 'ALLOW_ANY';
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
            routes: routesOf(context, virtual.http, gateway.key, port),
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
