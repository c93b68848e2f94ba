/** How Istio 1.8.0 with Envoy 1.16.0 behaves. */
import type { IstioBehaviour } from './behaviour.ts';

const RETRY_ON = [
  'connect-failure',
  'refused-stream',
  'unavailable',
  'cancelled',
  'retriable-status-codes',
] as const;

/** Comments name the place of a rule in Istio's source. */
export const ISTIO_1_8: IstioBehaviour = {
  line: '1.8',
  // manifests/charts/base, istio-control/istio-discovery, gateways/istio-ingress @1.8.0
  install: {
    names: {
      hub: 'docker.io/istio',
      istiodServiceAccount: 'istiod-service-account',
      istiodClusterRole: 'istiod-istio-system',
      istiodRole: 'istiod-istio-system',
      readerClusterRole: 'istio-reader-istio-system',
    },
    validators: [{ name: 'istiod-istio-system', webhook: 'validation.istio.io' }],
    injectionWebhooks: 'one',
    remoteBy: 'address',
    namespaceLabels: () => ({ 'istio-injection': 'disabled' }),
    recordsState: true,
    gatewayPods: 'complete',
    gatewayPorts: [
      { name: 'status-port', port: 15021, targetPort: 15021 },
      { name: 'http2', port: 80, targetPort: 8080 },
      { name: 'https', port: 443, targetPort: 8443 },
      { name: 'tcp-istiod', port: 15012, targetPort: 15012 },
      { name: 'tls', port: 15443, targetPort: 15443 },
    ],
    budgetsForSingleReplicas: true,
    istiodAccessIn: 'Istio core',
    istiodEnvironment: { CENTRAL_ISTIOD: 'false' },
    mountsConfigMaps: true,
    managesGateways: false,
    readerReadsMore: false,
    telemetryFilters: true,
    meshConfig: { enablePrometheusMerge: true },
  },
  injection: {
    templates: 'one',
    podFields: {
      CANONICAL_SERVICE: "metadata.labels['service.istio.io/canonical-name']",
      CANONICAL_REVISION: "metadata.labels['service.istio.io/canonical-revision']",
    },
    agentArguments: domain => [
      ...['--domain', domain, '--serviceCluster', '{{ serviceCluster }}'],
      ...['--proxyLogLevel=warning', '--proxyComponentLogLevel=misc:error', '--concurrency', '2'],
    ],
    probes: {
      readinessProbe: { initialDelaySeconds: 1, periodSeconds: 2, failureThreshold: 30, timeoutSeconds: 3 },
    },
    podLabels: { 'istio.io/rev': 'default' },
    podAnnotations: {},
    podSecurity: { fsGroup: 1337 },
    heedsInjectLabel: false,
    heedsNetworkLabel: false,
    statusTellsRevision: false,
  },
  lbPolicy: 'ROUND_ROBIN',
  connectTimeoutMs: 10_000,
  // pilot/pkg/networking/core/v1alpha3/route/retry/retry.go @1.8.0. Envoy 1.16.0 takes a connect timeout for
  // a local reset: no retry (istio/istio#32523).
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
    clusterName: ({ service }, protocol, host) => `inbound|${service}|${protocol}|${host}`,
    upstream: 'loopback',
    passthrough: 'InboundPassthroughClusterIpv4',
  },
  sidecar: { outboundTrap: 'virtualOutbound-trap', inspectsHttp: false },
  remoteSync: { kind: 'blocking' },
  acceptsOwnClusterId: true,
  endpointSource: 'endpoints',
  leadsRemoteClusters: false,
  injectionPathParameters: false,
  ownsWebhooksBy: 'name',
  defaultClusterIdIsLocal: false,
  unknownCluster: claimed => `could not get cluster ${claimed}'s kube client`,
  checksIdentity: false,
  endpointPage: 'instances',
  partialCaBundle: 'fails-to-read',
  nativeSidecars: false,
  workers: 2,
  logsConnectAttempts: true,
  certificateLog: {
    issued: ttlSeconds => `generated new workload certificate\tlatency=0s ttl=${ttlSeconds}s`,
    failed: (identity, message, waitMs) =>
      `CSR failed for ${identity}: ${message}, trying again in ${waitMs / 1000}s`,
  },
  notReadyReason: 'config not received from Pilot (is Pilot running?)',
  envoy: {
    version: '1.16.0',
    tellsRetry: false,
    connectionFailure: 'connection failure',
    connectTimeout: 'local reset',
    tlsError: (code, name) => `TLS error: ${code}:SSL routines:OPENSSL_internal:${name}`,
    protocolErrorStatus: 503,
    pages: { statsDelimiter: '', noSuccessRate: '-1.0', detailedClusters: false, listsBootstrap: false },
  },
};
