/**
 * The values of the charts that injection templates are filled from, as the charts have them by themselves.
 * manifests/charts/istio-control/istio-discovery/values.yaml @1.30.3
 */
import type { IstioBehaviour } from '../behaviour.ts';

type Tree = Readonly<Record<string, unknown>>;

const RESOURCES = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } };

/** Of 1.8 the simulated template asks for no more than these. */
const VALUES_1_8: Tree = {
  revision: '',
  global: {
    imagePullPolicy: '',
    istioNamespace: 'istio-system',
    meshID: '',
    multiCluster: { clusterName: '' },
    network: '',
    remotePilotAddress: '',
    jwtPolicy: 'third-party-jwt',
    caAddress: '',
    pilotCertProvider: 'istiod',
    trustDomain: 'cluster.local',
    proxy: { image: 'proxyv2', clusterDomain: 'cluster.local', logLevel: 'warning' },
    proxy_init: { image: 'proxyv2' },
  },
};

const PROXY: Tree = {
  autoInject: 'enabled',
  clusterDomain: 'cluster.local',
  componentLogLevel: 'misc:error',
  excludeIPRanges: '',
  excludeInboundPorts: '',
  excludeOutboundPorts: '',
  image: 'proxyv2',
  includeIPRanges: '*',
  includeInboundPorts: '*',
  includeOutboundPorts: '',
  logLevel: 'warning',
  outlierLogPath: '',
  privileged: false,
  readinessFailureThreshold: 4,
  readinessInitialDelaySeconds: 0,
  readinessPeriodSeconds: 15,
  resources: RESOURCES,
  startupProbe: { enabled: true, failureThreshold: 600 },
  statusPort: 15020,
  tracer: 'none',
};

const VALUES_CURRENT: Tree = {
  gateways: { seccompProfile: {}, securityContext: {} },
  global: {
    caAddress: '',
    caName: '',
    certSigners: [],
    configCluster: false,
    configValidation: true,
    defaultPodDisruptionBudget: { enabled: true },
    defaultResources: { requests: { cpu: '10m' } },
    externalIstiod: false,
    imagePullPolicy: '',
    imagePullSecrets: [],
    istioNamespace: 'istio-system',
    istiod: { enableAnalysis: false },
    logAsJson: false,
    logging: { level: 'default:info' },
    meshID: '',
    meshNetworks: {},
    mountMtlsCerts: false,
    multiCluster: { clusterName: '' },
    nativeNftables: false,
    network: '',
    omitSidecarInjectorConfigMap: false,
    operatorManageWebhooks: false,
    pilotCertProvider: 'istiod',
    priorityClassName: '',
    proxy: PROXY,
    proxy_init: { forceApplyIptables: false, image: 'proxyv2' },
    remotePilotAddress: '',
    resourceScope: 'all',
    sds: { token: { aud: 'istio-ca' } },
    sts: { servicePort: 0 },
    variant: '',
    waypoint: {
      affinity: {},
      nodeSelector: {},
      resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2', memory: '1Gi' } },
      tolerations: [],
      topologySpreadConstraints: [],
    },
  },
  pilot: { cni: { enabled: false, provider: 'default' }, env: {} },
  revision: '',
  sidecarInjectorWebhook: {
    alwaysInjectSelector: [],
    defaultTemplates: [],
    enableNamespacesByDefault: false,
    injectedAnnotations: {},
    neverInjectSelector: [],
    reinvocationPolicy: 'Never',
    rewriteAppHTTPProbe: true,
    templates: {},
  },
};

/** Returns the values of a chart that nobody has set. */
export const chartValues = ({ line }: IstioBehaviour): Tree => VALUES_BY_LINE[line];
const VALUES_BY_LINE: Readonly<Record<IstioBehaviour['line'], Tree>> = {
  '1.8': VALUES_1_8,
  current: VALUES_CURRENT,
};

const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Lays values over others: maps are merged, everything else is replaced. */
export function withValues(defaults: Tree, own: Tree): Tree {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [key, value] of Object.entries(own)) {
    const before = merged[key];
    merged[key] = isTree(before) && isTree(value) ? withValues(before, value) : value;
  }
  return merged;
}
