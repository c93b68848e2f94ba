/**
 * In which ways Istio's releases may differ: the questions to which `release-1.8.ts` and `release-current.ts`
 * have the answers.
 */
import type { InjectionBehaviour, InstallBehaviour } from './install-behaviour.ts';
import type { Dialect } from './xds/dialect.ts';
import type { RetryPolicy } from './xds/retry-policy.ts';

/** A source of an endpoint's network; the order in `networkPrecedence` is the order of precedence. */
export type NetworkSource = 'fromCidr' | 'podLabel' | 'fromRegistry' | 'namespaceLabel';

/** What istiod makes of AuthorizationPolicies. */
interface PoliciesBehaviour {
  /** Whether `{*}` and `{**}` in a path stand for any parts of it (since 1.22); else for themselves. */
  readonly takesPathTemplates: boolean;
  /** Whether hosts match in any case (since 1.11.1: CVE-2021-39155). */
  readonly ignoresCaseOfHosts: boolean;
}

/** The behaviour of one line of Istio releases. */
export interface IstioBehaviour {
  /** For tables with a column for each line; code asks for one of the properties below. */
  readonly line: '1.8' | 'current';

  // ---- what istioctl installs
  readonly install: InstallBehaviour;
  // ---- what istiod puts into pods
  readonly injection: InjectionBehaviour;

  // ---- what istiod computes
  /** Of clusters without a DestinationRule. */
  readonly lbPolicy: 'ROUND_ROBIN' | 'LEAST_REQUEST';
  readonly connectTimeoutMs: number;
  /** How often proxies look up the names of ServiceEntries. */
  readonly dnsRefreshMs: number;
  /** Of routes without one of their own. */
  readonly retryPolicy: RetryPolicy;
  /** 1.8 `pilot/pkg/xds/ep_filters.go`, current `pilot/pkg/xds/endpoints/ep_filters.go`. */
  readonly endpointFilter: 'product-of-gateways' | 'least-common-multiple';
  /** Whether subsets may ask for cluster and network of endpoints (`topology.istio.io/cluster`). */
  readonly labelsEndpointsByTopology: boolean;
  /** Whether the TLS mode of a DestinationRule decides which endpoints gateways may stand for. */
  readonly rulesDecideMtls: boolean;
  readonly policies: PoliciesBehaviour;
  /** Whether localities have weights wherever outlier detection is on: else where a setting asks for it. */
  readonly watchedHostsAreWeighted: boolean;
  /** Whether a proxy is where the endpoints of its services are: without a service nowhere. */
  readonly servicesPlaceProxies: boolean;
  /** The version of rules of traffic in the paths by which proxies know them. */
  readonly rulesVersion: 'v1alpha3' | 'v1';
  /** Whether informers list by a watch, with one request instead of two (client-go 0.35, Istio 1.29). */
  readonly streamsLists: boolean;
  /** Whether istiod's log tells of a gateway's host name that is not looked up. */
  readonly tellsOfNamedGateways: boolean;
  /** Which source of an endpoint's network wins: the first that has an answer. */
  readonly networkPrecedence: readonly NetworkSource[];
  /** True if a gateway Service must have the port (15443) at which it is reached. */
  readonly gatewayServiceMustExposePort: boolean;
  /**
   * True if a load balancer with a host name can be a gateway (istiod resolves the name); else it is known
   * but not used.
   */
  readonly resolvesHostnameGateways: boolean;
  /**
   * A gateway has the `outbound_.…` clusters: by `ISTIO_META_ROUTER_MODE`, or because a Gateway with
   * AUTO_PASSTHROUGH selects it.
   */
  readonly routerMode: 'environment' | 'auto-passthrough-gateway';
  /** Whether the routes of a gateway are named by the pod's port, or by that which a Gateway names. */
  readonly gatewayRoutesByBoundPort: boolean;
  /** How AUTO_PASSTHROUGH finds the upstream: by the SNI itself, or a filter chain for each service port. */
  readonly autoPassthrough: 'sni-cluster' | 'chain-per-service';
  /** Whether a gateway's chain for TLS that it passes on wants TLS, or is chosen by the name alone. */
  readonly passthroughMatch: 'tls' | 'name-only';
  /** Whether servers of other TLS than the mesh's are verified, and called, where nothing is said of it. */
  readonly verifiesForeignServers: boolean;
  /** Whether copies of requests say `-shadow` in their Host header (`DISABLE_SHADOW_HOST_SUFFIX`). */
  readonly marksMirrors: boolean;
  /** Whether a Sidecar takes in only those ports of services to which its VirtualServices lead. */
  readonly sidecarsTakeInPorts: boolean;
  /** What becomes of a VirtualService's `tcp` and `tls`. */
  readonly streams: StreamBehaviour;
  /** True if `outbound_.…` clusters leave out endpoints without mTLS. */
  readonly sniClustersDemandMtls: boolean;
  /** The name of the cluster that hands a request to the application, and the address it dials. */
  readonly inbound: {
    readonly clusterName: (
      ports: { service: number; container: number },
      protocol: string,
      host: string,
    ) => string;
    readonly upstream: 'loopback' | 'pod-address';
    /** The cluster for ports that no Service names. */
    readonly passthrough: string;
    /** What the application sees its requests come from, if not the pod's own address. */
    readonly sourceAddress?: string;
    /** Of requests to the application. */
    readonly retryPolicy?: RetryPolicy;
  };
  /** True if a domain of a route stands for the host with any port. */
  readonly routesIgnorePorts: boolean;
  /** Whether a cluster offers the ALPN of its protocol, or that of any bytes. */
  readonly clusterAlpn: 'of-protocol' | 'of-bytes';
  /** Whether a filter of requests offers the ALPN of HTTP (`PILOT_ENABLE_ALPN_FILTER`). */
  readonly alpnFilter: boolean;
  /** Whether a cluster expects the identities of its own port's endpoints only, or of all of its service. */
  readonly identitiesByPort: boolean;
  /** `Cluster.panicThreshold` of a service's clusters, if it is set. */
  readonly panicThreshold?: number;
  /** Whether the mesh's `defaultHttpRetryPolicy` counts. */
  readonly takesDefaultRetries: boolean;
  /** What says how proxies normalize paths: the mesh's `pathNormalization`, or always as BASE. */
  readonly pathNormalization: 'of-mesh' | 'base';
  /** A sidecar's listeners. */
  readonly sidecar: {
    /** The chain for those who call the proxy's own port 15001. */
    readonly outboundTrap: string;
    /**
     * Whether plaintext HTTP is told from other bytes by an inspector, and has chains of its own; a port
     * whose protocol nothing tells is then either.
     */
    readonly inspectsHttp: boolean;
  };

  // ---- how istiod keeps remote clusters
  /** Whether istiod can tell proxies more roots than its own (`ISTIO_MULTIROOT_MESH`). */
  readonly tellsRoots: boolean;
  /** Whether the mesh's `discoverySelectors` say which namespaces istiod looks at. */
  readonly selectsNamespaces: boolean;
  /**
   * 1.8 syncs one remote secret at a time and its readiness waits for them; current does so side by side,
   * with a deadline.
   */
  readonly remoteSync:
    | { readonly kind: 'blocking' }
    | { readonly kind: 'asynchronous'; readonly timeoutMs: number };
  /** A remote secret with the cluster id of istiod's own cluster. */
  readonly acceptsOwnClusterId: boolean;
  /** `Endpoints` or `EndpointSlice`. */
  readonly endpointSource: 'endpoints' | 'endpoint-slices';
  /** Locks in istio-system: those under which istiod works, and those that it holds besides. */
  readonly locks: {
    readonly namespaces: string;
    /** Absent where every istiod of a cluster sees to the validators. */
    readonly validation?: string;
    readonly otherConfigMaps: readonly string[];
    readonly leases: readonly string[];
  };
  /**
   * True if an istiod may write root certificates and CA bundles into remote clusters (`EXTERNAL_ISTIOD`,
   * `controlPlaneClusters`).
   */
  readonly leadsRemoteClusters: boolean;
  /** The URL path of the webhook may name cluster and network: `/inject/cluster/x/net/y`. */
  readonly injectionPathParameters: boolean;
  /**
   * Which webhook configurations get istiod's CA bundle: the one that `INJECTION_WEBHOOK_CONFIG_NAME` names,
   * or those of its revision.
   */
  readonly ownsWebhooksBy: 'name' | 'revision-label';
  /** True if istiod takes a proxy in cluster `Kubernetes`, the default name, for a local one. */
  readonly defaultClusterIdIsLocal: boolean;
  /** Returns istiod's words about a proxy in a cluster that it does not know. */
  readonly unknownCluster: (claimed: string, own: string, remotes: readonly string[]) => string;
  /** True if a proxy's namespace and service account must be those of its token. */
  readonly checksIdentity: boolean;
  /** What `/debug/endpointz` shows. */
  readonly endpointPage: 'instances' | 'shards';
  /**
   * True if istiod refuses an incomplete cacerts: current refuses a partial bundle by name, 1.8 looks for
   * `ca-key.pem` only.
   */
  readonly partialCaBundle: 'fails-to-read' | 'refused-as-incomplete';

  // ---- the agent and the pod
  /** Sidecars are init containers that stay (restartPolicy Always) where Kubernetes has them. */
  readonly nativeSidecars: boolean;
  /** Threads among which Envoy shares its connections. */
  readonly workers: number;
  /** The agent logs an attempt to reach istiod, or only a success. */
  readonly logsConnectAttempts: boolean;
  /** How proxies discover: `ISTIO_DELTA_XDS` is on since 1.22. */
  readonly dialect: Dialect;
  readonly certificateLog: {
    readonly issued: (ttlSeconds: number) => string;
    readonly failed: (identity: string, message: string, waitMs: number) => string;
  };
  readonly notReadyReason: string;
  readonly envoy: EnvoyWording;
}

/** How a release of Envoy speaks of what went wrong upstream. */
export interface EnvoyWording {
  readonly version: string;
  /** False if a connect timeout is taken for a reset of its own: nothing retries it (istio/istio#32523). */
  readonly retriesConnectTimeouts: boolean;
  /** True if a reply after a retry says `retried and the latest`. */
  readonly tellsRetry: boolean;
  /** The reset reason of a connection that could not be made. */
  readonly connectionFailure: string;
  /** The reset reason of a connection that was not made in time: 1.16.0 takes it for a reset of its own. */
  readonly connectTimeout: string;
  /**
   * The transport failure reason of a handshake in the body of a reply. `undefined` where it stands in access
   * logs only: since Envoy 1.38.1 (real-istio 2026-11).
   */
  readonly tlsError: ((code: number, name: string) => string) | undefined;
  /** Whether outlier detection ejects the first host whatever share of the hosts it is, and for how long. */
  readonly outliers: 'at-least-one' | 'strict';
  /** How a removed listener asks its clients to close: all at once, or by and by. */
  readonly drainStrategy: 'immediate' | 'gradual';
  /**
   * True if a path with a fragment is refused, and parameters do not hide a dot segment: `..;x=y` is `..`.
   */
  readonly strictPaths: boolean;
  /** The status of an answer that was no HTTP. */
  readonly protocolErrorStatus: number;
  /** How its administration writes what it runs. */
  readonly pages: EnvoyPages;
}

/** The form of a release's administration pages. */
interface EnvoyPages {
  /** Ends a cluster's name in the names of statistics. */
  readonly statsDelimiter: '' | ';';
  /** Of a host without outlier detection. */
  readonly noSuccessRate: string;
  /** Whether `/clusters` has pending requests and names of EDS, and its JSON the limits, and no zeros. */
  readonly detailedClusters: boolean;
  /** Whether what the bootstrap defines is listed beside what istiod pushed. */
  readonly listsBootstrap: boolean;
}

/** How routes of connections become filter chains. */
interface StreamBehaviour {
  /** A chain for all connections is looked at after all others, and does not compete with them. */
  readonly catchAllIsDefault: boolean;
  /** A rule that hashes addresses of clients hashes those of connections too. */
  readonly hashesSource: boolean;
  /** The subnets of a condition of TLS hold for the conditions after it that have none. */
  readonly carriesSubnets: boolean;
  /** At a gateway a name of TLS that a route before has does not come twice. */
  readonly skipsDoubleNames: boolean;
}
