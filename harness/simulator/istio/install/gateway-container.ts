/** The proxy container of a gateway: complete, or a shell for the injection webhook. */
import type { IstioBehaviour } from '../behaviour.ts';
import { agentArguments, explicitGateway } from '../pod/proxy-pod.ts';
import { revised } from '../revision.ts';
import type { GatewaySettings } from './component-settings.ts';
import { ISTIO_NAMESPACE } from './kubernetes-objects.ts';
import type { GatewayKind } from './profile.ts';
import { type InstallSettings, pullPolicy } from './settings.ts';
import type { GatewayValues } from './values-settings.ts';

/** A gateway, and all that its objects are made from. */
export interface GatewayInstall {
  readonly behaviour: IstioBehaviour;
  readonly kind: GatewayKind;
  readonly gateway: GatewaySettings;
  /** Of gateways of its kind. */
  readonly values: GatewayValues;
  readonly settings: InstallSettings;
  readonly namespace: string;
  /** Of the proxy, with registry and tag. */
  readonly image: string;
}

interface ServicePort {
  readonly name: string;
  readonly port: number;
  readonly targetPort?: number | undefined;
}

const GATEWAY_USER = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ['ALL'] },
  privileged: false,
  readOnlyRootFilesystem: true,
};
const RESOURCES = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } };

const field = (name: string, fieldPath: string) => ({
  name,
  valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
});
/** What a proxy is told of its pod. */
const POD_FIELDS = [
  field('NODE_NAME', 'spec.nodeName'),
  field('POD_NAME', 'metadata.name'),
  field('POD_NAMESPACE', 'metadata.namespace'),
  field('INSTANCE_IP', 'status.podIP'),
  field('HOST_IP', 'status.hostIP'),
  field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
  field('CANONICAL_SERVICE', "metadata.labels['service.istio.io/canonical-name']"),
  field('CANONICAL_REVISION', "metadata.labels['service.istio.io/canonical-revision']"),
];

/** A proxy that needs no injection: everything is in the deployment. */
export function explicitContainer(install: GatewayInstall): Record<string, unknown> {
  const { behaviour, gateway, settings, image } = install;
  const own = ownEnvironment(install);
  const replaced = new Set(own.map(({ name }) => name));
  const { volumeMounts, probes } = explicitGateway(behaviour, revised('istio', settings.revision));
  return {
    name: 'istio-proxy',
    image,
    ...pullPolicy(settings),
    args: routerArguments(behaviour, gateway.name),
    ports: containerPorts(install),
    env: [...gatewayEnvironment(install).filter(({ name }) => !replaced.has(name)), ...own],
    ...probes,
    resources: resourcesOf(install),
    securityContext: GATEWAY_USER,
    volumeMounts,
  };
}

/** Has the agent of a gateway name itself by its deployment, which a template leaves open. */
const routerArguments = (behaviour: IstioBehaviour, name: string): readonly string[] => [
  'proxy',
  'router',
  ...agentArguments(behaviour, '$(POD_NAMESPACE)').map(arg => arg.replace('{{ serviceCluster }}', name)),
];

/** The variables of the values, and over them those of the gateway's own k8s. */
function ownEnvironment({ values, gateway }: GatewayInstall) {
  const named = new Set(gateway.k8s.env.map(({ name }) => name));
  const common = Object.entries(values.env).filter(([name]) => !named.has(name));
  return [...common.map(([name, value]) => ({ name, value })), ...gateway.k8s.env];
}

/** Lists the variables that the charts give a gateway, in their order; those of its own come later. */
function gatewayEnvironment({ behaviour, gateway: { name }, namespace, settings }: GatewayInstall) {
  const { revision, meshConfig } = settings;
  const { global } = settings.values;
  const owner = `kubernetes://apis/apps/v1/namespaces/${namespace}/deployments/${name}`;
  const istiod = `${revised('istiod', revision)}.${ISTIO_NAMESPACE}.svc:15012`;
  return [
    ...behaviour.install.gatewayEnvironment(global.jwtPolicy),
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    { name: 'CA_ADDR', value: global.caAddress || istiod },
    ...POD_FIELDS,
    { name: 'ISTIO_META_WORKLOAD_NAME', value: name },
    { name: 'ISTIO_META_OWNER', value: owner },
    ...(global.meshID === '' ? [] : [{ name: 'ISTIO_META_MESH_ID', value: global.meshID }]),
    { name: 'TRUST_DOMAIN', value: meshConfig.trustDomain ?? 'cluster.local' },
    ...(global.network === '' ? [] : [{ name: 'ISTIO_META_NETWORK', value: global.network }]),
    { name: 'ISTIO_META_CLUSTER_ID', value: global.multiCluster.clusterName || 'Kubernetes' },
  ];
}

/** A shell that the injection webhook fills. */
export const shellContainer = (install: GatewayInstall): Record<string, unknown> => ({
  name: 'istio-proxy',
  image: 'auto',
  ...pullPolicy(install.settings),
  ports: containerPorts(install),
  env: ownEnvironment(install),
  resources: resourcesOf(install),
  securityContext: GATEWAY_USER,
});

const containerPorts = (install: GatewayInstall): unknown[] => [
  ...portsOf(install).map(({ port, targetPort }) => ({
    containerPort: targetPort ?? port,
    protocol: 'TCP',
  })),
  { containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' },
];

/** Returns the ports that the operator asks for, or else those of the release's charts. */
export const portsOf = ({ behaviour, kind, gateway, values }: GatewayInstall): readonly ServicePort[] =>
  gateway.k8s.service.ports ??
  values.ports ??
  (kind === 'ingress' ? behaviour.install.gatewayPorts : EGRESS_PORTS);

/** manifests/charts/gateways/istio-egress/values.yaml @1.30.3 */
const EGRESS_PORTS: readonly ServicePort[] = [
  { name: 'http2', port: 80, targetPort: 8080 },
  { name: 'https', port: 443, targetPort: 8443 },
];

/**
 * Looks first into the gateway's own k8s, then into the values of its kind, which hold for a gateway of any
 * name (operator/pkg/component/component.go @1.30.3).
 */
const resourcesOf = ({ gateway, values, settings }: GatewayInstall): unknown =>
  gateway.k8s.resources ?? values.resources ?? settings.values.global.defaultResources ?? RESOURCES;
