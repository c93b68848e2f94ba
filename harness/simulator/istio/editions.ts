/** What differs between the Istio releases that are simulated: all of it, side by side, as data. */
import type { RetryPolicy } from './xds.ts';

/** A source of an endpoint's network; the order in `networkPrecedence` is the order of precedence. */
export type NetworkSource = 'fromCidr' | 'podLabel' | 'fromRegistry' | 'namespaceLabel';

/** The behaviour of one line of Istio releases. */
export interface IstioBehaviour {
  readonly line: '1.8' | 'current';

  // ---- what istiod computes
  /** Of clusters without a DestinationRule. */
  readonly lbPolicy: 'ROUND_ROBIN' | 'LEAST_REQUEST';
  readonly connectTimeoutMs: number;
  /** Of routes without one of their own. */
  readonly retryPolicy: RetryPolicy;
  /** 1.8 `pilot/pkg/xds/ep_filters.go`, current `pilot/pkg/xds/endpoints/ep_filters.go`. */
  readonly endpointFilter: 'product-of-gateways' | 'least-common-multiple';
  /** Which source of an endpoint's network wins: the first that has an answer. */
  readonly networkPrecedence: readonly NetworkSource[];
  /** Whether a gateway Service must have the port (15443) that it is to be reached at. */
  readonly gatewayServiceMustExposePort: boolean;
  /** Whether a load balancer known by its host name can be a gateway (resolved), or is known and of no use. */
  readonly resolvesHostnameGateways: boolean;
  /** A gateway has the `outbound_.…` clusters: by `ISTIO_META_ROUTER_MODE`, or because a Gateway with AUTO_PASSTHROUGH selects it. */
  readonly routerMode: 'environment' | 'auto-passthrough-gateway';
  /** How AUTO_PASSTHROUGH finds the upstream: by the SNI itself, or a filter chain for each service port. */
  readonly autoPassthrough: 'sni-cluster' | 'chain-per-service';
  /** Whether `outbound_.…` clusters leave out endpoints that have no mTLS. */
  readonly sniClustersDemandMtls: boolean;
  /** The name of the cluster that hands a request to the application, and the address it dials. */
  readonly inbound: {
    readonly clusterName: (port: number, protocol: string, host: string) => string;
    readonly upstream: 'loopback' | 'pod-address';
  };

  // ---- how istiod keeps remote clusters
  /** 1.8 syncs one remote secret at a time and its readiness waits for them; current does so side by side, with a deadline. */
  readonly remoteSync: { readonly kind: 'blocking' } | { readonly kind: 'asynchronous'; readonly timeoutMs: number };
  /** A remote secret with the cluster id of istiod's own cluster. */
  readonly acceptsOwnClusterId: boolean;
  /** `Endpoints` or `EndpointSlice`. */
  readonly endpointSource: 'endpoints' | 'endpoint-slices';
  /** Whether an istiod may write root certificates and CA bundles into remote clusters (`EXTERNAL_ISTIOD`, `controlPlaneClusters`). */
  readonly leadsRemoteClusters: boolean;
  /** The URL path of the webhook may name cluster and network: `/inject/cluster/x/net/y`. */
  readonly injectionPathParameters: boolean;
  /** Whether cacerts must be complete to be used: current refuses a partial bundle by name, 1.8 looks for `ca-key.pem` only. */
  readonly partialCaBundle: 'fails-to-read' | 'refused-as-incomplete';

  // ---- the agent and the pod
  /** Sidecars are init containers that stay (restartPolicy Always) where Kubernetes has them. */
  readonly nativeSidecars: boolean;
  /** Threads among which Envoy shares its connections. */
  readonly workers: number;
  /** The agent logs an attempt to reach istiod, or only a success. */
  readonly logsConnectAttempts: boolean;
  readonly notReadyReason: string;
  readonly envoy: EnvoyWording;
}

/** How a release of Envoy speaks of what went wrong upstream. */
export interface EnvoyWording {
  readonly version: string;
  /** Whether a reply after a retry says `retried and the latest`. */
  readonly tellsRetry: boolean;
  /** The reset reason of a connection that could not be made. */
  readonly connectionFailure: string;
  /** The reset reason of a connection that was not made in time: 1.16.0 takes it for a reset of its own. */
  readonly connectTimeout: string;
  /** What the kernel said to a connect, as the transport's failure reason; `undefined` where Envoy did not tell yet. */
  readonly connectError: ((message: string) => string) | undefined;
  /** @param detail - what the verifier found, where the release tells */
  readonly tlsError: (code: number, name: string, detail?: string) => string;
  /** The status of an answer that was no HTTP. */
  readonly protocolErrorStatus: number;
}

const RETRY_ON = ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'] as const;

/** Istio 1.8.0 with Envoy 1.16.0. */
const ISTIO_1_8: IstioBehaviour = {
  line: '1.8',
  lbPolicy: 'ROUND_ROBIN',
  connectTimeoutMs: 10_000,
  // pilot/pkg/networking/core/v1alpha3/route/retry/retry.go @1.8.0. Envoy 1.16.0 takes a connect timeout for a local reset: no retry (istio/istio#32523).
  retryPolicy: {
    numRetries: 2,
    retryOn: RETRY_ON,
    retriableStatusCodes: [503],
    hostSelectionRetryMaxAttempts: 5,
  },
  endpointFilter: 'product-of-gateways',
  networkPrecedence: ['fromCidr', 'podLabel', 'fromRegistry', 'namespaceLabel'],
  gatewayServiceMustExposePort: false,
  resolvesHostnameGateways: false,
  routerMode: 'environment',
  autoPassthrough: 'sni-cluster',
  sniClustersDemandMtls: false,
  inbound: {
    clusterName: (port, protocol, host) => `inbound|${port}|${protocol}|${host}`,
    upstream: 'loopback',
  },
  remoteSync: { kind: 'blocking' },
  acceptsOwnClusterId: true,
  endpointSource: 'endpoints',
  leadsRemoteClusters: false,
  injectionPathParameters: false,
  partialCaBundle: 'fails-to-read',
  nativeSidecars: false,
  workers: 2,
  logsConnectAttempts: true,
  notReadyReason: 'config not received from Pilot (is Pilot running?)',
  envoy: {
    version: '1.16.0',
    tellsRetry: false,
    connectionFailure: 'connection failure',
    connectTimeout: 'local reset',
    connectError: undefined,
    tlsError: (code, name) => `TLS error: ${code}:SSL routines:OPENSSL_internal:${name}`,
    protocolErrorStatus: 503,
  },
};

/** Istio 1.30.3. */
const ISTIO_CURRENT: IstioBehaviour = {
  line: 'current',
  lbPolicy: 'LEAST_REQUEST',
  connectTimeoutMs: 10_000,
  // pilot/pkg/networking/core/route/retry/retry.go @1.30.3
  retryPolicy: {
    numRetries: 2,
    retryOn: ['connect-failure', 'connect-timeout', 'refused-stream', 'unavailable', 'cancelled'],
    retriableStatusCodes: [],
    hostSelectionRetryMaxAttempts: 5,
  },
  endpointFilter: 'least-common-multiple',
  networkPrecedence: ['podLabel', 'namespaceLabel', 'fromRegistry', 'fromCidr'],
  gatewayServiceMustExposePort: true,
  resolvesHostnameGateways: true,
  routerMode: 'auto-passthrough-gateway',
  autoPassthrough: 'chain-per-service',
  sniClustersDemandMtls: true,
  inbound: { clusterName: port => `inbound|${port}||`, upstream: 'pod-address' },
  remoteSync: { kind: 'asynchronous', timeoutMs: 30_000 },
  acceptsOwnClusterId: false,
  endpointSource: 'endpoint-slices',
  leadsRemoteClusters: true,
  injectionPathParameters: true,
  partialCaBundle: 'refused-as-incomplete',
  nativeSidecars: true,
  workers: 2,
  logsConnectAttempts: false,
  notReadyReason: 'config not received from XDS server (is Istiod running?)',
  envoy: {
    version: '1.38.0',
    tellsRetry: true,
    connectionFailure: 'remote connection failure',
    connectTimeout: 'connection timeout',
    connectError: message => `delayed connect error: ${message}`,
    tlsError: (code, name, detail) =>
      `TLS_error:|${code}:SSL routines:OPENSSL_internal:${name}${detail === undefined ? '' : `:${detail}`}:TLS_error_end`,
    protocolErrorStatus: 502,
  },
};

/**
 * The behaviour of a release.
 * @param version - as in the image's `ISTIO_VERSION`: `1.8.0`, `1.30.3`
 * @throws RangeError for a version that is not simulated, naming those that are
 */
export function behaviourOf(version: string): IstioBehaviour {
  if (/^1\.8(\.|$)/.test(version)) return ISTIO_1_8;
  if (/^1\.30(\.|$)/.test(version)) return ISTIO_CURRENT;
  throw new RangeError(`Istio ${version} is not simulated; 1.8.x and 1.30.x are.`);
}
