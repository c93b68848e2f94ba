/** How istiod names clusters (pilot/pkg/model/service.go, BuildSubsetKey and BuildDNSSrvSubsetKey). */
import type { PushContext } from '../mesh/push-context.ts';

/** Names an outbound cluster: `outbound|5000||helloworld.sample.svc.cluster.local`. */
export const outboundName = (port: number, subset: string, hostname: string): string =>
  `outbound|${port}|${subset}|${hostname}`;

/** Names a cluster as SNI: `outbound_.5000_._.helloworld.sample.svc.cluster.local`. */
export const sniName = (port: number, subset: string, hostname: string): string =>
  `outbound_.${port}_.${subset}_.${hostname}`;

/** Names the routes of a port that may be HTTP: `helloworld.sample.svc.cluster.local:5000`. */
export const sniffedRoutes = (hostname: string, port: number): string => `${hostname}:${port}`;

/** The cluster without endpoints: connections to it are closed. */
export const BLACK_HOLE = 'BlackHoleCluster';
/** The cluster for outbound traffic to what the mesh does not know. */
export const PASSTHROUGH = 'PassthroughCluster';

/** `http.80` in 1.8, `http.8080` in current: the routes of a gateway's port. */
export const gatewayRoutesName = (
  { behaviour }: Pick<PushContext, 'behaviour'>,
  port: number,
  boundPort: number,
): string => `http.${behaviour.gatewayRoutesByBoundPort ? boundPort : port}`;

/** The ALPN values by which sidecars know each other (pilot/pkg/networking/util, ALPNInMesh…). */
export const ALPN_HTTP = ['istio-http/1.1', 'istio', 'http/1.1'] as const;
/** For ports of HTTP/2 and gRPC. */
export const ALPN_H2 = ['istio-h2', 'istio', 'h2'] as const;
/** Plaintext HTTP, as the HTTP inspector names it. */
export const PLAINTEXT_HTTP = ['http/1.1', 'h2c'] as const;
/** For ports of any other protocol. */
export const ALPN_TCP = ['istio-peer-exchange', 'istio'] as const;
/** Of HTTP between sidecars (pilot/pkg/networking/core/listener_inbound.go, mtlsHTTPALPNs @1.30.3). */
export const ALPN_MESH_HTTP = ['istio-http/1.0', 'istio-http/1.1', 'istio-h2'] as const;
/** Of other bytes between sidecars (the same, mtlsTCPALPNs). */
export const ALPN_MESH_TCP = ['istio', 'istio-peer-exchange'] as const;
/** What a gateway of current lets through by SNI. */
export const ALPN_MESH = [
  'istio',
  'istio-peer-exchange',
  'istio-http/1.0',
  'istio-http/1.1',
  'istio-h2',
] as const;
