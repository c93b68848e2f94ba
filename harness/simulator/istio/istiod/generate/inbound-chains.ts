/**
 * The filter chains of a sidecar's inbound listener: which connections are mTLS, plaintext, HTTP or others
 * (pilot/pkg/networking/core/v1alpha3/listener.go @1.8.0, pilot/pkg/networking/core/listener_inbound.go and
 * filterchain_options.go @1.30.3).
 */
import type { DownstreamTls, FilterChain } from '../../xds/resources.ts';
import type { PushContext, peerAuthenticationMode } from '../mesh/push-context.ts';
import type { Protocol } from '../model/mesh-model.ts';
import type { Authorization } from './authorization.ts';
import { ALPN_MESH, ALPN_MESH_HTTP, ALPN_MESH_TCP, PLAINTEXT_HTTP } from './names.ts';
import { pathOptions } from './path-options.ts';
import { tcpProxy } from './tcp-proxy-filter.ts';

type Mode = ReturnType<typeof peerAuthenticationMode>;
type Filter = FilterChain['filter'];

/** The server's end of mTLS, in 1.8 the same for all chains. */
function downstreamTls({ behaviour, state }: PushContext, filter: Filter): DownstreamTls {
  const { trustDomain, trustDomainAliases, caCertificates } = state.mesh;
  const vouchedFor = caCertificates.flatMap(({ trustDomains }) => trustDomains);
  // pilot/pkg/networking/plugin/authn/util.go, trustDomainsForValidation @1.8.0, 1.30.3
  const domains = new Set([trustDomain, ...trustDomainAliases, ...vouchedFor]);
  const clientPrefixes = [...domains].map(domain => `spiffe://${domain}/`);
  if (behaviour.clusterAlpn === 'of-protocol')
    return { alpn: ['istio-http/1.1', 'istio-peer-exchange', 'istio', 'http/1.1'], clientPrefixes };
  return filter.type === 'http_connection_manager'
    ? { alpn: ['h2', 'http/1.1'], clientPrefixes }
    : { alpn: ['istio-peer-exchange', 'h2', 'http/1.1'], clientPrefixes };
}

/** Where requests go on to. */
interface InboundPort {
  readonly cluster: string;
  readonly statPrefix: string;
  /** The Service's. */
  readonly port: number;
  readonly protocol?: Protocol;
}

/** Streams of gRPC are not retried (route.go @1.30.3, BuildDefaultHTTPInboundRoute). */
const retriesOf = ({ behaviour: { inbound } }: PushContext, protocol: Protocol | undefined) =>
  protocol !== 'grpc' && inbound.retryPolicy && { retryPolicy: inbound.retryPolicy };

/** Passes every request on to one cluster that the workload's policies allow. */
export const httpFilter = (
  context: PushContext,
  { http: rbac }: Authorization,
  { cluster, statPrefix, port, protocol }: InboundPort,
): Filter => ({
  type: 'http_connection_manager',
  statPrefix,
  ...(rbac.length > 0 && { rbac }),
  forwardsClientCertificate: true,
  paths: pathOptions(context),
  routeConfig: {
    name: cluster,
    virtualHosts: [
      {
        name: `inbound|http|${port}`,
        domains: ['*'],
        routes: [
          {
            match: { prefix: '/' },
            cluster,
            timeoutMs: 0,
            ...retriesOf(context, protocol),
          },
        ],
      },
    ],
  },
});

/** Passes every connection on to one cluster that the workload's policies allow. */
export const bytesFilter = ({ tcp: rbac }: Authorization, cluster: string): Filter => ({
  ...tcpProxy(cluster),
  ...(rbac.length > 0 && { rbac }),
});

/** Returns the chains of one port of the application. */
export function portChains(
  context: PushContext,
  mode: Mode,
  { name, target, filter }: { readonly name: string; readonly target: number; readonly filter: Filter },
): FilterChain[] {
  const tls = downstreamTls(context, filter);
  if (!context.behaviour.sidecar.inspectsHttp)
    return withMtls(mode, { name, filter, tls, match: { destinationPort: target } });
  const chain = chainMaker(`0.0.0.0_${target}`, { filter, tls, match: { destinationPort: target } });
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

/**
 * Returns the chains for ports that no Service names.
 * @param port - for one of them alone
 */
export function catchAllChains(
  context: PushContext,
  mode: Mode,
  authorization: Authorization,
  port?: number,
): FilterChain[] {
  const { passthrough } = context.behaviour.inbound;
  const match = port === undefined ? {} : { destinationPort: port };
  const part = (filter: Filter): ChainPart => ({ filter, tls: downstreamTls(context, filter), match });
  if (!context.behaviour.sidecar.inspectsHttp)
    return withMtls(mode, {
      name: 'virtualInbound-catchall',
      ...part(bytesFilter(authorization, passthrough)),
    });
  const to = { cluster: passthrough, statPrefix: `${passthrough};`, port: 0 };
  const requests = part(httpFilter(context, authorization, to));
  return sniffedChains(mode, {
    http: chainMaker('virtualInbound-catchall-http', requests),
    bytes: chainMaker('virtualInbound', part(bytesFilter(authorization, passthrough))),
  });
}

/** The filters of a port of the application that may be HTTP. */
interface SniffedPort {
  readonly target: number;
  readonly http: Filter;
  readonly bytes: Filter;
}

/** Returns the chains of one port of the application whose protocol is found out. */
export function sniffedPortChains(
  context: PushContext,
  mode: Mode,
  { target, http, bytes }: SniffedPort,
): FilterChain[] {
  const maker = (filter: Filter) =>
    chainMaker(`0.0.0.0_${target}`, {
      filter,
      tls: downstreamTls(context, filter),
      match: { destinationPort: target },
    });
  return sniffedChains(mode, { http: maker(http), bytes: maker(bytes) });
}

/** Returns a chain for each kind of connection: HTTP and other bytes, mTLS and not. */
function sniffedChains(mode: Mode, { http, bytes }: Record<'http' | 'bytes', ChainMaker>): FilterChain[] {
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

type ChainMaker = ReturnType<typeof chainMaker>;

/** Returns a function to a chain of this filter for each kind of connection. */
const chainMaker =
  (name: string, { filter, tls, match: port }: ChainPart) =>
  (match: NonNullable<FilterChain['match']>, isMutual: boolean): FilterChain => ({
    name,
    match: { ...port, ...match },
    ...(isMutual && { downstreamTls: tls }),
    filter,
  });

/** What the chains of one filter have in common. */
interface ChainPart {
  readonly filter: Filter;
  readonly tls: DownstreamTls;
  readonly match: { readonly destinationPort?: number };
}

/**
 * Makes one or two chains of a filter, as 1.8 does. PERMISSIVE takes mTLS from peers of the mesh, whom it
 * knows by their ALPN, and from others plaintext or the application's own TLS.
 */
function withMtls(
  mode: Mode,
  { name, filter, tls, match: port }: ChainPart & { readonly name: string },
): FilterChain[] {
  const mutual: FilterChain = {
    name: `${name}-mtls`,
    match:
      mode === 'STRICT'
        ? { ...port, transportProtocol: 'tls' }
        : { ...port, transportProtocol: 'tls', applicationProtocols: ALPN_MESH },
    downstreamTls: tls,
    filter,
  };
  const plain: FilterChain = { name, ...(port.destinationPort !== undefined && { match: port }), filter };
  return mode === 'STRICT' ? [mutual] : mode === 'DISABLE' ? [plain] : [mutual, plain];
}
