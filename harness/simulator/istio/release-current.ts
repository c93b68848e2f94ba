/** How Istio 1.30.3 with Envoy 1.38.4 behaves. */
import type { IstioBehaviour } from './behaviour.ts';
import { CURRENT_INSTALL } from './release-current-install.ts';

/** A variable that tells a limit of the container. */
const limit = (name: string, resource: string) => ({
  name,
  valueFrom: { resourceFieldRef: { resource, divisor: '1' } },
});

/** Comments name the place of a rule in Istio's source. */
export const ISTIO_CURRENT: IstioBehaviour = {
  line: 'current',
  install: CURRENT_INSTALL,
  injection: {
    templates: 'named',
    // istio-discovery/files/injection-template.yaml @1.30.3
    environment: [
      limit('ISTIO_CPU_LIMIT', 'limits.cpu'),
      limit('GOMEMLIMIT', 'limits.memory'),
      limit('GOMAXPROCS', 'limits.cpu'),
    ],
    initArguments: ['--log_output_level=default:info'],
    emptyVolumes: {
      'workload-socket': '/var/run/secrets/workload-spiffe-uds',
      'credential-socket': '/var/run/secrets/credential-uds',
      'workload-certs': '/var/run/secrets/workload-spiffe-credentials',
    },
    mountsRevocations: true,
    dropsCapabilities: true,
    podFields: { ISTIO_META_NODE_NAME: 'spec.nodeName' },
    agentArguments: domain => [
      ...['--domain', domain],
      ...[
        '--proxyLogLevel=warning',
        '--proxyComponentLogLevel=misc:error',
        '--log_output_level=default:info',
      ],
    ],
    probes: {
      startupProbe: { initialDelaySeconds: 0, periodSeconds: 1, timeoutSeconds: 3, failureThreshold: 600 },
      readinessProbe: { initialDelaySeconds: 0, periodSeconds: 15, timeoutSeconds: 3, failureThreshold: 4 },
    },
    podLabels: {},
    podAnnotations: {
      'istio.io/rev': '{{ revision }}',
      'kubectl.kubernetes.io/default-logs-container': '{{ defaultContainer }}',
    },
    podSecurity: {},
    heedsInjectLabel: true,
    heedsNetworkLabel: true,
    statusTellsRevision: true,
    pullPolicy: '',
  },
  lbPolicy: 'LEAST_REQUEST',
  connectTimeoutMs: 10_000,
  // pkg/config/mesh/mesh.go @1.30.3
  dnsRefreshMs: 60_000,
  // pilot/pkg/networking/core/route/retry/retry.go @1.30.3
  retryPolicy: {
    numRetries: 2,
    retryOn: ['connect-failure', 'refused-stream', 'unavailable', 'cancelled', 'retriable-status-codes'],
    retriableStatusCodes: [],
    hostSelectionRetryMaxAttempts: 5,
  },
  endpointFilter: 'least-common-multiple',
  labelsEndpointsByTopology: true,
  rulesDecideMtls: true,
  policies: { takesPathTemplates: true, ignoresCaseOfHosts: true },
  watchedHostsAreWeighted: false,
  servicesPlaceProxies: false,
  rulesVersion: 'v1',
  streamsLists: true,
  tellsOfNamedGateways: true,
  networkPrecedence: ['podLabel', 'namespaceLabel', 'fromRegistry', 'fromCidr'],
  gatewayServiceMustExposePort: true,
  resolvesHostnameGateways: true,
  routerMode: 'auto-passthrough-gateway',
  // pilot/pkg/model/gateway.go @1.30.3, gatewayRDSRouteName
  gatewayRoutesByBoundPort: true,
  autoPassthrough: 'chain-per-service',
  // pilot/pkg/networking/core/gateway.go @1.30.3, buildGatewayTCPFilterChainOpts
  passthroughMatch: 'name-only',
  // pilot/pkg/features/pilot.go @1.30.3, VERIFY_CERTIFICATE_AT_CLIENT and ENABLE_AUTO_SNI
  verifiesForeignServers: true,
  // DISABLE_SHADOW_HOST_SUFFIX
  marksMirrors: false,
  sidecarsTakeInPorts: true,
  streams: { catchAllIsDefault: true, hashesSource: true, carriesSubnets: true, skipsDoubleNames: true },
  sniClustersDemandMtls: true,
  inbound: {
    clusterName: ({ container }) => `inbound|${container}||`,
    upstream: 'pod-address',
    passthrough: 'InboundPassthroughCluster',
    sourceAddress: '127.0.0.6',
    // ENABLE_INBOUND_RETRY_POLICY, pilot/pkg/features @1.30.3
    retryPolicy: {
      numRetries: 2,
      retryOn: ['reset-before-request'],
      retriableStatusCodes: [],
      hostSelectionRetryMaxAttempts: 0,
    },
  },
  // pilot/pkg/networking/core/listener.go, listener_inbound.go @1.30.3; real-istio 2026-11
  // pilot/pkg/networking/core/httproute.go @1.30.3; real-istio 2026-11
  routesIgnorePorts: true,
  // pilot/pkg/networking/core/cluster_tls.go, listener_builder.go @1.30.3; real-istio 2026-11
  clusterAlpn: 'of-bytes',
  alpnFilter: true,
  identitiesByPort: false,
  panicThreshold: 0,
  takesDefaultRetries: true,
  pathNormalization: 'of-mesh',
  sidecar: { outboundTrap: 'virtualOutbound-blackhole', inspectsHttp: true },
  tellsRoots: true,
  selectsNamespaces: true,
  remoteSync: { kind: 'asynchronous', timeoutMs: 30_000 },
  acceptsOwnClusterId: false,
  endpointSource: 'endpoint-slices',
  // pilot/pkg/leaderelection/leaderelection.go @1.30.3
  locks: {
    namespaces: 'istio-namespace-controller-election',
    otherConfigMaps: ['istio-leader', 'istio-ip-autoallocate'],
    leases: ['istio-gateway-status-leader-default', 'istio-gateway-deployment-default'],
  },
  leadsRemoteClusters: true,
  injectionPathParameters: true,
  ownsWebhooksBy: 'revision-label',
  defaultClusterIdIsLocal: true,
  unknownCluster: (claimed, own, remotes) =>
    `client claims to be in cluster "${claimed}", but we only know about local cluster "${own}" and remote clusters [${remotes.join(' ')}]`,
  checksIdentity: true,
  endpointPage: 'shards',
  partialCaBundle: 'refused-as-incomplete',
  nativeSidecars: true,
  workers: 2,
  logsConnectAttempts: false,
  dialect: 'delta',
  certificateLog: {
    issued: ttlSeconds =>
      `generated new workload certificate\tlatency=0s ttl=${ttlSeconds}s, resource:default`,
    failed: (_identity, message) =>
      `failed to warm certificate: failed to generate workload certificate: create certificate: ${message}`,
  },
  notReadyReason: 'config not received from XDS server (is Istiod running?)',
  envoy: {
    version: '1.38.4-dev',
    retriesConnectTimeouts: true,
    tellsRetry: true,
    connectionFailure: 'remote connection failure',
    connectTimeout: 'connection timeout',
    tlsError: undefined,
    outliers: 'strict',
    drainStrategy: 'immediate',
    strictPaths: true,
    protocolErrorStatus: 502,
    // real-istio 2026-11, "Admin interface"
    pages: { statsDelimiter: ';', noSuccessRate: '-1', detailedClusters: true, listsBootstrap: true },
  },
};
