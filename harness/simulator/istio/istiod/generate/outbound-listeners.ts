/**
 * LDS of a sidecar: what it does with its application's outbound and inbound connections
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import {
  addressFor,
  ownServices,
  type PushContext,
  peerAuthenticationMode,
  targetPortOf,
  visibleServices,
} from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { inboundNameOf } from './clusters.ts';
import { ALPN_MESH, BLACK_HOLE, INBOUND_PASSTHROUGH, outboundName, PASSTHROUGH } from './names.ts';

const OUTBOUND_PORT = 15001;
const INBOUND_PORT = 15006;

const tcp = (cluster: string) => ({ type: 'tcp_proxy', cluster, statPrefix: cluster }) as const;

/** The same for all sidecars of a cluster. */
export function outboundListeners(context: PushContext, clusterId: string): Listener[] {
  const httpPorts = new Set<number>();
  const streams = new Map<string, Listener>();
  for (const service of visibleServices(context)) {
    for (const { port, protocol, name: portName } of service.ports) {
      if (isHttp(protocol)) httpPorts.add(port);
      else if (protocol !== 'udp') {
        const cluster = outboundName(port, '', service.hostname);
        for (const address of streamAddresses(context, service.hostname, portName, clusterId)) {
          const name = `${address}_${port}`;
          // The first service by name wins an address; two can only meet on one that is headless.
          if (streams.has(name)) continue;
          streams.set(name, {
            name,
            address,
            port,
            bindToPort: false,
            filterChains: [{ filter: tcp(cluster) }],
          });
        }
      }
    }
  }
  const http = [...httpPorts]
    .sort((a, b) => a - b)
    .map(
      (port): Listener => ({
        name: `0.0.0.0_${port}`,
        address: '0.0.0.0',
        port,
        bindToPort: false,
        filterChains: [
          {
            filter: {
              type: 'http_connection_manager',
              rds: String(port),
              statPrefix: `outbound_0.0.0.0_${port}`,
            },
          },
        ],
      }),
    );
  const rest = context.state.mesh.outboundTrafficPolicy === 'ALLOW_ANY' ? PASSTHROUGH : BLACK_HOLE;
  return [
    {
      name: 'virtualOutbound',
      address: '0.0.0.0',
      port: OUTBOUND_PORT,
      bindToPort: true,
      useOriginalDst: true,
      filterChains: [
        { name: 'virtualOutbound-trap', match: { destinationPort: OUTBOUND_PORT }, filter: tcp(BLACK_HOLE) },
        { name: 'virtualOutbound-catchall-tcp', filter: tcp(rest) },
      ],
    },
    ...http,
    ...streams.values(),
  ];
}

/** Where connections to a TCP service go: its cluster IP, or each endpoint of a headless one. */
function streamAddresses(
  context: PushContext,
  hostname: string,
  portName: string,
  clusterId: string,
): string[] {
  const service = context.state.service(hostname);
  if (!service) return [];
  if (!service.isHeadless) {
    const address = addressFor(service, clusterId);
    return address === '' ? [] : [address];
  }
  const endpoints = context.state
    .endpoints(hostname)
    .filter(endpoint => endpoint.servicePortName === portName && endpoint.clusterId === clusterId);
  return endpoints.map(({ address }) => address);
}

/** The way in, with and without mTLS as the workload's policy allows. */
export function inboundListener(context: PushContext, proxy: ProxyNode): Listener {
  const mode = peerAuthenticationMode(context, proxy);
  const chains: FilterChain[] = [
    { name: 'virtualInbound-blackhole', match: { destinationPort: INBOUND_PORT }, filter: tcp(BLACK_HOLE) },
  ];
  const ports = new Set<number>();
  for (const service of ownServices(context, proxy)) {
    for (const port of service.ports) {
      const target = targetPortOf(context, proxy, port);
      if (target === undefined || port.protocol === 'udp' || ports.has(target)) continue;
      ports.add(target);
      const cluster = inboundNameOf(context, port, target, service.hostname);
      const filter: FilterChain['filter'] = isHttp(port.protocol)
        ? {
            type: 'http_connection_manager',
            statPrefix: `inbound_${proxy.address}_${target}`,
            routeConfig: {
              name: cluster,
              virtualHosts: [
                {
                  name: `inbound|http|${port.port}`,
                  domains: ['*'],
                  routes: [{ match: { prefix: '/' }, cluster, timeoutMs: 0 }],
                },
              ],
            },
          }
        : tcp(cluster);
      chains.push(...withMtls(mode, `${proxy.address}_${target}`, target, filter));
    }
  }
  return {
    name: 'virtualInbound',
    address: '0.0.0.0',
    port: INBOUND_PORT,
    bindToPort: true,
    tlsInspector: true,
    filterChains: [
      ...chains,
      ...withMtls(mode, 'virtualInbound-catchall', undefined, tcp(INBOUND_PASSTHROUGH)),
    ],
  };
}

/**
 * PERMISSIVE: mTLS from peers of the mesh, whom their ALPN tells, and plaintext or the application's own TLS
 * from others.
 */
function withMtls(
  mode: ReturnType<typeof peerAuthenticationMode>,
  name: string,
  destinationPort: number | undefined,
  filter: FilterChain['filter'],
): FilterChain[] {
  const port = destinationPort === undefined ? {} : { destinationPort };
  const mutual: FilterChain = {
    name: `${name}-mtls`,
    match:
      mode === 'STRICT'
        ? { ...port, transportProtocol: 'tls' }
        : { ...port, transportProtocol: 'tls', applicationProtocols: ALPN_MESH },
    downstreamTls: { alpn: ['istio-http/1.1', 'istio-peer-exchange', 'istio', 'http/1.1'] },
    filter,
  };
  const plain: FilterChain = { name, ...(destinationPort !== undefined && { match: port }), filter };
  return mode === 'STRICT' ? [mutual] : mode === 'DISABLE' ? [plain] : [mutual, plain];
}
