/** The component "Istiod": the control plane's workload and what belongs to it. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { istiodAccess } from './istiod-access.ts';
import { container, volumes } from './istiod-container.ts';
import { SERVICE_PORTS } from './istiod-ports.ts';
import { autoscaler, disruptionBudget, ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import { injectorConfigMap, meshConfigMap, valuesConfigMap } from './mesh-configuration.ts';
import type { ReleaseNames } from './release.ts';
import type { InstallSettings } from './settings.ts';
import { telemetryFilters } from './telemetry-filters.ts';
import { injectionWebhooks, validatingWebhooks } from './webhook-objects.ts';

const LABELS = { app: 'istiod', istio: 'pilot', 'istio.io/rev': 'default', release: 'istio' };
const SELECTOR = { app: 'istiod', istio: 'pilot' };

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
        selector: { matchLabels: { ...behaviour.install.istiodSelector } },
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
            ...(behaviour.install.istiodTolerations.length > 0 && {
              tolerations: behaviour.install.istiodTolerations,
            }),
            containers: [container(behaviour, settings, `${images.hub}/pilot:${images.tag}`)],
            volumes: volumes(behaviour),
          },
        },
      },
    },
  );
}

/** Makes the objects of istiod (manifests/charts/istio-control/istio-discovery). */
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
    ...(behaviour.install.tellsValues ? [valuesConfigMap(settings)] : []),
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
