/**
 * What istiod says and a proxy runs: Envoy's resources (v3 API), cut to what the guide needs. How they travel
 * is told in `wire.ts`.
 */
import type { ClusterLimits, OutlierDetection } from './cluster-policy.ts';
import type { Rbac } from './rbac.ts';
import type { RouteConfiguration } from './routes.ts';

/** The resources of one type, by the name of the type. */
export interface ResourcesByType {
  readonly cluster: readonly Cluster[];
  readonly endpoint: readonly ClusterLoadAssignment[];
  readonly listener: readonly Listener[];
  readonly route: readonly RouteConfiguration[];
}

/** CDS, EDS, LDS, RDS. */
export type ResourceType = keyof ResourcesByType;

/** All resources of one type at one moment: a proxy drops what is missing (state of the world). */
export type ResourceUpdate = {
  [T in ResourceType]: { readonly type: T; readonly version: string; readonly resources: ResourcesByType[T] };
}[ResourceType];

// ---- clusters

/** A set of hosts that requests or connections are sent to. */
export interface Cluster {
  /**
   * `outbound|5000||helloworld.sample.svc.cluster.local`,
   * `outbound_.5000_._.helloworld.sample.svc.cluster.local`, `inbound|5000||`, `BlackHoleCluster`,
   * `PassthroughCluster`.
   */
  readonly name: string;
  readonly type: 'EDS' | 'STATIC' | 'ORIGINAL_DST' | 'STRICT_DNS' | 'LOGICAL_DNS';
  readonly lbPolicy: LbPolicy;
  /** Entries that a ring (RING_HASH) has at least, or a table (MAGLEV) has; 1024 and 65537 by default. */
  readonly hashSize?: number;
  readonly connectTimeoutMs: number;
  /** Of connections, pending requests, requests and retries. */
  readonly limits?: ClusterLimits;
  /** After so many requests a connection ends. */
  readonly maxRequestsPerConnection?: number;
  /** After so long without a request. */
  readonly idleTimeoutMs?: number;
  readonly outlierDetection?: OutlierDetection;
  /** What TLS with a host takes from the name that a request's Host header says. */
  readonly namesByHost?: { readonly sni: boolean; readonly san: boolean };
  /** No filter puts another ALPN in the place of that of its TLS. */
  readonly keepsAlpn?: true;
  /** Localities are chosen by their weights. */
  readonly isLocalityWeighted?: true;
  /** For STATIC. */
  readonly loadAssignment?: ClusterLoadAssignment;
  /** How often names are looked up. */
  readonly dnsRefreshMs?: number;
  /** What connections to hosts come from, in place of the proxy's own address: `127.0.0.6`. */
  readonly sourceAddress?: string;
  /**
   * The DestinationRule that it has its settings from, for who reads what a proxy runs:
   * `/apis/networking.istio.io/v1/namespaces/sample/destination-rule/helloworld`.
   */
  readonly rule?: string;
  /** Percent of healthy hosts below which all are used; 50 if it is not given, 0 for never. */
  readonly panicThreshold?: number;
  /** The first match by the endpoint's `tlsMode` metadata decides; `tls` absent is plaintext. */
  readonly transportSocketMatches?: readonly {
    readonly name: string;
    readonly match: { readonly tlsMode?: 'istio' };
    readonly tls?: UpstreamTls;
  }[];
}

/** How a cluster chooses among its hosts. */
export type LbPolicy =
  | 'ROUND_ROBIN'
  | 'LEAST_REQUEST'
  | 'RANDOM'
  | 'RING_HASH'
  | 'MAGLEV'
  | 'CLUSTER_PROVIDED';

/** The TLS that a proxy begins with an upstream host: the mesh's, or another that it is told of. */
export interface UpstreamTls {
  /** Empty: none. */
  readonly sni: string;
  readonly alpn: readonly string[];
  /** Names that the server may have: `spiffe://cluster.local/ns/sample/sa/default`; none: any. */
  readonly matchSubjectAltNames: readonly string[];
  // Certificates come from the agent (SDS), never over this wire.
  /** In place of the workload's certificate and the mesh's roots. */
  readonly files?: TlsFiles;
}

/** What proves who is who, in the proxy's container. */
export interface TlsFiles {
  /** Paths of a chain and its key; none: no certificate is shown. */
  readonly certificate?: { readonly chain: string; readonly key: string };
  /** A path, or `system` for the roots of the image; none: any server is taken. */
  readonly roots?: string;
}

/** The endpoints of one EDS cluster. */
export interface ClusterLoadAssignment {
  readonly clusterName: string;
  readonly endpoints: readonly LbEndpoint[];
}

/** One address behind a cluster. */
export interface LbEndpoint {
  readonly address: string;
  readonly port: number;
  /** 1 or more. */
  readonly weight: number;
  readonly tlsMode: 'istio' | 'disabled';
  /** 0 if it is not given; the next ones are used the more, the fewer of this one are healthy. */
  readonly priority?: number;
  /** `region/zone/subzone`, each of which may be empty; none if it is not given. */
  readonly locality?: string;
  /** Of all with this locality and priority; the sum of their weights if it is not given. */
  readonly localityWeight?: number;
  /** False: new requests and connections go to it in a panic only. */
  readonly isHealthy?: false;
}

// ---- listeners

/** A port of the proxy, or what takes over from one by original destination. */
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
  /** Names the protocol of plaintext, `http/1.1` or `h2c`, before a chain is chosen. */
  readonly httpInspector?: boolean;
  readonly filterChains: readonly FilterChain[];
  /** For connections that no chain matches. */
  readonly defaultFilterChain?: FilterChain;
}

/** What happens to the connections of a listener that match. */
export interface FilterChain {
  readonly name?: string;
  readonly match?: FilterChainMatch;
  /**
   * Terminates mTLS with the workload's certificate; the client's is demanded and verified against the root.
   */
  readonly downstreamTls?: DownstreamTls;
  readonly filter: NetworkFilter;
}

/** The mTLS that ends at a proxy. */
export interface DownstreamTls {
  readonly alpn: readonly string[];
  /** What the client's identity may begin with: `spiffe://cluster.local/`; any if it is not given. */
  readonly clientPrefixes?: readonly string[];
}

/**
 * All that is given must match; the most specific chain wins (port, address, server name, transport protocol,
 * ALPN, in that order, as in Envoy).
 */
export interface FilterChainMatch {
  readonly destinationPort?: number;
  /** `10.0.0.0/8`: where the connection goes to lies within one of them. */
  readonly prefixRanges?: readonly string[];
  /** Exact names or suffixes `*.local`. */
  readonly serverNames?: readonly string[];
  readonly transportProtocol?: 'tls' | 'raw_buffer';
  readonly applicationProtocols?: readonly string[];
}

/** A filter of requests that a listener has by name only (ECDS). */
export interface DiscoveredName {
  readonly name: string;
  /** Full names of the messages that it may be. */
  readonly types: readonly string[];
}

/** A filter of requests that has come by its name. */
export interface DiscoveredFilter {
  readonly name: string;
  /** Full name of its configuration's message. */
  readonly type: string;
  /** Of the alpn filter; the others that are taken have no effect. */
  readonly alpn?: readonly string[];
}

/** What becomes of escaped slashes and backslashes in a path. */
export type EscapedSlashes =
  | 'KEEP_UNCHANGED'
  | 'REJECT_REQUEST'
  | 'UNESCAPE_AND_REDIRECT'
  | 'UNESCAPE_AND_FORWARD';

/** What becomes of a request's path before anything looks at it. */
export interface PathOptions {
  /** Dot segments are taken away, and what is encoded needlessly is decoded. */
  readonly normalizes: boolean;
  readonly mergesSlashes: boolean;
  /** Kept if it is not given. */
  readonly escapedSlashes?: EscapedSlashes;
}

/** Passes bytes on to a cluster, or to one of some, each as often as its weight says. */
export type TcpProxy = {
  readonly type: 'tcp_proxy';
  readonly statPrefix: string;
  /** Each has to let a connection go on. */
  readonly rbac?: readonly Rbac[];
  /** Clusters that balance by hashes hash the client's address. */
  readonly hashesSource?: true;
} & (
  | { readonly cluster: string }
  | { readonly weightedClusters: readonly { readonly cluster: string; readonly weight: number }[] }
);

/** The last filter of a chain: it decides where the bytes go. */
export type NetworkFilter =
  | {
      readonly type: 'http_connection_manager';
      readonly rds?: string;
      readonly routeConfig?: RouteConfiguration;
      readonly statPrefix: string;
      /** The ALPN of HTTP/1.1 to an upstream with TLS, in place of the cluster's. */
      readonly alpn?: readonly string[];
      /** Filters that come by extension discovery. */
      readonly discovers?: readonly DiscoveredName[];
      /** The client is who calls; else it may be one that `x-forwarded-for` names. */
      readonly usesRemoteAddress?: true;
      /** How many proxies before this one may say who their client was. */
      readonly trustedHops?: number;
      /** Each has to let a request go on. */
      readonly rbac?: readonly Rbac[];
      /** Tells the upstream, in `x-forwarded-client-cert`, who has proved what identity. */
      readonly forwardsClientCertificate?: true;
      /** Paths stay as they come if it is not given. */
      readonly paths?: PathOptions;
    }
  | TcpProxy
  /** Sets the upstream cluster to the SNI; falls back to `fallbackCluster` if there is no such cluster. */
  | { readonly type: 'sni_cluster_tcp_proxy'; readonly fallbackCluster: string; readonly statPrefix: string };
