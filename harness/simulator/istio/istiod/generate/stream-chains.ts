/**
 * The filter chains of a service for bytes that are not HTTP: where the VirtualServices for sidecars lead
 * them, and what of them goes to the service itself (pilot/pkg/networking/core/tls.go @1.31 and @1.8.0,
 * buildSidecarOutboundTLSFilterChainOpts and buildSidecarOutboundTCPFilterChainOpts).
 */

import type { FilterChain, TcpProxy } from '../../xds/resources.ts';
import { hostCovers } from '../mesh/host-names.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { VirtualServiceConfig } from '../model/istio-config.ts';
import { includesLabels } from '../model/label-selector.ts';
import type { ServicePort } from '../model/mesh-model.ts';
import type { StreamMatch } from '../model/stream-route.ts';
import { routeProxy, serviceProxy } from './tcp-proxy-filter.ts';

/** Whose connections they are. */
export interface StreamCaller {
  readonly namespace: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** The port that is called. */
interface StreamTarget extends Pick<ServicePort, 'port' | 'protocol'> {
  readonly hostname: string;
  /** The service has no address of its own: only the name in TLS tells it from others. */
  readonly hasNoAddress?: true;
}

/** Lists the VirtualServices that route connections of sidecars to a host. */
const virtualServicesOf = ({ config }: PushContext, hostname: string): readonly VirtualServiceConfig[] =>
  config.virtualServices.filter(
    ({ gateways, hosts, tls, tcp }) =>
      tls.length + tcp.length > 0 &&
      gateways.includes('mesh') &&
      hosts.some(host => hostCovers(host, hostname) || hostCovers(hostname, host)),
  );

/** Returns the chains, of which one without a match takes what the others do not. */
export function streamChains(
  context: PushContext,
  target: StreamTarget,
  caller: StreamCaller,
): readonly FilterChain[] {
  const virtuals = virtualServicesOf(context, target.hostname);
  return target.protocol === 'tls' || target.protocol === 'https'
    ? tlsChains(context, target, caller, virtuals)
    : tcpChains(context, target, caller, virtuals);
}

/** Of two conditions that ask the same of a connection the first counts. */
function tlsChains(
  context: PushContext,
  { hostname, port, hasNoAddress }: StreamTarget,
  caller: StreamCaller,
  virtuals: readonly VirtualServiceConfig[],
): readonly FilterChain[] {
  const chains = new Map<string, FilterChain>();
  let carried: readonly string[] = [];
  for (const { key, tls } of virtuals)
    for (const { matches, destinations } of tls)
      for (const match of matches) {
        if (!isFor(match, port, caller)) continue;
        const { sniHosts, destinationSubnets: own } = match;
        const subnets = own.length > 0 ? own : carried;
        if (context.behaviour.streams.carriesSubnets) carried = subnets;
        const asked = JSON.stringify([sniHosts, own]);
        if (chains.has(asked)) continue;
        chains.set(asked, chainOf(sniHosts, subnets, routeProxy(context, destinations, { key, port })));
      }
  return chains.size > 0
    ? [...chains.values()]
    : [chainOf(hasNoAddress ? [hostname] : [], [], serviceProxy(context, hostname, port))];
}

/** The first route for any address ends them. */
function tcpChains(
  context: PushContext,
  { hostname, port }: StreamTarget,
  caller: StreamCaller,
  virtuals: readonly VirtualServiceConfig[],
): readonly FilterChain[] {
  const chains: FilterChain[] = [];
  for (const { key, tcp } of virtuals)
    for (const { matches, destinations } of tcp) {
      const own = matches.filter(match => isFor(match, port, caller));
      if (matches.length > 0 && own.length === 0) continue;
      const proxy = routeProxy(context, destinations, { key, port });
      if (own.every(({ destinationSubnets }) => destinationSubnets.length > 0) && own.length > 0)
        chains.push(
          chainOf(
            [],
            own.flatMap(it => it.destinationSubnets),
            proxy,
          ),
        );
      else return [...chains, chainOf([], [], proxy)];
    }
  return [...chains, chainOf([], [], serviceProxy(context, hostname, port))];
}

const isFor = (match: StreamMatch, port: number, { namespace, labels }: StreamCaller): boolean =>
  (match.port === undefined || match.port === 0 || match.port === port) &&
  (!match.gateways || match.gateways.length === 0 || match.gateways.includes('mesh')) &&
  includesLabels(labels, match.sourceLabels) &&
  (match.sourceNamespace === undefined || match.sourceNamespace === namespace);

/** @param subnets - one that begins at 0.0.0.0 is left out, which leaves a chain for any address */
function chainOf(sniHosts: readonly string[], subnets: readonly string[], filter: TcpProxy): FilterChain {
  const names = sniHosts.includes('*') ? [] : [...sniHosts].sort();
  if (names.length === 0 && subnets.length === 0) return { filter };
  const ranges = [...subnets].sort().filter(subnet => !subnet.startsWith('0.0.0.0'));
  return {
    match: {
      ...(ranges.length > 0 && {
        prefixRanges: ranges.map(subnet => (subnet.includes('/') ? subnet : `${subnet}/32`)),
      }),
      ...(names.length > 0 && { serverNames: names }),
    },
    filter,
  };
}
