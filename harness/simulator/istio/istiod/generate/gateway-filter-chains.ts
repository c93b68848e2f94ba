/** The filter chains of one server of a Gateway resource: HTTP, TCP, and TLS that is passed on unopened. */
import type { FilterChain } from '../../xds/resources.ts';
import { commonHost, hostCovers } from '../mesh/host-names.ts';
import { type PushContext, virtualServicesFor, visibleServices } from '../mesh/push-context.ts';
import type { GatewayConfig, GatewayServer, VirtualServiceConfig } from '../model/istio-config.ts';
import type { StreamMatch } from '../model/stream-route.ts';
import { proxiedPorts } from './clusters.ts';
import { ruleFor, subsetsOf } from './destination-policy.ts';
import { ALPN_MESH, BLACK_HOLE, gatewayRoutesName, sniName } from './names.ts';
import { pathOptions } from './path-options.ts';
import { routeProxy, tcpProxy } from './tcp-proxy-filter.ts';

/** A server of a Gateway, and the pod's port behind the one that it names. */
interface OpenServer {
  readonly gateway: GatewayConfig;
  readonly server: GatewayServer;
  readonly boundPort: number;
}

/** @param onUnsupported - hears of the server if it is not simulated; the result is empty then */
export function chainsOf(
  context: PushContext,
  { gateway, server, boundPort }: OpenServer,
  onUnsupported: (what: string) => void,
): FilterChain[] {
  const { port, protocol, tlsMode } = server;
  switch (protocol) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC': {
      const name = gatewayRoutesName(context, port, boundPort);
      const statPrefix = `outbound_0.0.0.0_${port}`;
      return [
        {
          name: `http.${port}`,
          filter: {
            type: 'http_connection_manager',
            rds: name,
            statPrefix,
            paths: pathOptions(context),
            usesRemoteAddress: true,
          },
        },
      ];
    }
    case 'TCP':
      if (tlsMode !== undefined && tlsMode !== 'PASSTHROUGH') break;
      return tcpChains(context, gateway, server);
    case 'TLS':
    case 'HTTPS':
      if (tlsMode === 'AUTO_PASSTHROUGH') return autoPassthroughChains(context, server);
      if (tlsMode === 'PASSTHROUGH') return passthroughChains(context, gateway, server);
      break;
  }
  onUnsupported(
    `Gateway ${gateway.key}: a server of protocol ${protocol} with TLS mode ${tlsMode ?? 'none'} is not simulated`,
  );
  return [];
}

/** Keeps `*.local`; `*` means any name. */
const serverNames = (hosts: readonly string[]): { serverNames?: readonly string[] } =>
  hosts.includes('*') || hosts.length === 0 ? {} : { serverNames: hosts };

function autoPassthroughChains(context: PushContext, { hosts }: GatewayServer): FilterChain[] {
  const statPrefix = BLACK_HOLE;
  if (context.behaviour.autoPassthrough === 'sni-cluster') {
    return [
      {
        match: { transportProtocol: 'tls', ...serverNames(hosts) },
        filter: { type: 'sni_cluster_tcp_proxy', fallbackCluster: BLACK_HOLE, statPrefix },
      },
    ];
  }
  // pilot/pkg/networking/core/gateway.go @1.30.3, builtAutoPassthroughFilterChains: a name outside the mesh
  // has no chain.
  return visibleServices(context)
    .filter(({ external }) => !external?.isOutsideMesh)
    .filter(({ hostname }) => hosts.some(host => hostCovers(host, hostname)))
    .flatMap(service =>
      proxiedPorts(service).flatMap(servicePort =>
        subsetsOf(ruleFor(context, service.hostname)).map(({ name }): FilterChain => {
          const sni = sniName(servicePort.port, name, service.hostname);
          return {
            match: { serverNames: [sni], applicationProtocols: ALPN_MESH },
            filter: tcpProxy(sni),
          };
        }),
      ),
    );
}

/** l4SingleMatch: labels and namespace of callers, and subnets, are not looked at. */
const matchesServer = (match: StreamMatch, gateway: GatewayConfig, { port }: GatewayServer): boolean =>
  (match.port === undefined || match.port === 0 || match.port === port) &&
  (!match.gateways || match.gateways.length === 0 || match.gateways.includes(gateway.key));

function boundServices(
  context: PushContext,
  gateway: GatewayConfig,
  server: GatewayServer,
): readonly VirtualServiceConfig[] {
  return virtualServicesFor(context, gateway.key).filter(virtual => boundHosts(server, virtual).length > 0);
}

/**
 * Lists the hosts that a server and a VirtualService have in common (pkg/config/host/names.go @1.30.3,
 * Intersection), if the server is for the VirtualService's namespace.
 */
export const boundHosts = (
  { bindings }: GatewayServer,
  { namespace, hosts }: VirtualServiceConfig,
): readonly string[] => [
  ...new Set(
    bindings
      .filter(binding => binding.namespace === undefined || binding.namespace === namespace)
      .flatMap(binding => hosts.flatMap(host => commonHost(binding.host, host) ?? [])),
  ),
];

/**
 * Passes TLS on unopened, by the server names in VirtualServices; without one nothing gets through. A chain
 * for any name takes any bytes, where the release does not ask for TLS.
 */
function passthroughChains(
  context: PushContext,
  gateway: GatewayConfig,
  server: GatewayServer,
): FilterChain[] {
  const { passthroughMatch, streams } = context.behaviour;
  const taken = new Set<string>();
  return boundServices(context, gateway, server).flatMap(({ key, tls }) =>
    tls.flatMap(({ matches, destinations }) =>
      matches
        .filter(match => matchesServer(match, gateway, server))
        .flatMap(({ sniHosts }): FilterChain[] => {
          if (streams.skipsDoubleNames && sniHosts.some(name => taken.has(name))) return [];
          for (const name of sniHosts) taken.add(name);
          return [
            {
              match: {
                ...(passthroughMatch === 'tls' && { transportProtocol: 'tls' }),
                ...serverNames(sniHosts),
              },
              filter: routeProxy(context, destinations, { key, port: server.port }),
            },
          ];
        }),
    ),
  );
}

/** Passes any stream of bytes to the first destination that matches. */
function tcpChains(context: PushContext, gateway: GatewayConfig, server: GatewayServer): FilterChain[] {
  for (const { key, tcp } of boundServices(context, gateway, server)) {
    for (const { matches, destinations } of tcp) {
      if (matches.length > 0 && !matches.some(match => matchesServer(match, gateway, server))) continue;
      const filter = routeProxy(context, destinations, { key, port: server.port });
      return [{ name: `tcp.${server.port}`, filter }];
    }
  }
  return [];
}
