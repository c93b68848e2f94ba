/** What the charts of Istio 1.30.3 install. */
import type { InstallBehaviour } from './install-behaviour.ts';

/** The chart of each component, by the component's label. */
const CHARTS: Readonly<Record<string, string>> = {
  Base: 'base',
  Pilot: 'istiod',
  IngressGateways: 'istio-ingress',
};

/** manifests/charts/base, istio-control/istio-discovery, gateways/istio-ingress @1.30.3 */
export const CURRENT_INSTALL: InstallBehaviour = {
  names: {
    hub: 'registry.istio.io/release',
    istiodServiceAccount: 'istiod',
    istiodClusterRole: 'istiod-clusterrole-istio-system',
    istiodRole: 'istiod',
    readerClusterRole: 'istio-reader-clusterrole-istio-system',
    gatewayControllerRole: 'istiod-gateway-controller-istio-system',
  },
  validators: [
    { name: 'istio-validator-istio-system', webhook: 'rev.validation.istio.io', ofRevision: true },
    { name: 'istiod-default-validator', webhook: 'validation.istio.io' },
  ],
  injectionWebhooks: 'four-tagged',
  remoteBy: 'profile',
  namespaceLabels: (network): Record<string, string> =>
    network === '' ? {} : { 'topology.istio.io/network': network },
  recordsState: false,
  gatewayPods: 'injected-on-request',
  gatewayProbes: {
    readinessProbe: {
      initialDelaySeconds: 1,
      periodSeconds: 2,
      failureThreshold: 30,
      successThreshold: 1,
      timeoutSeconds: 1,
    },
  },
  gatewayEnvironment: () => [
    { name: 'ISTIO_CPU_LIMIT', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
    { name: 'ISTIO_META_UNPRIVILEGED_POD', value: 'true' },
    { name: 'ISTIO_META_NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
  ],
  gatewayPorts: [
    { name: 'status-port', port: 15021, targetPort: 15021 },
    { name: 'http2', port: 80, targetPort: 8080 },
    { name: 'https', port: 443, targetPort: 8443 },
  ],
  budgetsForSingleReplicas: false,
  istiodAccessIn: 'Istiod',
  istiodEnvironment: ({ externalIstiod }) => [
    { name: 'CA_TRUSTED_NODE_ACCOUNTS', value: 'istio-system/ztunnel' },
    ...(externalIstiod ? [{ name: 'EXTERNAL_ISTIOD', value: 'true' }] : []),
    { name: 'GOMAXPROCS', valueFrom: { resourceFieldRef: { resource: 'limits.cpu', divisor: '1' } } },
    { name: 'PLATFORM', value: '' },
  ],
  istiodPorts: [
    { containerPort: 8080, protocol: 'TCP', name: 'http-debug' },
    { containerPort: 15010, protocol: 'TCP', name: 'grpc-xds' },
    { containerPort: 15012, protocol: 'TCP', name: 'tls-xds' },
    { containerPort: 15017, protocol: 'TCP', name: 'https-webhooks' },
    { containerPort: 15014, protocol: 'TCP', name: 'http-monitoring' },
  ],
  istiodSelector: { istio: 'pilot' },
  istiodTolerations: [{ key: 'cni.istio.io/not-ready', operator: 'Exists' }],
  mountsCsrFiles: true,
  mountsConfigMaps: false,
  managesGateways: true,
  chartLabels: (component, version) => ({
    'app.kubernetes.io/instance': 'istio',
    'app.kubernetes.io/managed-by': 'Helm',
    'app.kubernetes.io/part-of': 'istio',
    'app.kubernetes.io/version': version,
    'helm.sh/chart': `${CHARTS[component] ?? component}-${version}`,
  }),
  ownerOf: document => document ?? 'unknown',
  gatewayLists: 'replaced',
  keepsTexts: true,
  tellsValues: true,
  validatedGroups: ['security.istio.io', 'networking.istio.io', 'telemetry.istio.io', 'extensions.istio.io'],
  admissionReviewVersions: ['v1'],
  readerReadsMore: true,
  telemetryFilters: false,
  meshConfig: { enablePrometheusMerge: true, defaultProviders: { metrics: ['prometheus'] } },
};
