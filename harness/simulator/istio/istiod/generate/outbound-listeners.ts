/**
 * LDS of a sidecar, outbound: where the connections of its application go
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import { addressFor, type PushContext, visibleServices } from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { ALPN_HTTP, BLACK_HOLE, outboundName, PASSTHROUGH, PLAINTEXT_HTTP } from './names.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

const OUTBOUND_PORT = 15001;

/** Returns the listeners of any sidecar in a cluster; all sidecars there have the same. */
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
          // The first service by name wins an address. Only headless services can share one.
          if (streams.has(name)) continue;
          streams.set(name, {
            name,
            address,
            port,
            bindToPort: false,
            filterChains: [{ filter: tcpProxy(cluster) }],
          });
        }
      }
    }
  }
  const rest = context.state.mesh.outboundTrafficPolicy === 'ALLOW_ANY' ? PASSTHROUGH : BLACK_HOLE;
  return [
    {
      name: 'virtualOutbound',
      address: '0.0.0.0',
      port: OUTBOUND_PORT,
      bindToPort: true,
      useOriginalDst: true,
      filterChains: [
        {
          name: context.behaviour.sidecar.outboundTrap,
          match: { destinationPort: OUTBOUND_PORT },
          filter: tcpProxy(BLACK_HOLE),
        },
        { name: 'virtualOutbound-catchall-tcp', filter: tcpProxy(rest) },
      ],
    },
    ...[...httpPorts].sort((a, b) => a - b).map(port => httpListener(context, port, rest)),
    ...streams.values(),
  ];
}

/**
 * Serves all HTTP services of one port; the route configuration of that name tells them apart.
 * @param rest - the cluster for what is no HTTP, if that is looked at
 */
function httpListener({ behaviour }: PushContext, port: number, rest: string): Listener {
  const { inspectsHttp } = behaviour.sidecar;
  const filter: FilterChain['filter'] = {
    type: 'http_connection_manager',
    rds: String(port),
    statPrefix: `outbound_0.0.0.0_${port}${inspectsHttp ? ';' : ''}`,
    ...(behaviour.alpnFilter && { alpn: ALPN_HTTP }),
  };
  const common = { name: `0.0.0.0_${port}`, address: '0.0.0.0', port, bindToPort: false };
  if (!inspectsHttp) return { ...common, filterChains: [{ filter }] };
  return {
    ...common,
    httpInspector: true,
    filterChains: [
      { match: { transportProtocol: 'raw_buffer', applicationProtocols: PLAINTEXT_HTTP }, filter },
    ],
    defaultFilterChain: { name: 'PassthroughFilterChain', filter: tcpProxy(rest) },
  };
}

/** Returns the addresses of a TCP service: its cluster IP, or each endpoint of a headless one. */
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
