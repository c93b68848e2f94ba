/** The component "Istiod": the control plane's workload and what belongs to it. */
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { revised } from '../revision.ts';
import { istiodAccess } from './istiod-access.ts';
import { container, volumes } from './istiod-container.ts';
import { SERVICE_PORTS } from './istiod-ports.ts';
import { autoscaler, disruptionBudget, ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import { injectorConfigMap, meshConfigMap, valuesConfigMap } from './mesh-configuration.ts';
import { patched } from './object-patches.ts';
import { podPlacement } from './pod-placement.ts';
import type { ReleaseNames } from './release.ts';
import type { InstallSettings } from './settings.ts';
import { telemetryFilters } from './telemetry-filters.ts';
import { injectionWebhooks, validatingWebhooks } from './webhook-objects.ts';

/** The parts of an installation of istiod. */
interface IstiodInstall {
  readonly behaviour: IstioBehaviour;
  readonly names: ReleaseNames;
  readonly settings: InstallSettings;
  readonly images: { readonly hub: string; readonly tag: string };
}

const labelsOf = (revision: string) => ({
  app: 'istiod',
  istio: 'pilot',
  'istio.io/rev': revision,
  release: 'istio',
});

/**
 * Returns what istiod's Services, Deployment and budget select by: pods of a revision other than the default
 * one by their revision (templates/deployment.yaml, service.yaml @1.8.0, @1.30.3).
 */
export const istiodSelector = (revision: string): Readonly<Record<string, string>> =>
  revision === 'default' ? { app: 'istiod', istio: 'pilot' } : { app: 'istiod', 'istio.io/rev': revision };

function podMetadata({ settings }: IstiodInstall) {
  const { revision, values } = settings;
  return {
    labels: {
      app: 'istiod',
      istio: revision === 'default' ? 'pilot' : 'istiod',
      'istio.io/rev': revision,
      'sidecar.istio.io/inject': 'false',
      ...values.pilot.podLabels,
    },
    annotations: {
      'prometheus.io/port': '15014',
      'prometheus.io/scrape': 'true',
      'sidecar.istio.io/inject': 'false',
      ...values.pilot.podAnnotations,
      ...settings.components.pilot.k8s?.podAnnotations,
    },
  };
}

function deployment(install: IstiodInstall): KubernetesObject {
  const { behaviour, names, settings, images } = install;
  const { revision, values, components } = settings;
  const { pilot, global } = values;
  const { istiodTolerations } = behaviour.install;
  // The chart's own values come before those for all components.
  const ofChart = istiodTolerations.length > 0 ? istiodTolerations : global.defaultTolerations;
  const tolerations = pilot.tolerations ?? ofChart ?? [];
  const hub = components.pilot.hub || pilot.hub || images.hub;
  const tag = components.pilot.tag || pilot.tag || images.tag;
  return kubernetesObject(
    'apps/v1',
    'Deployment',
    {
      name: revised('istiod', revision),
      namespace: ISTIO_NAMESPACE,
      labels: { ...labelsOf(revision), ...pilot.deploymentLabels },
    },
    {
      spec: {
        replicas: components.pilot.k8s?.replicaCount ?? pilot.replicaCount,
        strategy: {
          rollingUpdate: { maxSurge: pilot.rollingMaxSurge, maxUnavailable: pilot.rollingMaxUnavailable },
        },
        selector: {
          matchLabels:
            revision === 'default' ? { ...behaviour.install.istiodSelector } : istiodSelector(revision),
        },
        template: {
          metadata: podMetadata(install),
          spec: {
            serviceAccountName: names.istiodServiceAccount,
            securityContext: { fsGroup: 1337 },
            ...podPlacement(global, { ...pilot, tolerations: undefined }),
            ...(tolerations.length > 0 && { tolerations }),
            containers: [container(behaviour, settings, imageOf(pilot.image, hub, tag))],
            volumes: volumes(behaviour, revision),
          },
        },
      },
    },
  );
}

/** A name with a slash is a whole image (templates/deployment.yaml). */
const imageOf = (image: string | undefined, hub: string, tag: string): string =>
  image?.includes('/') ? image : `${hub}/${image ?? 'pilot'}:${tag}`;

/** Makes the objects of istiod (manifests/charts/istio-control/istio-discovery). */
export function istiodObjects(install: IstiodInstall): KubernetesObject[] {
  const { behaviour, names, settings, images } = install;
  const { revision, components, values } = settings;
  const { pilot, global } = values;
  const name = revised('istiod', revision);
  const labels = labelsOf(revision);
  const meta = { name, namespace: ISTIO_NAMESPACE, labels };
  const scales = scalesOf(settings);
  const isGuarded = global.defaultPodDisruptionBudget.enabled;
  const objects = [
    ...(behaviour.install.istiodAccessIn === 'Istiod' ? istiodAccess(behaviour, names, settings) : []),
    meshConfigMap(behaviour, settings),
    ...(behaviour.install.tellsValues ? [valuesConfigMap(settings)] : []),
    injectorConfigMap(behaviour, settings, images),
    ...(behaviour.install.telemetryFilters ? telemetryFilters() : []),
    kubernetesObject(
      'v1',
      'Service',
      {
        ...meta,
        ...annotationsOf({ ...pilot.serviceAnnotations, ...components.pilot.k8s?.serviceAnnotations }),
      },
      { spec: { ports: SERVICE_PORTS, selector: istiodSelector(revision) } },
    ),
    deployment(install),
    ...(pilot.autoscaleEnabled ? [autoscaler(meta, scales)] : []),
    ...(isGuarded && (behaviour.install.budgetsForSingleReplicas || scales.min > 1)
      ? [disruptionBudget(meta, istiodSelector(revision))]
      : []),
    ...injectionWebhooks(behaviour, { path: '/inject', revision }),
    ...(global.configValidation ? validatingWebhooks(behaviour, revision) : []),
  ];
  return patched(objects, components.pilot.k8s, { name, container: 'discovery' });
}

const annotationsOf = (annotations: Readonly<Record<string, string>>) =>
  Object.keys(annotations).length > 0 ? { annotations } : {};

/** The operator's own bounds count before those of the values (operator/pkg/render/manifest.go @1.30.3). */
function scalesOf({ values, components }: InstallSettings): { readonly min: number; readonly max: number } {
  const { minReplicas, maxReplicas } = components.pilot.k8s?.hpaSpec ?? {};
  return {
    min: typeof minReplicas === 'number' ? minReplicas : values.pilot.autoscaleMin,
    max: typeof maxReplicas === 'number' ? maxReplicas : values.pilot.autoscaleMax,
  };
}
