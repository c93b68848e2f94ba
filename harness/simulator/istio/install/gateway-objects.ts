/**
 * One entry of `components.ingressGateways`: deployment, service, identity. The east-west gateway is such an
 * entry too.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../releases.ts';
import { agentArguments, explicitGateway } from './injection-template.ts';
import {
  autoscaler,
  disruptionBudget,
  ISTIO_NAMESPACE,
  kubernetesObject,
  roleWithBinding,
  serviceAccount,
} from './kubernetes-objects.ts';
import type { GatewaySettings, InstallSettings } from './settings.ts';

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
const POD_USER = { fsGroup: 1337, runAsGroup: 1337, runAsNonRoot: true, runAsUser: 1337 };
const RESOURCES = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '2000m', memory: '1024Mi' } };

/** The proxy of 1.8: everything is in the deployment. */
function explicitContainer(
  behaviour: IstioBehaviour,
  gateway: GatewaySettings,
  settings: InstallSettings,
  image: string,
): Record<string, unknown> {
  const { global } = settings.values;
  const field = (name: string, fieldPath: string) => ({
    name,
    valueFrom: { fieldRef: { apiVersion: 'v1', fieldPath } },
  });
  const owner = `kubernetes://apis/apps/v1/namespaces/${ISTIO_NAMESPACE}/deployments/${gateway.name}`;
  const env = [
    { name: 'JWT_POLICY', value: global.jwtPolicy },
    { name: 'PILOT_CERT_PROVIDER', value: 'istiod' },
    { name: 'CA_ADDR', value: global.caAddress || `istiod.${ISTIO_NAMESPACE}.svc:15012` },
    field('NODE_NAME', 'spec.nodeName'),
    field('POD_NAME', 'metadata.name'),
    field('POD_NAMESPACE', 'metadata.namespace'),
    field('INSTANCE_IP', 'status.podIP'),
    field('HOST_IP', 'status.hostIP'),
    field('SERVICE_ACCOUNT', 'spec.serviceAccountName'),
    field('CANONICAL_SERVICE', "metadata.labels['service.istio.io/canonical-name']"),
    field('CANONICAL_REVISION', "metadata.labels['service.istio.io/canonical-revision']"),
    { name: 'ISTIO_META_WORKLOAD_NAME', value: gateway.name },
    { name: 'ISTIO_META_OWNER', value: owner },
    ...(global.meshID === '' ? [] : [{ name: 'ISTIO_META_MESH_ID', value: global.meshID }]),
    { name: 'TRUST_DOMAIN', value: settings.meshConfig.trustDomain ?? 'cluster.local' },
    { name: 'ISTIO_META_ROUTER_MODE', value: 'standard' },
    ...(global.network === '' ? [] : [{ name: 'ISTIO_META_NETWORK', value: global.network }]),
    { name: 'ISTIO_META_CLUSTER_ID', value: global.multiCluster.clusterName || 'Kubernetes' },
  ];
  const replaced = new Set(gateway.k8s.env.map(({ name }) => name));
  const { volumeMounts, probes } = explicitGateway(behaviour);
  return {
    name: 'istio-proxy',
    image,
    args: [
      'proxy',
      'router',
      ...agentArguments(behaviour, '$(POD_NAMESPACE)').map(arg =>
        arg.replace('{{ serviceCluster }}', gateway.name),
      ),
    ],
    ports: [
      ...portsOf(behaviour, gateway).map(({ port, targetPort }) => ({
        containerPort: targetPort ?? port,
        protocol: 'TCP',
      })),
      { containerPort: 15090, protocol: 'TCP', name: 'http-envoy-prom' },
    ],
    env: [...env.filter(({ name }) => !replaced.has(name)), ...gateway.k8s.env],
    ...probes,
    resources: resourcesOf(gateway, settings),
    securityContext: GATEWAY_USER,
    volumeMounts,
  };
}

/** The proxy of current: a shell that the injection webhook fills. */
function shellContainer(
  behaviour: IstioBehaviour,
  gateway: GatewaySettings,
  settings: InstallSettings,
): Record<string, unknown> {
  return {
    name: 'istio-proxy',
    image: 'auto',
    ports: portsOf(behaviour, gateway).map(({ port, targetPort }) => ({
      containerPort: targetPort ?? port,
      protocol: 'TCP',
    })),
    env: gateway.k8s.env,
    resources: resourcesOf(gateway, settings),
    securityContext: GATEWAY_USER,
  };
}

const portsOf = (behaviour: IstioBehaviour, gateway: GatewaySettings): readonly ServicePort[] =>
  gateway.k8s.service.ports ?? behaviour.install.gatewayPorts;

/**
 * A gateway of any name has the values of `istio-ingressgateway` (istio/istio
 * operator/pkg/component/component.go @1.30.3), below its own k8s.
 */
const resourcesOf = (gateway: GatewaySettings, { values }: InstallSettings): unknown =>
  gateway.k8s.resources ?? values.gateways['istio-ingressgateway']?.resources ?? RESOURCES;

interface Images {
  readonly hub: string;
  readonly tag: string;
}
type Labels = Readonly<Record<string, string>>;

const selectorOf = ({ name, label }: GatewaySettings): Labels => ({
  app: name,
  istio: 'ingressgateway',
  ...label,
});

const isComplete = ({ install }: IstioBehaviour): boolean => install.gatewayPods === 'complete';

function serviceOf(behaviour: IstioBehaviour, gateway: GatewaySettings, labels: Labels): KubernetesObject {
  const { service, serviceAnnotations } = gateway.k8s;
  return kubernetesObject(
    'v1',
    'Service',
    { name: gateway.name, namespace: ISTIO_NAMESPACE, labels, annotations: serviceAnnotations },
    {
      spec: {
        type: service.type ?? 'LoadBalancer',
        selector: selectorOf(gateway),
        ports: portsOf(behaviour, gateway).map(port => ({
          protocol: 'TCP',
          ...port,
          targetPort: port.targetPort ?? port.port,
        })),
        ...(service.externalIPs && { externalIPs: service.externalIPs }),
        ...(service.loadBalancerIP !== undefined && { loadBalancerIP: service.loadBalancerIP }),
      },
    },
  );
}

/** The pod of 1.8 needs no injection; the one of current asks for it. */
function podMetadata(behaviour: IstioBehaviour, gateway: GatewaySettings) {
  const labels = { ...selectorOf(gateway), release: 'istio', 'istio.io/rev': 'default' };
  const { podAnnotations } = gateway.k8s;
  if (!isComplete(behaviour))
    return {
      labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
      annotations: {
        'inject.istio.io/templates': 'gateway',
        'istio.io/rev': 'default',
        ...podAnnotations,
      },
    };
  return {
    labels: {
      ...labels,
      'service.istio.io/canonical-name': gateway.name,
      'service.istio.io/canonical-revision': 'latest',
      'sidecar.istio.io/inject': 'false',
    },
    annotations: {
      'prometheus.io/port': '15020',
      'prometheus.io/scrape': 'true',
      'sidecar.istio.io/inject': 'false',
      ...podAnnotations,
    },
  };
}

function podSpec(
  behaviour: IstioBehaviour,
  gateway: GatewaySettings,
  settings: InstallSettings,
  { hub, tag }: Images,
) {
  const container = isComplete(behaviour)
    ? explicitContainer(behaviour, gateway, settings, `${hub}/proxyv2:${tag}`)
    : shellContainer(behaviour, gateway, settings);
  return {
    serviceAccountName: accountOf(gateway),
    securityContext: POD_USER,
    containers: [container],
    ...(isComplete(behaviour) && { volumes: explicitGateway(behaviour).volumes }),
  };
}

const accountOf = ({ name }: GatewaySettings): string => `${name}-service-account`;

/**
 * Returns the objects of one gateway (manifests/charts/gateways/istio-ingress/templates).
 * @param images - where the proxy's image comes from, and its tag
 */
export function gatewayObjects(
  behaviour: IstioBehaviour,
  gateway: GatewaySettings,
  settings: InstallSettings,
  images: Images,
): KubernetesObject[] {
  const { name } = gateway;
  const selector = selectorOf(gateway);
  const labels = { ...selector, release: 'istio', 'istio.io/rev': 'default' };
  const account = accountOf(gateway);
  const mayReadSecrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }];
  return [
    serviceAccount(account, labels),
    ...roleWithBinding(`${name}-sds`, account, mayReadSecrets, labels),
    serviceOf(behaviour, gateway, labels),
    kubernetesObject(
      'apps/v1',
      'Deployment',
      { name, namespace: ISTIO_NAMESPACE, labels },
      {
        spec: {
          replicas: gateway.k8s.replicaCount ?? 1,
          strategy: { rollingUpdate: { maxSurge: '100%', maxUnavailable: '25%' } },
          selector: { matchLabels: selector },
          template: {
            metadata: podMetadata(behaviour, gateway),
            spec: podSpec(behaviour, gateway, settings, images),
          },
        },
      },
    ),
    autoscaler(name, { min: 1, max: 5 }, labels),
    ...(behaviour.install.budgetsForSingleReplicas ? [disruptionBudget(name, selector, labels)] : []),
  ];
}
