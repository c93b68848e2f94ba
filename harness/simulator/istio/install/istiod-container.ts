/** The container of istiod: its environment, its probe, and the volumes that it mounts. */
import type { IstioBehaviour } from '../behaviour.ts';
import { revised } from '../revision.ts';
import { type InstallSettings, pullPolicy } from './settings.ts';

function environment(behaviour: IstioBehaviour, settings: InstallSettings): unknown[] {
  const { global, pilot } = settings.values;
  const field = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  });
  const own = [
    { name: 'REVISION', value: settings.revision },
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    { name: 'KUBECONFIG', value: '/var/run/secrets/remote/config' },
    { name: 'PILOT_TRACE_SAMPLING', value: String(pilot.traceSampling) },
    { name: 'PILOT_ENABLE_ANALYSIS', value: 'false' },
    { name: 'CLUSTER_ID', value: global.multiCluster.clusterName || 'Kubernetes' },
    ...behaviour.install.istiodEnvironment({ ...global, revision: settings.revision }),
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
  ...(behaviour.install.mountsCsrFiles
    ? [
        { name: 'istio-csr-dns-cert', mountPath: '/var/run/secrets/istiod/tls', readOnly: true },
        { name: 'istio-csr-ca-configmap', mountPath: '/var/run/secrets/istiod/ca', readOnly: true },
      ]
    : []),
];

/** Returns the volumes of istiod: its token, certificates and kubeconfig; in 1.8 its ConfigMaps too. */
export const volumes = (behaviour: IstioBehaviour, revision: string): unknown[] => [
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
        { name: 'inject', configMap: { name: revised('istio-sidecar-injector', revision) } },
        { name: 'config-volume', configMap: { name: revised('istio', revision) } },
      ]
    : []),
  ...(behaviour.install.mountsCsrFiles
    ? [
        { name: 'istio-csr-dns-cert', secret: { secretName: 'istiod-tls', optional: true } },
        {
          name: 'istio-csr-ca-configmap',
          configMap: { name: 'istio-ca-root-cert', defaultMode: 420, optional: true },
        },
      ]
    : []),
];

/** @param image - with registry and tag: `docker.io/istio/pilot:1.8.0` */
export function container(behaviour: IstioBehaviour, settings: InstallSettings, image: string): unknown {
  const { pilot } = settings.values;
  return {
    name: 'discovery',
    image,
    ...pullPolicy(settings),
    args: [
      'discovery',
      '--monitoringAddr=:15014',
      '--log_output_level=default:info',
      '--domain',
      'cluster.local',
      '--keepaliveMaxServerConnectionAge',
      '30m',
      ...pilot.extraContainerArgs,
    ],
    ports: behaviour.install.istiodPorts,
    readinessProbe: {
      httpGet: { path: '/ready', port: 8080 },
      initialDelaySeconds: 1,
      periodSeconds: 3,
      timeoutSeconds: 5,
    },
    env: environment(behaviour, settings),
    resources: settings.components.pilot.k8s?.resources ??
      pilot.resources ??
      settings.values.global.defaultResources ?? { requests: { cpu: '500m', memory: '2048Mi' } },
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
