/**
 * LDS of a sidecar, outbound: where the connections of its application go
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { MeshService } from '../mesh/mesh-service.ts';
import { addressFor, isSniffed, type PushContext, visibleServices } from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { ALPN_HTTP, BLACK_HOLE, PLAINTEXT_HTTP, sniffedRoutes } from './names.ts';
import { mergedChains, outboundListener, type Place, placeOf, restOf } from './outbound-listener.ts';
import { pathOptions } from './path-options.ts';
import { type StreamCaller, streamChains } from './stream-chains.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

const OUTBOUND_PORT = 15001;
const ANY_ADDRESS = '0.0.0.0';

/** Whose listeners they are; only VirtualServices that ask for callers look at more than the cluster. */
interface OutboundCaller extends StreamCaller {
  readonly clusterId: string;
}

/** Returns the listeners of a sidecar for what its application calls. */
export function outboundListeners(context: PushContext, caller: OutboundCaller): Listener[] {
  const httpPorts = new Set<number>();
  const streams = new Map<string, { readonly place: Place; readonly chains: readonly FilterChain[] }>();
  for (const service of visibleServices(context)) {
    const { hostname, external } = service;
    for (const { port, protocol, name: portName } of service.ports) {
      if (isHttp(protocol)) httpPorts.add(port);
      else if (protocol !== 'udp') {
        const hasNoAddress = isAnywhere(service) && ({ hasNoAddress: true } as const);
        const own = streamChains(context, { hostname, port, protocol, ...hasNoAddress }, caller);
        const addresses = hasNoAddress ? [ANY_ADDRESS] : streamAddresses(context, service, portName, caller);
        // Of chains for all, the first service by name wins an address.
        const add = (place: Place, chains: readonly FilterChain[]): void => {
          const before = streams.get(place.name)?.chains ?? [];
          streams.set(place.name, { place, chains: mergedChains(before, chains) });
        };
        for (const address of addresses) {
          const place = placeOf(address, port);
          const sniffed =
            !hasNoAddress && isSniffed(context, protocol)
              ? [httpChain(context, place, sniffedRoutes(hostname, port))]
              : [];
          add(place, [...own, ...sniffed]);
        }
        for (const range of external?.ranges ?? []) add(placeOf(ANY_ADDRESS, port), within(range, own));
      }
    }
  }
  const chainsAt = (port: number) => streams.get(placeOf(ANY_ADDRESS, port).name)?.chains ?? [];
  return [
    virtualOutbound(context),
    ...[...httpPorts].sort((a, b) => a - b).map(port => httpListener(context, port, chainsAt(port))),
    ...[...streams.values()]
      .filter(({ place }) => place.address !== ANY_ADDRESS || !httpPorts.has(place.port))
      .map(({ place, chains }) => outboundListener(context, place, chains)),
  ];
}

/** Whether a service outside of the mesh may be at any address. */
const isAnywhere = ({ external }: MeshService): boolean =>
  external !== undefined && external.addresses.length + external.ranges.length === 0;

/** Limits chains to what goes to a range of addresses. */
const within = (range: string, chains: readonly FilterChain[]): readonly FilterChain[] =>
  chains.map(chain => ({ ...chain, match: { ...chain.match, prefixRanges: [range] } }));

/** Takes all, and hands over to the others. */
const virtualOutbound = (context: PushContext): Listener => ({
  name: 'virtualOutbound',
  address: ANY_ADDRESS,
  port: OUTBOUND_PORT,
  bindToPort: true,
  useOriginalDst: true,
  filterChains: [
    {
      name: context.behaviour.sidecar.outboundTrap,
      match: { destinationPort: OUTBOUND_PORT },
      filter: tcpProxy(BLACK_HOLE),
    },
    { name: 'virtualOutbound-catchall-tcp', filter: tcpProxy(restOf(context)) },
  ],
});

/**
 * Serves all HTTP services of one port; the route configuration of that name tells them apart.
 * @param others - chains of services without an address that have the port too; in 1.8 HTTP has it alone
 */
function httpListener(context: PushContext, port: number, others: readonly FilterChain[]): Listener {
  const place = placeOf(ANY_ADDRESS, port);
  const rds = String(port);
  return context.behaviour.sidecar.inspectsHttp
    ? outboundListener(context, place, mergedChains([httpChain(context, place, rds)], others))
    : { ...place, filterChains: [{ filter: requestsBy(context, place, rds) }] };
}

/** For what the first bytes show to be HTTP. */
const httpChain = (context: PushContext, place: Place, rds: string): FilterChain => ({
  match: { transportProtocol: 'raw_buffer', applicationProtocols: PLAINTEXT_HTTP },
  filter: requestsBy(context, place, rds),
});

const requestsBy = (context: PushContext, { address, port }: Place, rds: string): FilterChain['filter'] => ({
  type: 'http_connection_manager',
  rds,
  statPrefix: `outbound_${address}_${port}${context.behaviour.sidecar.inspectsHttp ? ';' : ''}`,
  paths: pathOptions(context),
  ...(context.behaviour.alpnFilter && { alpn: ALPN_HTTP }),
});

/** Returns the addresses of a TCP service: its cluster IP, or each endpoint of a headless one, anywhere. */
function streamAddresses(
  context: PushContext,
  service: MeshService,
  portName: string,
  { clusterId }: OutboundCaller,
): readonly string[] {
  if (service.external) return service.external.addresses;
  if (!service.isHeadless) {
    const address = addressFor(service, clusterId);
    return address === '' ? [] : [address];
  }
  return context.state
    .endpoints(service.hostname)
    .filter(endpoint => endpoint.servicePortName === portName)
    .map(({ address }) => address);
}
