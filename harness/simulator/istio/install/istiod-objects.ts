/** The component "Istiod": the control plane's workload and what belongs to it. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../releases.ts';
import { istiodAccess } from './base-objects.ts';
import { autoscaler, disruptionBudget, ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import { injectorConfigMap, meshConfigMap } from './mesh-configuration.ts';
import type { ReleaseNames } from './release.ts';
import type { InstallSettings } from './settings.ts';
import { telemetryFilters } from './telemetry-filters.ts';
import { injectionWebhooks, validatingWebhooks } from './webhook-objects.ts';

const LABELS = { app: 'istiod', istio: 'pilot', 'istio.io/rev': 'default', release: 'istio' };
const SELECTOR = { app: 'istiod', istio: 'pilot' };

/** Ports of Service istiod, in every edition (I1). */
const SERVICE_PORTS = [
  { name: 'grpc-xds', port: 15010, protocol: 'TCP' },
  { name: 'https-dns', port: 15012, protocol: 'TCP' },
  { name: 'https-webhook', port: 443, targetPort: 15017, protocol: 'TCP' },
  { name: 'http-monitoring', port: 15014, protocol: 'TCP' },
];

function environment(behaviour: IstioBehaviour, settings: InstallSettings): unknown[] {
  const { global, pilot } = settings.values;
  const field = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  });
  const own = [
    { name: 'REVISION', value: 'default' },
    { name: 'JWT_POLICY', value: global.jwtPolicy },
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    { name: 'KUBECONFIG', value: '/var/run/secrets/remote/config' },
    { name: 'PILOT_TRACE_SAMPLING', value: String(pilot.traceSampling) },
    { name: 'PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_OUTBOUND', value: 'true' },
    { name: 'PILOT_ENABLE_PROTOCOL_SNIFFING_FOR_INBOUND', value: 'true' },
    { name: 'INJECTION_WEBHOOK_CONFIG_NAME', value: 'istio-sidecar-injector' },
    { name: 'ISTIOD_ADDR', value: `istiod.${ISTIO_NAMESPACE}.svc:15012` },
    { name: 'PILOT_ENABLE_ANALYSIS', value: 'false' },
    { name: 'CLUSTER_ID', value: global.multiCluster.clusterName || 'Kubernetes' },
    { name: 'EXTERNAL_ISTIOD', value: String(global.externalIstiod) },
    ...Object.entries(behaviour.install.istiodEnvironment).map(([name, value]) => ({ name, value })),
  ];
  const extra = [
    ...Object.entries(pilot.env).map(([name, value]) => ({ name, value })),
    ...(settings.components.pilot.k8s?.env ?? []),
  ];
  const replaced = new Set(extra.map(({ name }) => name));
  return [...own.filter(({ name }) => !replaced.has(name)), ...extra];
}

const volumeMounts = (behaviour: IstioBehaviour): unknown[] => [
  { name: 'istio-token', mountPath: '/var/run/secrets/tokens', readOnly: true },
  { name: 'local-certs', mountPath: '/var/run/secrets/istio-dns' },
  { name: 'cacerts', mountPath: '/etc/cacerts', readOnly: true },
  { name: 'istio-kubeconfig', mountPath: '/var/run/secrets/remote', readOnly: true },
  ...(behaviour.install.mountsConfigMaps
    ? [
        { name: 'config-volume', mountPath: '/etc/istio/config' },
        { name: 'inject', mountPath: '/var/lib/istio/inject', readOnly: true },
      ]
    : []),
];

const volumes = (behaviour: IstioBehaviour): unknown[] => [
  { name: 'local-certs', emptyDir: { medium: 'Memory' } },
  {
    name: 'istio-token',
    projected: {
      sources: [
        { serviceAccountToken: { audience: 'istio-ca', expirationSeconds: 43200, path: 'istio-token' } },
      ],
    },
  },
  { name: 'cacerts', secret: { secretName: 'cacerts', optional: true } },
  { name: 'istio-kubeconfig', secret: { secretName: 'istio-kubeconfig', optional: true } },
  ...(behaviour.install.mountsConfigMaps
    ? [
        { name: 'inject', configMap: { name: 'istio-sidecar-injector' } },
        { name: 'config-volume', configMap: { name: 'istio' } },
      ]
    : []),
];

function container(behaviour: IstioBehaviour, settings: InstallSettings, image: string): unknown {
  const { pilot } = settings.values;
  return {
    name: 'discovery',
    image,
    args: [
      'discovery',
      '--monitoringAddr=:15014',
      '--log_output_level=default:info',
      '--domain',
      'cluster.local',
      '--keepaliveMaxServerConnectionAge',
      '30m',
    ],
    ports: [8080, 15010, 15017].map(containerPort => ({ containerPort, protocol: 'TCP' })),
    readinessProbe: {
      httpGet: { path: '/ready', port: 8080 },
      initialDelaySeconds: 1,
      periodSeconds: 3,
      timeoutSeconds: 5,
    },
    env: environment(behaviour, settings),
    resources: settings.components.pilot.k8s?.resources ??
      pilot.resources ?? { requests: { cpu: '500m', memory: '2048Mi' } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      runAsNonRoot: true,
      runAsUser: 1337,
      runAsGroup: 1337,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: volumeMounts(behaviour),
  };
}

function deployment(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  settings: InstallSettings,
  images: { readonly hub: string; readonly tag: string },
): KubernetesObject {
  const { pilot } = settings.values;
  return kubernetesObject(
    'apps/v1',
    'Deployment',
    { name: 'istiod', namespace: ISTIO_NAMESPACE, labels: LABELS },
    {
      spec: {
        replicas: settings.components.pilot.k8s?.replicaCount ?? pilot.replicaCount,
        strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
        selector: { matchLabels: SELECTOR },
        template: {
          metadata: {
            labels: { ...SELECTOR, 'istio.io/rev': 'default', 'sidecar.istio.io/inject': 'false' },
            annotations: {
              'prometheus.io/port': '15014',
              'prometheus.io/scrape': 'true',
              'sidecar.istio.io/inject': 'false',
            },
          },
          spec: {
            serviceAccountName: names.istiodServiceAccount,
            securityContext: { fsGroup: 1337 },
            containers: [container(behaviour, settings, `${images.hub}/pilot:${images.tag}`)],
            volumes: volumes(behaviour),
          },
        },
      },
    },
  );
}

/** manifests/charts/istio-control/istio-discovery */
export function istiodObjects(
  behaviour: IstioBehaviour,
  names: ReleaseNames,
  settings: InstallSettings,
  images: { readonly hub: string; readonly tag: string },
): KubernetesObject[] {
  const { pilot } = settings.values;
  const scales = { min: pilot.autoscaleMin, max: pilot.autoscaleMax };
  return [
    ...(behaviour.install.istiodAccessIn === 'Istiod' ? istiodAccess(behaviour, names) : []),
    meshConfigMap(behaviour, settings),
    injectorConfigMap(behaviour, settings, images),
    ...(behaviour.install.telemetryFilters ? telemetryFilters() : []),
    kubernetesObject(
      'v1',
      'Service',
      { name: 'istiod', namespace: ISTIO_NAMESPACE, labels: LABELS },
      { spec: { ports: SERVICE_PORTS, selector: SELECTOR } },
    ),
    deployment(behaviour, names, settings, images),
    ...(pilot.autoscaleEnabled ? [autoscaler('istiod', scales, LABELS)] : []),
    ...(behaviour.install.budgetsForSingleReplicas || scales.min > 1
      ? [disruptionBudget('istiod', SELECTOR, LABELS)]
      : []),
    ...injectionWebhooks(behaviour, '/inject'),
    ...validatingWebhooks(behaviour),
  ];
}
