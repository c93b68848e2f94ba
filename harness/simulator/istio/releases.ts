/**
 * What differs between the Istio releases that are simulated: all of it, side by side, as data.
 * `behaviour.ts` tells what each property means.
 */
import type { IstioBehaviour } from './behaviour.ts';

export type { EnvoyWording, InstallBehaviour, IstioBehaviour, NetworkSource } from './behaviour.ts';

const RETRY_ON = [
  'connect-failure',
  'refused-stream',
  'unavailable',
  'cancelled',
  'retriable-status-codes',
] as const;

/** Istio 1.8.0 with Envoy 1.16.0. */
const ISTIO_1_8: IstioBehaviour = {
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
  },
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
    connectError: undefined,
    tlsError: (code, name) => `TLS error: ${code}:SSL routines:OPENSSL_internal:${name}`,
    protocolErrorStatus: 503,
  },
};

/** Istio 1.30.3. */
const ISTIO_CURRENT: IstioBehaviour = {
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
  inbound: { clusterName: ({ container }) => `inbound|${container}||`, upstream: 'pod-address' },
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
