/**
 * Parts of every pod with a proxy, sidecar or gateway: environment, volumes, probes, arguments of the agent.
 */
import type { IstioBehaviour } from '../behaviour.ts';

const FIELD = (path: string) => ({ fieldRef: { fieldPath: path } });

/** The variables that `proxyMetadata` names. */
export const PROXY_METADATA = { $each: 'proxyMetadata', name: '{{ key }}', value: '{{ value }}' };

/**
 * Lists the variables as the injection template has them, with `{{ path }}` in place of values
 * (manifests/charts/istio-control/istio-discovery/files/injection-template.yaml).
 */
export function environment(behaviour: IstioBehaviour, router: boolean): unknown[] {
  return [
    ...behaviour.injection.environment,
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    { name: 'CA_ADDR', value: '{{ caAddress }}' },
    { name: 'POD_NAME', valueFrom: FIELD('metadata.name') },
    { name: 'POD_NAMESPACE', valueFrom: FIELD('metadata.namespace') },
    { name: 'INSTANCE_IP', valueFrom: FIELD('status.podIP') },
    { name: 'SERVICE_ACCOUNT', valueFrom: FIELD('spec.serviceAccountName') },
    { name: 'HOST_IP', valueFrom: FIELD('status.hostIP') },
    ...Object.entries(behaviour.injection.podFields).map(([name, path]) => ({
      name,
      valueFrom: FIELD(path),
    })),
    { name: 'PROXY_CONFIG', value: '{{ proxyConfig | json }}' },
    ...(router
      ? []
      : [
          { name: 'ISTIO_META_POD_PORTS', value: '{{ podPorts | json }}' },
          { name: 'ISTIO_META_APP_CONTAINERS', value: '{{ appContainers }}' },
          { name: 'ISTIO_META_INTERCEPTION_MODE', value: 'REDIRECT' },
        ]),
    { name: 'ISTIO_META_CLUSTER_ID', value: '{{ clusterId }}' },
    { $when: 'network', name: 'ISTIO_META_NETWORK', value: '{{ network }}' },
    { $when: 'workload.name', name: 'ISTIO_META_WORKLOAD_NAME', value: '{{ workload.name }}' },
    { $when: 'workload.owner', name: 'ISTIO_META_OWNER', value: '{{ workload.owner }}' },
    { $when: 'values.global.meshID', name: 'ISTIO_META_MESH_ID', value: '{{ values.global.meshID }}' },
    { name: 'TRUST_DOMAIN', value: '{{ trustDomain }}' },
    PROXY_METADATA,
  ];
}

/** The agent's token, its root certificate, the pod's own labels, and room for Envoy's files. */
const VOLUMES = [
  { name: 'istio-envoy', emptyDir: { medium: 'Memory' } },
  { name: 'istio-data', emptyDir: {} },
  {
    name: 'istio-podinfo',
    downwardAPI: {
      items: [
        { path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } },
        { path: 'annotations', fieldRef: { fieldPath: 'metadata.annotations' } },
      ],
    },
  },
  {
    name: 'istio-token',
    projected: {
      sources: [
        { serviceAccountToken: { path: 'istio-token', expirationSeconds: 43200, audience: 'istio-ca' } },
      ],
    },
  },
  { name: 'istiod-ca-cert', configMap: { name: 'istio-ca-root-cert' } },
];

/** Where the proxy's container finds them. */
const VOLUME_MOUNTS = [
  { name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' },
  { name: 'istio-data', mountPath: '/var/lib/istio/data' },
  { name: 'istio-envoy', mountPath: '/etc/istio/proxy' },
  { name: 'istio-token', mountPath: '/var/run/secrets/tokens' },
  { name: 'istio-podinfo', mountPath: '/etc/istio/pod' },
];

/** The volumes of a proxy's pod, and where its container has them. */
interface ProxyVolumes {
  readonly volumes: readonly unknown[];
  readonly volumeMounts: readonly unknown[];
}

/** @param router - of a gateway, which has no list of revoked certificates */
export function proxyVolumes({ injection }: IstioBehaviour, router: boolean): ProxyVolumes {
  const empty = Object.entries(injection.emptyVolumes);
  const isTold = injection.mountsRevocations && !router;
  const revocations = { name: 'istio-ca-crl', configMap: { name: 'istio-ca-crl', optional: true } };
  const mount = { name: 'istio-ca-crl', mountPath: '/var/run/secrets/istio/crl' };
  return {
    volumes: [
      ...empty.map(([name]) => ({ name, emptyDir: {} })),
      ...VOLUMES,
      ...(isTold ? [revocations] : []),
    ],
    volumeMounts: [
      ...empty.map(([name, mountPath]) => ({ name, mountPath })),
      ...VOLUME_MOUNTS,
      ...(isTold ? [mount] : []),
    ],
  };
}

/** Returns the release's probes by name; each of them asks the agent's `/healthz/ready`. */
export function probes(
  { injection }: IstioBehaviour,
  own: Readonly<Record<string, Readonly<Record<string, unknown>>>> = injection.probes,
): Record<string, unknown> {
  const httpGet = { path: '/healthz/ready', port: 15021 };
  return Object.fromEntries(Object.entries(own).map(([name, probe]) => [name, { httpGet, ...probe }]));
}

/** Arguments of the agent, without the role that comes first. */
export const agentArguments = ({ injection }: IstioBehaviour, domainNamespace: string): readonly string[] =>
  injection.agentArguments(`${domainNamespace}.svc.cluster.local`);

/**
 * Returns the volumes and probes of a gateway that needs no injection.
 * @param meshMap - the name of its mesh's ConfigMap
 */
export function explicitGateway(
  behaviour: IstioBehaviour,
  meshMap: string,
): ProxyVolumes & { readonly probes: Record<string, unknown> } {
  const { volumes, volumeMounts } = proxyVolumes(behaviour, true);
  const certificates = ['ingressgateway-certs', 'ingressgateway-ca-certs'].filter(
    () => behaviour.install.gatewayProbes !== undefined,
  );
  // It reads the mesh's configuration from a file; injected proxies have it in the environment.
  return {
    volumes: [
      ...volumes,
      { name: 'config-volume', configMap: { name: meshMap, optional: true } },
      ...certificates.map(name => ({ name, secret: { secretName: `istio-${name}`, optional: true } })),
    ],
    volumeMounts: [
      ...volumeMounts,
      { name: 'config-volume', mountPath: '/etc/istio/config' },
      ...certificates.map(name => ({ name, mountPath: `/etc/istio/${name}`, readOnly: true })),
    ],
    probes: probes(behaviour, behaviour.install.gatewayProbes),
  };
}
