/** The proxy container of a gateway: complete, or a shell for the injection webhook. */
import type { IstioBehaviour } from '../behaviour.ts';
import { agentArguments, explicitGateway } from '../pod/proxy-pod.ts';
import type { GatewaySettings } from './component-settings.ts';
import { ISTIO_NAMESPACE } from './kubernetes-objects.ts';

import { type InstallSettings, pullPolicy } from './settings.ts';

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
export function explicitContainer(
  behaviour: IstioBehaviour,
  gateway: GatewaySettings,
  settings: InstallSettings,
  image: string,
): Record<string, unknown> {
  const env = gatewayEnvironment(behaviour, gateway, settings);
  const replaced = new Set(gateway.k8s.env.map(({ name }) => name));
  const { volumeMounts, probes } = explicitGateway(behaviour);
  return {
    name: 'istio-proxy',
    image,
    ...pullPolicy(settings),
    args: routerArguments(behaviour, gateway.name),
    ports: containerPorts(behaviour, gateway),
    env: [...env.filter(({ name }) => !replaced.has(name)), ...gateway.k8s.env],
    ...probes,
    resources: resourcesOf(gateway, settings),
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

/** Lists the variables that the charts give a gateway, in their order; those of its own k8s come later. */
function gatewayEnvironment(
  behaviour: IstioBehaviour,
  { name }: GatewaySettings,
  { values: { global }, meshConfig }: InstallSettings,
) {
  const owner = `kubernetes://apis/apps/v1/namespaces/${ISTIO_NAMESPACE}/deployments/${name}`;
  return [
    ...behaviour.install.gatewayEnvironment(global.jwtPolicy),
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    { name: 'CA_ADDR', value: global.caAddress || `istiod.${ISTIO_NAMESPACE}.svc:15012` },
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
export function shellContainer(
  behaviour: IstioBehaviour,
  gateway: GatewaySettings,
  settings: InstallSettings,
): Record<string, unknown> {
  return {
    name: 'istio-proxy',
    image: 'auto',
    ...pullPolicy(settings),
    ports: containerPorts(behaviour, gateway),
    env: gateway.k8s.env,
    resources: resourcesOf(gateway, settings),
    securityContext: GATEWAY_USER,
  };
}

const containerPorts = (behaviour: IstioBehaviour, gateway: GatewaySettings): unknown[] => [
  ...portsOf(behaviour, gateway).map(({ port, targetPort }) => ({
    containerPort: targetPort ?? port,
    protocol: 'TCP',
  })),
  { containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' },
];

/** Returns the ports that the operator asks for, or else those of the release's charts. */
export const portsOf = (behaviour: IstioBehaviour, gateway: GatewaySettings): readonly ServicePort[] =>
  gateway.k8s.service.ports ?? behaviour.install.gatewayPorts;

/**
 * Looks first into the gateway's own k8s, then into the values of `istio-ingressgateway`, which hold for a
 * gateway of any name (operator/pkg/component/component.go @1.30.3).
 */
const resourcesOf = (gateway: GatewaySettings, { values }: InstallSettings): unknown =>
  gateway.k8s.resources ?? values.gateways['istio-ingressgateway']?.resources ?? RESOURCES;
