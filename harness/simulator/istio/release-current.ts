/** How Istio 1.30.3 with Envoy 1.38.4 behaves. */
import type { IstioBehaviour } from './behaviour.ts';

/** Comments name the place of a rule in Istio's source. */
export const ISTIO_CURRENT: IstioBehaviour = {
  line: 'current',
  // manifests/charts/base, istio-control/istio-discovery, gateways/istio-ingress @1.30.3
  install: {
    names: {
      hub: 'registry.istio.io/release',
      istiodServiceAccount: 'istiod',
      istiodClusterRole: 'istiod-clusterrole-istio-system',
      istiodRole: 'istiod',
      readerClusterRole: 'istio-reader-clusterrole-istio-system',
    },
    validators: [
      { name: 'istio-validator-istio-system', webhook: 'rev.validation.istio.io' },
      { name: 'istiod-default-validator', webhook: 'validation.istio.io' },
    ],
    injectionWebhooks: 'four-tagged',
    remoteBy: 'profile',
    namespaceLabels: (network): Record<string, string> =>
      network === '' ? {} : { 'topology.istio.io/network': network },
    recordsState: false,
    gatewayPods: 'injected',
    gatewayPorts: [
      { name: 'status-port', port: 15021, targetPort: 15021 },
      { name: 'http2', port: 80, targetPort: 8080 },
      { name: 'https', port: 443, targetPort: 8443 },
    ],
    budgetsForSingleReplicas: false,
    istiodAccessIn: 'Istiod',
    istiodEnvironment: {},
    mountsConfigMaps: false,
    managesGateways: true,
    readerReadsMore: true,
    telemetryFilters: false,
    meshConfig: {},
  },
  injection: {
    templates: 'named',
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
      'istio.io/rev': 'default',
      'kubectl.kubernetes.io/default-logs-container': '{{ defaultContainer }}',
    },
    podSecurity: {},
    heedsInjectLabel: true,
    heedsNetworkLabel: true,
    statusTellsRevision: true,
  },
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
  inbound: {
    clusterName: ({ container }) => `inbound|${container}||`,
    upstream: 'pod-address',
    passthrough: 'InboundPassthroughCluster',
  },
  // pilot/pkg/networking/core/listener.go, listener_inbound.go @1.30.3; real-istio 2026-11
  sidecar: { outboundTrap: 'virtualOutbound-blackhole', inspectsHttp: true },
  remoteSync: { kind: 'asynchronous', timeoutMs: 30_000 },
  acceptsOwnClusterId: false,
  endpointSource: 'endpoint-slices',
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
  certificateLog: {
    issued: ttlSeconds =>
      `generated new workload certificate\tlatency=0s ttl=${ttlSeconds}s, resource:default`,
    failed: (_identity, message) =>
      `failed to warm certificate: failed to generate workload certificate: create certificate: ${message}`,
  },
  notReadyReason: 'config not received from XDS server (is Istiod running?)',
  envoy: {
    version: '1.38.4-dev',
    tellsRetry: true,
    connectionFailure: 'remote connection failure',
    connectTimeout: 'connection timeout',
    tlsError: undefined,
    protocolErrorStatus: 502,
    // real-istio 2026-11, "Admin interface"
    pages: { statsDelimiter: ';', noSuccessRate: '-1', detailedClusters: true, listsBootstrap: true },
  },
};
