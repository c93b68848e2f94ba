/**
 * The wire between istiod and a proxy. The framing is ours; the resources have the shape of Envoy's (v3 API),
 * cut to what the guide needs.
 *
 * Transport: one TLS connection to istiod's port 15012 (or 15010 without TLS), HTTP/1.1.
 * - Discovery: `GET /v3/discovery` with `Connection: Upgrade`, `Upgrade: mesh-harness-xds`, `Authorization:
 *   Bearer <token>` and `ClusterID: <cluster id>`.
 *   istiod answers 101, and from then on both sides send one JSON message a line. The proxy sends a
 *   `DiscoveryRequest` first (with its node),
 *   then one for each response (acknowledging it, or refusing it with `errorDetail`). istiod pushes a
 *   `DiscoveryResponse` whenever something changed.
 *   A refused token gives 401 with a JSON body `{ "message": "authentication failure" }`.
 * - Certificates: `POST /istio.v1.auth.IstioCertificateService/CreateCertificate` with the same two headers
 *   and a `CertificateRequest`;
 *   200 with a `CertificateResponse`, 401 with `{ "message": "request authenticate failure" }`.
 */

export type TypeUrl = 'cluster' | 'endpoint' | 'listener' | 'route';
/** The order in which a push sends them. */
export const PUSH_ORDER: readonly TypeUrl[] = ['cluster', 'endpoint', 'listener', 'route'];

export interface XdsNode {
  /** `sidecar~10.10.0.5~sleep-xyz.sample~sample.svc.cluster.local`, or `router~…`. */
  readonly id: string;
  /**
   * The proxy's environment `ISTIO_META_*` without the prefix: CLUSTER_ID, NETWORK, MESH_ID, ROUTER_MODE,
   * REQUESTED_NETWORK_VIEW, …
   */
  readonly metadata: Readonly<Record<string, string>>;
  /** The pod's labels, which Gateway selectors match. */
  readonly labels: Readonly<Record<string, string>>;
}

export interface DiscoveryRequest {
  readonly type: TypeUrl | 'hello';
  /** With the first request (`hello`). */
  readonly node?: XdsNode;
  /** The version that the proxy runs after this: the response's, or the one before if it was refused. */
  readonly version?: string;
  readonly nonce?: string;
  readonly errorDetail?: { readonly message: string };
}

export interface DiscoveryResponse {
  readonly type: TypeUrl;
  readonly version: string;
  readonly nonce: string;
  /** All resources of the type (state of the world). */
  readonly resources: readonly (Cluster | ClusterLoadAssignment | Listener | RouteConfiguration)[];
}

export interface CertificateRequest {
  /** PEM of a PKCS #10 request. */
  readonly csr: string;
  readonly validityDurationSeconds: number;
}

export interface CertificateResponse {
  /** PEM, leaf first, root last. */
  readonly certChain: readonly string[];
  /**
   * Milliseconds since the epoch on the world's clock: the certificate's real lifetime
   * (`docs/architecture.md`, time).
   */
  readonly notAfterMs: number;
}

// ---- clusters

export interface Cluster {
  /**
   * `outbound|5000||helloworld.sample.svc.cluster.local`,
   * `outbound_.5000_._.helloworld.sample.svc.cluster.local`, `inbound|5000||`, `BlackHoleCluster`,
   * `PassthroughCluster`.
   */
  readonly name: string;
  readonly type: 'EDS' | 'STATIC' | 'ORIGINAL_DST';
  readonly lbPolicy: 'ROUND_ROBIN' | 'LEAST_REQUEST' | 'CLUSTER_PROVIDED';
  readonly connectTimeoutMs: number;
  /** For STATIC. */
  readonly loadAssignment?: ClusterLoadAssignment;
  /** The first match by the endpoint's `tlsMode` metadata decides; `tls` absent is plaintext. */
  readonly transportSocketMatches?: readonly {
    readonly name: string;
    readonly match: { readonly tlsMode?: 'istio' };
    readonly tls?: UpstreamTls;
  }[];
}

export interface UpstreamTls {
  readonly sni: string;
  readonly alpn: readonly string[];
  /** SPIFFE identities that the server may have: `spiffe://cluster.local/ns/sample/sa/default`. */
  readonly matchSubjectAltNames: readonly string[];
  // Certificates come from the agent (SDS), never over this wire.
}

export interface ClusterLoadAssignment {
  readonly clusterName: string;
  readonly endpoints: readonly LbEndpoint[];
}

export interface LbEndpoint {
  readonly address: string;
  readonly port: number;
  /** 1 or more. */
  readonly weight: number;
  readonly tlsMode: 'istio' | 'disabled';
}

// ---- listeners

export interface Listener {
  /** `virtualOutbound`, `virtualInbound`, `0.0.0.0_5000`, `10.255.10.7_15012`, `0.0.0.0_15443`. */
  readonly name: string;
  /** `0.0.0.0`, or the cluster IP that a virtual listener stands for. */
  readonly address: string;
  readonly port: number;
  /** False: not a socket, but where `virtualOutbound` hands connections over to, by original destination. */
  readonly bindToPort: boolean;
  /**
   * Hands over to the listener of the original destination, if there is one, before it looks at its own
   * chains.
   */
  readonly useOriginalDst?: boolean;
  /** Reads SNI and ALPN from the ClientHello before a chain is chosen. */
  readonly tlsInspector?: boolean;
  readonly filterChains: readonly FilterChain[];
}

export interface FilterChain {
  readonly name?: string;
  readonly match?: FilterChainMatch;
  /**
   * Terminates mTLS with the workload's certificate; the client's is demanded and verified against the root.
   */
  readonly downstreamTls?: { readonly alpn: readonly string[] };
  readonly filter: NetworkFilter;
}

/**
 * All that is given must match; the most specific chain wins (port, server name, transport protocol, ALPN, in
 * that order, as in Envoy).
 */
export interface FilterChainMatch {
  readonly destinationPort?: number;
  /** Exact names or suffixes `*.local`. */
  readonly serverNames?: readonly string[];
  readonly transportProtocol?: 'tls' | 'raw_buffer';
  readonly applicationProtocols?: readonly string[];
}

export type NetworkFilter =
  | {
      readonly type: 'http_connection_manager';
      readonly rds?: string;
      readonly routeConfig?: RouteConfiguration;
      readonly statPrefix: string;
    }
  | { readonly type: 'tcp_proxy'; readonly cluster: string; readonly statPrefix: string }
  /** Sets the upstream cluster to the SNI; falls back to `fallbackCluster` if there is no such cluster. */
  | { readonly type: 'sni_cluster_tcp_proxy'; readonly fallbackCluster: string; readonly statPrefix: string };

// ---- routes

export interface RouteConfiguration {
  readonly name: string;
  readonly virtualHosts: readonly VirtualHost[];
}

export interface VirtualHost {
  readonly name: string;
  /** Values of the Host header, with and without port; `*` matches the rest. */
  readonly domains: readonly string[];
  readonly routes: readonly {
    readonly match: { readonly prefix: string };
    readonly cluster: string;
    /** 0: none. */
    readonly timeoutMs: number;
    readonly retryPolicy?: RetryPolicy;
  }[];
}

export type RetryCondition =
  | 'connect-failure'
  | 'connect-timeout'
  | 'refused-stream'
  | 'unavailable'
  | 'cancelled'
  | 'retriable-status-codes';

export interface RetryPolicy {
  /** Attempts after the first. */
  readonly numRetries: number;
  /**
   * `connect-timeout` is apart from `connect-failure`: Envoy 1.16.0 does not retry it (istio/istio#32523).
   */
  readonly retryOn: readonly RetryCondition[];
  readonly retriableStatusCodes: readonly number[];
  /** Picks again, at most this many times, rather than a host that was tried before (previous_hosts). */
  readonly hostSelectionRetryMaxAttempts: number;
}
