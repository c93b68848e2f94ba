/**
 * LDS of a sidecar, inbound: the way to its application
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import {
  isSniffed,
  ownServices,
  type PushContext,
  peerAuthenticationMode,
  peerAuthenticationPorts,
  targetPortOf,
} from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { type Authorization, authorizationOf } from './authorization.ts';
import { bytesFilter, catchAllChains, httpFilter, portChains, sniffedPortChains } from './inbound-chains.ts';
import { inboundNameOf } from './inbound-clusters.ts';
import { BLACK_HOLE } from './names.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

const INBOUND_PORT = 15006;

const statPrefixOf = ({ behaviour }: PushContext, { address }: ProxyNode, target: number): string =>
  behaviour.sidecar.inspectsHttp ? `inbound_0.0.0.0_${target};` : `inbound_${address}_${target}`;

/** Returns `virtualInbound`, with and without mTLS as the workload's PeerAuthentication allows. */
export function inboundListener(context: PushContext, proxy: ProxyNode): Listener {
  const authorization = authorizationOf(context, proxy);
  const chains: FilterChain[] = [
    {
      name: 'virtualInbound-blackhole',
      match: { destinationPort: INBOUND_PORT },
      filter: tcpProxy(BLACK_HOLE),
    },
  ];
  const ports = new Set<number>();
  for (const service of ownServices(context, proxy)) {
    for (const port of service.ports) {
      const target = targetPortOf(context, proxy, port);
      if (target === undefined || port.protocol === 'udp' || ports.has(target)) continue;
      ports.add(target);
      const cluster = inboundNameOf(context, port, target, service.hostname);
      const statPrefix = statPrefixOf(context, proxy, target);
      const http = httpFilter(context, authorization, {
        cluster,
        statPrefix,
        port: port.port,
        protocol: port.protocol,
      });
      const bytes = bytesFilter(authorization, cluster);
      const mode = peerAuthenticationMode(context, proxy, target);
      if (isSniffed(context, port.protocol)) {
        chains.push(...sniffedPortChains(context, mode, { target, http, bytes }));
        continue;
      }
      const filter = isHttp(port.protocol) ? http : bytes;
      chains.push(...portChains(context, mode, { name: `${proxy.address}_${target}`, target, filter }));
    }
  }
  return {
    name: 'virtualInbound',
    address: '0.0.0.0',
    port: INBOUND_PORT,
    bindToPort: true,
    tlsInspector: true,
    ...(context.behaviour.sidecar.inspectsHttp && { httpInspector: true }),
    filterChains: [...chains, ...restChains(context, proxy, { authorization, ports })],
  };
}

/** Returns the chains for ports that no Service names: of all, and of those that a policy names. */
function restChains(
  context: PushContext,
  proxy: ProxyNode,
  { authorization, ports }: { readonly authorization: Authorization; readonly ports: ReadonlySet<number> },
): FilterChain[] {
  const named = peerAuthenticationPorts(context, proxy).filter(port => !ports.has(port));
  return [undefined, ...named].flatMap(port =>
    catchAllChains(context, peerAuthenticationMode(context, proxy, port), authorization, port),
  );
}
