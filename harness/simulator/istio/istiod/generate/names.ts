/** How istiod names clusters (pilot/pkg/model/service.go, BuildSubsetKey and BuildDNSSrvSubsetKey). */

/** `outbound|5000||helloworld.sample.svc.cluster.local` */
export const outboundName = (port: number, subset: string, hostname: string): string =>
  `outbound|${port}|${subset}|${hostname}`;

/** `outbound_.5000_._.helloworld.sample.svc.cluster.local`: what travels as SNI. */
export const sniName = (port: number, subset: string, hostname: string): string =>
  `outbound_.${port}_.${subset}_.${hostname}`;

export const BLACK_HOLE = 'BlackHoleCluster';
export const PASSTHROUGH = 'PassthroughCluster';
export const INBOUND_PASSTHROUGH = 'InboundPassthroughClusterIpv4';

/** The ALPN values by which sidecars know each other (pilot/pkg/networking/util, ALPNInMesh…). */
export const ALPN_HTTP = ['istio-http/1.1', 'istio', 'http/1.1'] as const;
export const ALPN_H2 = ['istio-h2', 'istio', 'h2'] as const;
export const ALPN_TCP = ['istio-peer-exchange', 'istio'] as const;
/** What a gateway of current lets through by SNI. */
export const ALPN_MESH = [
  'istio',
  'istio-peer-exchange',
  'istio-http/1.0',
  'istio-http/1.1',
  'istio-h2',
] as const;
