/**
 * What is put into pods, as the data of ConfigMap `istio-sidecar-injector`.
 *
 * Unlike Istio, the templates are YAML with `{{ path }}` in place of values, not Go templates: `{{ path }}`
 * alone stands for the value itself, `{{ path | json }}` for its JSON, and an entry with `$when: path` is
 * left out if that value is empty or false.
 */
import yaml from 'js-yaml';
import type { IstioBehaviour } from '../releases.ts';

const FIELD = (path: string) => ({ fieldRef: { fieldPath: path } });

/**
 * Environment of every proxy; manifests/charts/istio-control/istio-discovery/files/injection-template.yaml
 */
function environment(behaviour: IstioBehaviour, router: boolean): unknown[] {
  return [
    { name: 'JWT_POLICY', value: '{{ values.global.jwtPolicy }}' },
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
    { name: 'TRUST_DOMAIN', value: '{{ values.global.trustDomain }}' },
  ];
}

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

const VOLUME_MOUNTS = [
  { name: 'istiod-ca-cert', mountPath: '/var/run/secrets/istio' },
  { name: 'istio-data', mountPath: '/var/lib/istio/data' },
  { name: 'istio-envoy', mountPath: '/etc/istio/proxy' },
  { name: 'istio-token', mountPath: '/var/run/secrets/tokens' },
  { name: 'istio-podinfo', mountPath: '/etc/istio/pod' },
];

function probes({ injection }: IstioBehaviour): Record<string, unknown> {
  const httpGet = { path: '/healthz/ready', port: 15021 };
  return Object.fromEntries(
    Object.entries(injection.probes).map(([name, probe]) => [name, { httpGet, ...probe }]),
  );
}

const PROXY_RESOURCES = {
  requests: { cpu: '100m', memory: '128Mi' },
  limits: { cpu: '2000m', memory: '1024Mi' },
};
const PROXY_USER = {
  allowPrivilegeEscalation: false,
  privileged: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
  runAsUser: 1337,
  runAsGroup: 1337,
};

/** Arguments of the agent, without the role that comes first. */
export const agentArguments = ({ injection }: IstioBehaviour, domainNamespace: string): readonly string[] =>
  injection.agentArguments(`${domainNamespace}.svc.cluster.local`);

function sidecarTemplate(behaviour: IstioBehaviour): Record<string, unknown> {
  const image = '{{ image }}';
  const proxy = {
    name: 'istio-proxy',
    image,
    args: ['proxy', 'sidecar', ...agentArguments(behaviour, '$(POD_NAMESPACE)')],
    ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
    env: environment(behaviour, false),
    ...probes(behaviour),
    resources: PROXY_RESOURCES,
    securityContext: PROXY_USER,
    volumeMounts: VOLUME_MOUNTS,
  };
  return {
    metadata: {
      labels: {
        'security.istio.io/tlsMode': 'istio',
        'service.istio.io/canonical-name': '{{ canonicalName }}',
        'service.istio.io/canonical-revision': '{{ canonicalRevision }}',
        ...behaviour.injection.podLabels,
        'topology.istio.io/network': '{{ network }}',
      },
      annotations: {
        ...behaviour.injection.podAnnotations,
        'kubectl.kubernetes.io/default-container': '{{ defaultContainer }}',
        'prometheus.io/path': '/stats/prometheus',
        'prometheus.io/port': '15020',
        'prometheus.io/scrape': 'true',
      },
    },
    spec: {
      securityContext: behaviour.injection.podSecurity,
      initContainers: [
        {
          name: 'istio-init',
          image,
          args: [
            'istio-iptables',
            ...['-p', '15001', '-z', '15006', '-u', '1337', '-m', 'REDIRECT', '-i', '*', '-x', '', '-b', '*'],
            ...['-d', '15090,15021,15020'],
          ],
          resources: PROXY_RESOURCES,
          securityContext: {
            allowPrivilegeEscalation: false,
            capabilities: { add: ['NET_ADMIN', 'NET_RAW'], drop: ['ALL'] },
            privileged: false,
            readOnlyRootFilesystem: false,
            runAsGroup: 0,
            runAsNonRoot: false,
            runAsUser: 0,
          },
        },
        ...(behaviour.nativeSidecars ? [{ $when: 'nativeSidecar', ...proxy, restartPolicy: 'Always' }] : []),
      ],
      containers: [behaviour.nativeSidecars ? { $when: 'ordinarySidecar', ...proxy } : proxy],
      volumes: VOLUMES,
    },
  };
}

/** manifests/charts/istio-control/istio-discovery/files/gateway-injection-template.yaml @1.30.3 */
function gatewayTemplate(behaviour: IstioBehaviour): Record<string, unknown> {
  return {
    metadata: {
      labels: {
        'service.istio.io/canonical-name': '{{ canonicalName }}',
        'service.istio.io/canonical-revision': '{{ canonicalRevision }}',
        'topology.istio.io/network': '{{ network }}',
      },
      annotations: {
        'istio.io/rev': 'default',
        'prometheus.io/path': '/stats/prometheus',
        'prometheus.io/port': '15020',
        'prometheus.io/scrape': 'true',
      },
    },
    spec: {
      containers: [
        {
          name: 'istio-proxy',
          image: '{{ image }}',
          args: ['proxy', 'router', ...agentArguments(behaviour, '$(POD_NAMESPACE)')],
          ports: [{ containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' }],
          env: environment(behaviour, true),
          ...probes(behaviour),
          volumeMounts: VOLUME_MOUNTS,
        },
      ],
      volumes: VOLUMES,
    },
  };
}

/** The text of key `config`. */
export function injectionConfig(behaviour: IstioBehaviour): string {
  const common = { policy: 'enabled', alwaysInjectSelector: [], neverInjectSelector: [] };
  const sidecar = yaml.dump(sidecarTemplate(behaviour), { lineWidth: -1, noRefs: true });
  return yaml.dump(
    behaviour.injection.templates === 'one'
      ? { ...common, template: sidecar }
      : {
          ...common,
          defaultTemplates: ['sidecar'],
          templates: {
            sidecar,
            gateway: yaml.dump(gatewayTemplate(behaviour), { lineWidth: -1, noRefs: true }),
          },
        },
    { lineWidth: -1 },
  );
}

/** Containers, volumes and environment of a gateway that needs no injection (1.8). */
export function explicitGateway(behaviour: IstioBehaviour): {
  readonly volumes: readonly unknown[];
  readonly volumeMounts: readonly unknown[];
  readonly probes: Record<string, unknown>;
} {
  // The mesh's configuration is a file to a gateway of 1.8; injected proxies get theirs from the environment.
  return {
    volumes: [...VOLUMES, { name: 'config-volume', configMap: { name: 'istio', optional: true } }],
    volumeMounts: [...VOLUME_MOUNTS, { name: 'config-volume', mountPath: '/etc/istio/config' }],
    probes: probes(behaviour),
  };
}
