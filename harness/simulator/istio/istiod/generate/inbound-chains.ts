/**
 * The filter chains of a sidecar's inbound listener: which connections are mTLS, plaintext, HTTP or others
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0, pilot/pkg/networking/core/listener_inbound.go and
 * filterchain_options.go @1.30.3).
 */
import type { FilterChain } from '../../xds/resources.ts';
import type { PushContext, peerAuthenticationMode } from '../mesh/push-context.ts';
import { ALPN_MESH, ALPN_MESH_HTTP, ALPN_MESH_TCP, PLAINTEXT_HTTP } from './names.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

type Mode = ReturnType<typeof peerAuthenticationMode>;
type Filter = FilterChain['filter'];

const DOWNSTREAM_TLS = { alpn: ['istio-http/1.1', 'istio-peer-exchange', 'istio', 'http/1.1'] };

/** Passes every request on to one cluster. */
export const httpFilter = (cluster: string, statPrefix: string, port: number): Filter => ({
  type: 'http_connection_manager',
  statPrefix,
  forwardsClientCertificate: true,
  routeConfig: {
    name: cluster,
    virtualHosts: [
      {
        name: `inbound|http|${port}`,
        domains: ['*'],
        routes: [{ match: { prefix: '/' }, cluster, timeoutMs: 0 }],
      },
    ],
  },
});

/** Returns the chains of one port of the application. */
export function portChains(
  { behaviour }: PushContext,
  mode: Mode,
  { name, target, filter }: { readonly name: string; readonly target: number; readonly filter: Filter },
): FilterChain[] {
  if (!behaviour.sidecar.inspectsHttp) return withMtls(mode, name, target, filter);
  const chain = chainMaker(`0.0.0.0_${target}`, filter, { destinationPort: target });
  if (mode === 'STRICT') return [chain({ transportProtocol: 'tls' }, true)];
  if (mode === 'DISABLE') return [chain({}, false)];
  const permissive = [
    chain({ transportProtocol: 'tls', applicationProtocols: ALPN_MESH }, true),
    chain({ transportProtocol: 'raw_buffer' }, false),
  ];
  // The application's own TLS is passed on as bytes, to a port that is not said to be HTTP.
  if (filter.type === 'http_connection_manager') return permissive;
  return [...permissive, chain({ transportProtocol: 'tls' }, false)];
}

/** Returns the chains for ports that no Service names. */
export function catchAllChains({ behaviour }: PushContext, mode: Mode): FilterChain[] {
  const { passthrough } = behaviour.inbound;
  if (!behaviour.sidecar.inspectsHttp)
    return withMtls(mode, 'virtualInbound-catchall', undefined, tcpProxy(passthrough));
  const http = chainMaker('virtualInbound-catchall-http', httpFilter(passthrough, passthrough, 0));
  const bytes = chainMaker('virtualInbound', tcpProxy(passthrough));
  const mutualHttp = http({ transportProtocol: 'tls', applicationProtocols: ALPN_MESH_HTTP }, true);
  const plainHttp = http({ transportProtocol: 'raw_buffer', applicationProtocols: PLAINTEXT_HTTP }, false);
  switch (mode) {
    case 'STRICT':
      return [mutualHttp, bytes({ transportProtocol: 'tls' }, true)];
    case 'DISABLE':
      return [plainHttp, bytes({}, false)];
    default:
      return [
        mutualHttp,
        plainHttp,
        bytes({ transportProtocol: 'tls', applicationProtocols: ALPN_MESH_TCP }, true),
        bytes({ transportProtocol: 'raw_buffer' }, false),
        bytes({ transportProtocol: 'tls' }, false),
      ];
  }
}

/** Returns a function to a chain of this filter for each kind of connection. */
const chainMaker =
  (name: string, filter: Filter, port: { readonly destinationPort?: number } = {}) =>
  (match: NonNullable<FilterChain['match']>, isMutual: boolean): FilterChain => ({
    name,
    match: { ...port, ...match },
    ...(isMutual && { downstreamTls: DOWNSTREAM_TLS }),
    filter,
  });

/**
 * Makes one or two chains of a filter, as 1.8 does. PERMISSIVE takes mTLS from peers of the mesh, whom it
 * knows by their ALPN, and from others plaintext or the application's own TLS.
 */
function withMtls(
  mode: Mode,
  name: string,
  destinationPort: number | undefined,
  filter: Filter,
): FilterChain[] {
  const port = destinationPort === undefined ? {} : { destinationPort };
  const mutual: FilterChain = {
    name: `${name}-mtls`,
    match:
      mode === 'STRICT'
        ? { ...port, transportProtocol: 'tls' }
        : { ...port, transportProtocol: 'tls', applicationProtocols: ALPN_MESH },
    downstreamTls: DOWNSTREAM_TLS,
    filter,
  };
  const plain: FilterChain = { name, ...(destinationPort !== undefined && { match: port }), filter };
  return mode === 'STRICT' ? [mutual] : mode === 'DISABLE' ? [plain] : [mutual, plain];
}
