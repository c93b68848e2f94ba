/**
 * LDS of a sidecar, outbound: where the connections of its application go
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import {
  addressFor,
  isSniffed,
  outboundModeOf,
  type PushContext,
  visibleServices,
} from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { ALPN_HTTP, BLACK_HOLE, outboundName, PASSTHROUGH, PLAINTEXT_HTTP, sniffedRoutes } from './names.ts';
import { pathOptions } from './path-options.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';
import { WildcardListeners } from './wildcard-listeners.ts';

const OUTBOUND_PORT = 15001;

/** Returns the listeners of any sidecar in a cluster; all sidecars there have the same. */
export function outboundListeners(context: PushContext, clusterId: string): Listener[] {
  const httpPorts = new Set<number>();
  const streams = new Map<string, Listener>();
  const wildcards = new WildcardListeners(context);
  for (const service of visibleServices(context)) {
    for (const { port, protocol, name: portName } of service.ports) {
      if (isHttp(protocol)) httpPorts.add(port);
      else if (protocol !== 'udp') {
        const cluster = outboundName(port, '', service.hostname);
        if (service.external && service.external.addresses.length === 0) {
          wildcards.add(service.hostname, { port, protocol }, cluster);
          continue;
        }
        for (const address of streamAddresses(context, service, portName, clusterId)) {
          const name = `${address}_${port}`;
          // The first service by name wins an address. Only headless services can share one.
          if (streams.has(name)) continue;
          const place = { name, address, port, bindToPort: false };
          streams.set(
            name,
            isSniffed(context, protocol)
              ? sniffedListener(context, place, { rds: sniffedRoutes(service.hostname, port), cluster })
              : { ...place, filterChains: [{ filter: tcpProxy(cluster) }] },
          );
        }
      }
    }
  }
  const rest = outboundModeOf(context) === 'ALLOW_ANY' ? PASSTHROUGH : BLACK_HOLE;
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
    ...wildcards.besides(httpPorts),
  ];
}

type Place = Pick<Listener, 'name' | 'address' | 'port' | 'bindToPort'>;

/**
 * Serves all HTTP services of one port; the route configuration of that name tells them apart.
 * @param rest - the cluster for what is no HTTP, if that is looked at
 */
function httpListener(context: PushContext, port: number, rest: string): Listener {
  const place = { name: `0.0.0.0_${port}`, address: '0.0.0.0', port, bindToPort: false };
  const rds = String(port);
  if (!context.behaviour.sidecar.inspectsHttp)
    return { ...place, filterChains: [{ filter: requestsBy(context, place, rds) }] };
  const listener = sniffedListener(context, place, { rds, cluster: rest });
  return {
    ...listener,
    defaultFilterChain: { name: 'PassthroughFilterChain', filter: tcpProxy(rest) },
  };
}

/**
 * Tells HTTP from other bytes.
 * @param to - the routes of requests, and the cluster of the rest
 */
function sniffedListener(
  context: PushContext,
  place: Place,
  to: { readonly rds: string; readonly cluster: string },
): Listener {
  const match = { transportProtocol: 'raw_buffer', applicationProtocols: PLAINTEXT_HTTP } as const;
  return {
    ...place,
    httpInspector: true,
    filterChains: [{ match, filter: requestsBy(context, place, to.rds) }],
    defaultFilterChain: { filter: tcpProxy(to.cluster) },
  };
}

const requestsBy = (context: PushContext, { address, port }: Place, rds: string): FilterChain['filter'] => ({
  type: 'http_connection_manager',
  rds,
  statPrefix: `outbound_${address}_${port}${context.behaviour.sidecar.inspectsHttp ? ';' : ''}`,
  paths: pathOptions(context),
  ...(context.behaviour.alpnFilter && { alpn: ALPN_HTTP }),
});

/** Returns the addresses of a TCP service: its cluster IP, or each endpoint of a headless one. */
function streamAddresses(
  context: PushContext,
  service: MeshService,
  portName: string,
  clusterId: string,
): string[] {
  if (service.external) return [...service.external.addresses];
  if (!service.isHeadless) {
    const address = addressFor(service, clusterId);
    return address === '' ? [] : [address];
  }
  const endpoints = context.state
    .endpoints(service.hostname)
    .filter(endpoint => endpoint.servicePortName === portName && endpoint.clusterId === clusterId);
  return endpoints.map(({ address }) => address);
}
