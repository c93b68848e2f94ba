/**
 * One entry of `components.ingressGateways`: deployment, service, identity. The east-west gateway is such an
 * entry too.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { explicitGateway } from '../pod/proxy-pod.ts';
import type { GatewaySettings } from './component-settings.ts';
import { explicitContainer, portsOf, shellContainer } from './gateway-container.ts';
import {
  autoscaler,
  disruptionBudget,
  ISTIO_NAMESPACE,
  kubernetesObject,
  roleWithBinding,
  serviceAccount,
} from './kubernetes-objects.ts';
import type { InstallSettings } from './settings.ts';

const POD_USER = { fsGroup: 1337, runAsGroup: 1337, runAsNonRoot: true, runAsUser: 1337 };

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

/** The name of the injection template that fills the pod; empty for a pod that is complete. */
const templateOf = ({ install }: IstioBehaviour, { values }: InstallSettings): string =>
  install.gatewayPods === 'complete'
    ? ''
    : (values.gateways['istio-ingressgateway']?.injectionTemplate ?? '');

const SCRAPED = { 'prometheus.io/port': '15020', 'prometheus.io/scrape': 'true' };

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

/** A pod that is complete keeps injection away; another asks for it. */
function podMetadata(behaviour: IstioBehaviour, gateway: GatewaySettings, template: string) {
  const labels = {
    ...selectorOf(gateway),
    release: 'istio',
    'istio.io/rev': 'default',
    'service.istio.io/canonical-name': gateway.name,
    'service.istio.io/canonical-revision': 'latest',
  };
  const scraped = {
    ...SCRAPED,
    ...(behaviour.install.gatewayPods !== 'complete' && { 'prometheus.io/path': '/stats/prometheus' }),
  };
  const { podAnnotations } = gateway.k8s;
  if (template !== '')
    return {
      labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
      annotations: {
        ...scraped,
        'inject.istio.io/templates': template,
        'istio.io/rev': 'default',
        'sidecar.istio.io/inject': 'true',
        ...podAnnotations,
      },
    };
  return {
    labels: { ...labels, 'sidecar.istio.io/inject': 'false' },
    annotations: {
      ...scraped,
      ...(behaviour.install.gatewayPods !== 'complete' && { 'istio.io/rev': 'default' }),
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
  const isComplete = templateOf(behaviour, settings) === '';
  const container = isComplete
    ? explicitContainer(behaviour, gateway, settings, `${hub}/proxyv2:${tag}`)
    : shellContainer(behaviour, gateway, settings);
  return {
    serviceAccountName: accountOf(gateway),
    securityContext: POD_USER,
    containers: [container],
    ...(isComplete && { volumes: explicitGateway(behaviour).volumes }),
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
            metadata: podMetadata(behaviour, gateway, templateOf(behaviour, settings)),
            spec: podSpec(behaviour, gateway, settings, images),
          },
        },
      },
    ),
    autoscaler(name, { min: 1, max: 5 }, labels),
    ...(behaviour.install.budgetsForSingleReplicas ? [disruptionBudget(name, selector, labels)] : []),
  ];
}
