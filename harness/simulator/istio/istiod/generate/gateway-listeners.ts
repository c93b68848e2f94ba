/**
 * LDS of a gateway: the ports that Gateway resources open on it
 * (pilot/pkg/networking/core/v1alpha3/gateway.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import {
  gatewaysOf,
  hostCovers,
  ownServices,
  type PushContext,
  targetPortOf,
  virtualServicesFor,
  visibleServices,
} from '../mesh/push-context.ts';
import type {
  Destination,
  GatewayConfig,
  GatewayServer,
  StreamRouteConfig,
  VirtualServiceConfig,
} from '../model/istio-config.ts';
import { proxiedPorts, ruleFor, subsetsOf } from './clusters.ts';
import { ALPN_MESH, BLACK_HOLE, outboundName, sniName } from './names.ts';

interface OpenPort {
  readonly port: number;
  readonly chains: FilterChain[];
  tlsInspector: boolean;
}

/** @param onUnsupported - told of each server that is passed over, and why */
export function gatewayListeners(
  context: PushContext,
  proxy: ProxyNode,
  onUnsupported: (what: string) => void = () => {},
): Listener[] {
  const ports = new Map<number, OpenPort>();
  for (const gateway of gatewaysOf(context, proxy)) {
    for (const server of gateway.servers) {
      const chains = chainsOf(context, gateway, server, onUnsupported);
      if (chains.length === 0) continue;
      const open = ports.get(server.port) ?? { port: server.port, chains: [], tlsInspector: false };
      ports.set(server.port, open);
      for (const chain of chains) {
        // Two servers may ask for the same HTTP port; their hosts are in the routes.
        const isKnown = open.chains.some(({ name }) => name !== undefined && name === chain.name);
        if (!isKnown) open.chains.push(chain);
      }
      open.tlsInspector ||= server.tlsMode !== undefined;
    }
  }
  return [...ports.keys()]
    .sort((a, b) => a - b)
    .map(port => {
      const { chains, tlsInspector } = ports.get(port) as OpenPort; // keys of this very map
      const bound = boundPort(context, proxy, port);
      return {
        name: `0.0.0.0_${bound}`,
        address: '0.0.0.0',
        port: bound,
        bindToPort: true,
        ...(tlsInspector && { tlsInspector }),
        filterChains: chains,
      };
    });
}

/** A Gateway names the Service's port; the pod listens on the port behind it (80 → 8080). */
function boundPort(context: PushContext, proxy: ProxyNode, port: number): number {
  for (const service of ownServices(context, proxy)) {
    const found = service.ports.find(candidate => candidate.port === port);
    if (found) return targetPortOf(context, proxy, found) ?? port;
  }
  return port;
}

function chainsOf(
  context: PushContext,
  gateway: GatewayConfig,
  server: GatewayServer,
  onUnsupported: (what: string) => void,
): FilterChain[] {
  const { port, protocol, tlsMode } = server;
  switch (protocol) {
    case 'HTTP':
    case 'HTTP2':
    case 'GRPC': {
      const statPrefix = `outbound_0.0.0.0_${port}`;
      return [
        {
          name: `http.${port}`,
          filter: { type: 'http_connection_manager', rds: `http.${port}`, statPrefix },
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

/** `*.local` stays, `*` means any name. */
const serverNames = (hosts: readonly string[]): { serverNames?: readonly string[] } =>
  hosts.includes('*') || hosts.length === 0 ? {} : { serverNames: hosts };

function autoPassthroughChains(context: PushContext, { port, hosts }: GatewayServer): FilterChain[] {
  const statPrefix = BLACK_HOLE;
  if (context.behaviour.autoPassthrough === 'sni-cluster') {
    return [
      {
        match: { transportProtocol: 'tls', ...serverNames(hosts) },
        filter: { type: 'sni_cluster_tcp_proxy', fallbackCluster: BLACK_HOLE, statPrefix },
      },
    ];
  }
  // pilot/pkg/networking/core/gateway.go @1.30.3, builtAutoPassthroughFilterChains: what is not of the mesh
  // finds no chain.
  return visibleServices(context)
    .filter(({ hostname }) => hosts.some(host => hostCovers(host, hostname)))
    .flatMap(service =>
      proxiedPorts(service).flatMap(servicePort =>
        subsetsOf(ruleFor(context, service.hostname)).map(({ name }): FilterChain => {
          const sni = sniName(servicePort.port, name, service.hostname);
          return {
            name: `${sni}_${port}`,
            match: { transportProtocol: 'tls', serverNames: [sni], applicationProtocols: ALPN_MESH },
            filter: { type: 'tcp_proxy', cluster: sni, statPrefix: sni },
          };
        }),
      ),
    );
}

function streamTarget(
  context: PushContext,
  { host, port, subset }: Destination,
  listenerPort: number,
): string {
  const ports = context.state.service(host)?.ports ?? [];
  return outboundName(
    port ?? (ports.length === 1 ? ports[0]?.port : undefined) ?? listenerPort,
    subset ?? '',
    host,
  );
}

const matchesServer = (
  match: StreamRouteConfig['matches'][number],
  gateway: GatewayConfig,
  { port }: GatewayServer,
): boolean =>
  (match.port === undefined || match.port === port) &&
  (match.gateways === undefined || match.gateways.includes(gateway.key));

function boundServices(
  context: PushContext,
  gateway: GatewayConfig,
  { hosts }: GatewayServer,
): readonly VirtualServiceConfig[] {
  return virtualServicesFor(context, gateway.key, named =>
    named.some(name => hosts.some(host => hostCovers(host, name))),
  );
}

/**
 * TLS that is passed on unopened, where a VirtualService says by which name; without one there is no way
 * through.
 */
function passthroughChains(
  context: PushContext,
  gateway: GatewayConfig,
  server: GatewayServer,
): FilterChain[] {
  return boundServices(context, gateway, server).flatMap(({ tls }) =>
    tls.flatMap(({ matches, destination }) =>
      matches
        .filter(match => matchesServer(match, gateway, server))
        .map(({ sniHosts }): FilterChain => {
          const cluster = streamTarget(context, destination, server.port);
          return {
            match: { transportProtocol: 'tls', ...serverNames(sniHosts) },
            filter: { type: 'tcp_proxy', cluster, statPrefix: cluster },
          };
        }),
    ),
  );
}

/** Any stream of bytes, to the first destination that matches. */
function tcpChains(context: PushContext, gateway: GatewayConfig, server: GatewayServer): FilterChain[] {
  for (const { tcp } of boundServices(context, gateway, server)) {
    for (const { matches, destination } of tcp) {
      if (!matches.some(match => matchesServer(match, gateway, server))) continue;
      const cluster = streamTarget(context, destination, server.port);
      return [{ name: `tcp.${server.port}`, filter: { type: 'tcp_proxy', cluster, statPrefix: cluster } }];
    }
  }
  return [];
}
