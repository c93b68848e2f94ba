/** The filter that passes a stream of bytes on to a cluster, or to several by weight. */
import type { TcpProxy } from '../../xds/resources.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type { Destination } from '../model/destination.ts';
import type { StreamDestination } from '../model/stream-route.ts';
import { ruleFor } from './destination-policy.ts';
import { outboundName } from './names.ts';

/** @param cluster - names the statistics too */
export const tcpProxy = (cluster: string) => ({ type: 'tcp_proxy', cluster, statPrefix: cluster }) as const;

/** Leads to a port of a service, where no VirtualService says otherwise. */
export const serviceProxy = (context: PushContext, host: string, port: number): TcpProxy => ({
  ...tcpProxy(outboundName(port, '', host)),
  ...hashing(context, { host, port, subset: undefined }),
});

/**
 * Leads where a route of a VirtualService does (pilot/pkg/networking/core/networkfilter.go @1.31,
 * buildOutboundNetworkFilters; @1.8.0 without hashes).
 * @param from - the VirtualService's key, and the port of the listener
 */
export function routeProxy(
  context: PushContext,
  destinations: readonly StreamDestination[],
  from: { readonly key: string; readonly port: number },
): TcpProxy {
  const [first, ...others] = destinations;
  if (first && others.length === 0)
    return {
      ...tcpProxy(clusterOf(context, first.destination, from.port)),
      ...hashing(context, first.destination),
    };
  const [namespace = '', name = ''] = from.key.split('/');
  return {
    type: 'tcp_proxy',
    statPrefix: `${name}.${namespace}`,
    weightedClusters: destinations
      .filter(({ weight }) => weight > 0)
      .map(({ destination, weight }) => ({ cluster: clusterOf(context, destination, from.port), weight })),
    ...(first && hashing(context, { ...first.destination, subset: undefined })),
  };
}

/** Without a port in the destination it is the only one that the service has, or else the listener's. */
function clusterOf(context: PushContext, { host, port, subset }: Destination, listenerPort: number): string {
  const ports = context.state.service(host)?.ports ?? [];
  const only = ports.length === 1 ? ports[0]?.port : undefined;
  return outboundName(port ?? only ?? listenerPort, subset ?? '', host);
}

/** maybeSetHashPolicy: a balancer of the subset's own wins; what rules say of ports is not looked at. */
function hashing(context: PushContext, { host, subset }: Destination): { readonly hashesSource?: true } {
  if (!context.behaviour.streams.hashesSource || !context.state.service(host)) return {};
  const rule = ruleFor(context, host);
  const own = rule?.subsets.find(({ name }) => name === (subset ?? ''))?.policy?.loadBalancer;
  const hash = (own ?? rule?.policy.loadBalancer)?.hash?.policy;
  return hash && 'sourceIp' in hash ? { hashesSource: true } : {};
}
