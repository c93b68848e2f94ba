/**
 * LDS of a sidecar, inbound: the way to its application
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0).
 */
import type { FilterChain, Listener } from '../../xds/resources.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import { ownServices, type PushContext, peerAuthenticationMode, targetPortOf } from '../mesh/push-context.ts';
import { isHttp } from '../model/mesh-model.ts';
import { inboundNameOf } from './inbound-clusters.ts';
import { ALPN_MESH, BLACK_HOLE, INBOUND_PASSTHROUGH } from './names.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

const INBOUND_PORT = 15006;

/** Returns `virtualInbound`, with and without mTLS as the workload's PeerAuthentication allows. */
export function inboundListener(context: PushContext, proxy: ProxyNode): Listener {
  const mode = peerAuthenticationMode(context, proxy);
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
        : tcpProxy(cluster);
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
      ...withMtls(mode, 'virtualInbound-catchall', undefined, tcpProxy(INBOUND_PASSTHROUGH)),
    ],
  };
}

/**
 * Makes one or two chains of a filter. PERMISSIVE takes mTLS from peers of the mesh, whom it knows by their
 * ALPN, and from others plaintext or the application's own TLS.
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
