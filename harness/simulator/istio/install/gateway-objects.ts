/**
 * One entry of `components.ingressGateways` or `egressGateways`: deployment, service, identity. The east-west
 * gateway is such an entry too.
 */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import { explicitGateway } from '../pod/proxy-pod.ts';
import { revised } from '../revision.ts';
import { explicitContainer, type GatewayInstall, portsOf, shellContainer } from './gateway-container.ts';
import {
  autoscaler,
  disruptionBudget,
  kubernetesObject,
  roleWithBinding,
  serviceAccount,
  withPullSecrets,
} from './kubernetes-objects.ts';
import { patched } from './object-patches.ts';
import { podPlacement } from './pod-placement.ts';

const POD_USER = { fsGroup: 1337, runAsGroup: 1337, runAsNonRoot: true, runAsUser: 1337 };

type Labels = Readonly<Record<string, string>>;

/** Charts name gateways by their kind, whatever they are called. */
const selectorOf = ({ kind, gateway, values }: GatewayInstall): Labels => ({
  app: `istio-${kind}gateway`,
  istio: `${kind}gateway`,
  ...values.labels,
  ...gateway.label,
});

/** The name of the injection template that fills the pod; empty for a pod that is complete. */
const templateOf = ({ behaviour, values }: GatewayInstall): string =>
  behaviour.install.gatewayPods === 'complete' ? '' : (values.injectionTemplate ?? '');

const SCRAPED = { 'prometheus.io/port': '15020', 'prometheus.io/scrape': 'true' };

function serviceOf(install: GatewayInstall, labels: Labels): KubernetesObject {
  const { gateway, values, kind, namespace } = install;
  const { externalTrafficPolicy, loadBalancerIP, loadBalancerSourceRanges } = values;
  return kubernetesObject(
    'v1',
    'Service',
    {
      name: gateway.name,
      namespace,
      labels,
      annotations: { ...values.serviceAnnotations, ...gateway.k8s.serviceAnnotations },
    },
    {
      spec: {
        type: values.type ?? (kind === 'ingress' ? 'LoadBalancer' : 'ClusterIP'),
        selector: selectorOf(install),
        ports: [
          ...portsOf(install).map(port => ({
            protocol: 'TCP',
            ...port,
            targetPort: port.targetPort ?? port.port,
          })),
          ...values.ingressPorts.map(({ name, port }) => ({ name, port })),
        ],
        ...(loadBalancerIP !== '' && { loadBalancerIP }),
        ...(loadBalancerSourceRanges.length > 0 && { loadBalancerSourceRanges }),
        ...(externalTrafficPolicy !== '' && { externalTrafficPolicy }),
      },
    },
  );
}

/** A pod that is complete keeps injection away; another asks for it. */
function podMetadata(install: GatewayInstall, template: string) {
  const { behaviour, gateway, values, settings } = install;
  const { revision } = settings;
  const labels = {
    ...selectorOf(install),
    release: 'istio',
    'istio.io/rev': revision,
    'service.istio.io/canonical-name': gateway.name,
    'service.istio.io/canonical-revision': revision === 'default' ? 'latest' : revision,
  };
  const scraped = {
    ...SCRAPED,
    ...(behaviour.install.gatewayPods !== 'complete' && { 'prometheus.io/path': '/stats/prometheus' }),
  };
  const own = { ...values.podAnnotations, ...gateway.k8s.podAnnotations };
  if (template !== '')
    return {
      labels: { ...labels, 'sidecar.istio.io/inject': 'true' },
      annotations: {
        ...scraped,
        'inject.istio.io/templates': template,
        'istio.io/rev': revision,
        'sidecar.istio.io/inject': 'true',
        ...own,
      },
    };
  return {
    labels: { ...labels, 'sidecar.istio.io/inject': 'false' },
    annotations: {
      ...scraped,
      ...(behaviour.install.gatewayPods !== 'complete' && { 'istio.io/rev': revision }),
      'sidecar.istio.io/inject': 'false',
      ...own,
    },
  };
}

function podSpec(install: GatewayInstall) {
  const isComplete = templateOf(install) === '';
  return {
    serviceAccountName: accountOf(install),
    securityContext: POD_USER,
    ...podPlacement(install.settings.values.global, install.values),
    containers: [isComplete ? explicitContainer(install) : shellContainer(install)],
    ...(isComplete && {
      volumes: explicitGateway(install.behaviour, revised('istio', install.settings.revision)).volumes,
    }),
  };
}

const accountOf = ({ gateway }: GatewayInstall): string => `${gateway.name}-service-account`;

/** Returns the objects of one gateway (manifests/charts/gateways/istio-ingress, istio-egress/templates). */
export function gatewayObjects(install: GatewayInstall): KubernetesObject[] {
  const { behaviour, gateway, values, namespace } = install;
  const { revision, values: all } = install.settings;
  const { name } = gateway;
  const selector = selectorOf(install);
  const labels = { ...selector, release: 'istio', 'istio.io/rev': revision };
  const account = accountOf(install);
  const mayReadSecrets = [{ apiGroups: [''], resources: ['secrets'], verbs: ['get', 'watch', 'list'] }];
  const scales = scalesOf(install);
  const isGuarded = all.global.defaultPodDisruptionBudget.enabled;
  const isMany = (values.autoscaleEnabled ? scales.min : (values.replicaCount ?? 1)) > 1;
  const objects = [
    withPullSecrets(serviceAccount(account, labels, namespace), all.global.imagePullSecrets),
    ...roleWithBinding({ name: `${name}-sds`, namespace, labels }, account, mayReadSecrets),
    ...(values.customService ? [] : [serviceOf(install, labels)]),
    kubernetesObject(
      'apps/v1',
      'Deployment',
      { name, namespace, labels },
      {
        spec: {
          replicas: gateway.k8s.replicaCount ?? (values.autoscaleEnabled ? 1 : (values.replicaCount ?? 1)),
          strategy: {
            rollingUpdate: {
              maxSurge: values.rollingMaxSurge,
              maxUnavailable: values.rollingMaxUnavailable,
            },
          },
          selector: { matchLabels: selector },
          template: { metadata: podMetadata(install, templateOf(install)), spec: podSpec(install) },
        },
      },
    ),
    ...(values.autoscaleEnabled ? [autoscaler({ name, namespace, labels }, scales)] : []),
    ...(isGuarded && (behaviour.install.budgetsForSingleReplicas || isMany)
      ? [disruptionBudget({ name, namespace, labels }, selector)]
      : []),
  ];
  return patched(objects, gateway.k8s, { name, container: 'istio-proxy' });
}

/** The operator's own bounds count before those of the values (operator/pkg/render/manifest.go @1.30.3). */
function scalesOf({ gateway, values }: GatewayInstall): { readonly min: number; readonly max: number } {
  const { minReplicas, maxReplicas } = gateway.k8s.hpaSpec ?? {};
  return {
    min: typeof minReplicas === 'number' ? minReplicas : values.autoscaleMin,
    max: typeof maxReplicas === 'number' ? maxReplicas : values.autoscaleMax,
  };
}
