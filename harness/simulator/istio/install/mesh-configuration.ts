/** The ConfigMaps that tell istiod and the proxies about the mesh: `istio`, `istio-sidecar-injector`. */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { chartValues, withValues } from '../pod/chart-values.ts';
import { injectionConfig } from '../pod/injection-template.ts';
import { revised } from '../revision.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import type { InstallSettings } from './settings.ts';

const labelsOf = (revision: string) => ({ 'istio.io/rev': revision, release: 'istio' });

/** Returns the address from which proxies take their configuration. */
export function discoveryAddress(behaviour: IstioBehaviour, settings: InstallSettings): string {
  const isRemote =
    behaviour.install.remoteBy === 'address' && settings.values.global.remotePilotAddress !== '';
  return `${isRemote ? 'istiod-remote' : revised('istiod', settings.revision)}.${ISTIO_NAMESPACE}.svc:15012`;
}

/** Makes the mesh configuration (manifests/charts/istio-control/istio-discovery/templates/configmap.yaml). */
export function meshConfigMap(behaviour: IstioBehaviour, settings: InstallSettings): KubernetesObject {
  const { revision } = settings;
  const { global } = settings.values;
  const { defaultConfig, ...meshConfig } = settings.meshConfig;
  const mesh = {
    ...behaviour.install.meshConfig,
    rootNamespace: ISTIO_NAMESPACE,
    trustDomain: 'cluster.local',
    ...meshConfig,
    defaultConfig: {
      discoveryAddress: discoveryAddress(behaviour, settings),
      ...(global.meshID !== '' && { meshId: global.meshID }),
      ...defaultConfig,
    },
  };
  return kubernetesObject(
    'v1',
    'ConfigMap',
    { name: revised('istio', revision), namespace: ISTIO_NAMESPACE, labels: labelsOf(revision) },
    { data: { mesh: yaml.dump(mesh), meshNetworks: yaml.dump({ networks: global.meshNetworks }) } },
  );
}

/** The values that the injector fills its templates from: the charts' own, with what the operator sets. */
export function injectorValues(
  behaviour: IstioBehaviour,
  settings: InstallSettings,
  images: { readonly hub: string; readonly tag: string },
) {
  const { global } = settings.values;
  const defaults = chartValues(behaviour);
  const known = defaults['global'] as Readonly<Record<string, unknown>>; // the charts have it
  const own: Readonly<Record<string, unknown>> = {
    meshID: global.meshID,
    multiCluster: { clusterName: global.multiCluster.clusterName },
    network: global.network,
    remotePilotAddress: global.remotePilotAddress,
    jwtPolicy: global.jwtPolicy,
    caAddress: global.caAddress,
    externalIstiod: global.externalIstiod,
    imagePullPolicy: global.imagePullPolicy ?? '',
    imagePullSecrets: global.imagePullSecrets,
    meshNetworks: global.meshNetworks,
    trustDomain: settings.meshConfig.trustDomain ?? 'cluster.local',
    ...(global.proxy && { proxy: defined(global.proxy) }),
  };
  const set = Object.fromEntries(Object.entries(own).filter(([name]) => name in known));
  const { revision } = settings;
  return withValues(defaults, {
    ...('revision' in defaults && { revision: revision === 'default' ? '' : revision }),
    global: { hub: images.hub, tag: images.tag, ...set },
  });
}

const defined = (values: object) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));

/** What the charts were rendered from, for people to read. templates/configmap-values.yaml @1.30.3 */
export function valuesConfigMap(settings: InstallSettings): KubernetesObject {
  return kubernetesObject(
    'v1',
    'ConfigMap',
    {
      name: revised('values', settings.revision),
      namespace: ISTIO_NAMESPACE,
      labels: labelsOf(settings.revision),
      annotations: {
        'kubernetes.io/description':
          'This ConfigMap contains the Helm values used during chart rendering. ' +
          'This ConfigMap is rendered for debugging purposes and external tooling; ' +
          'modifying these values has no effect.',
      },
    },
    {
      data: {
        'original-values': JSON.stringify(settings.asked, null, 2),
        'merged-values': JSON.stringify(settings.values, null, 2),
      },
    },
  );
}

/**
 * Makes the injector's ConfigMap
 * (manifests/charts/istio-control/istio-discovery/templates/istiod-injector-configmap.yaml).
 */
export function injectorConfigMap(
  behaviour: IstioBehaviour,
  settings: InstallSettings,
  images: { readonly hub: string; readonly tag: string },
): KubernetesObject {
  return kubernetesObject(
    'v1',
    'ConfigMap',
    {
      name: revised('istio-sidecar-injector', settings.revision),
      namespace: ISTIO_NAMESPACE,
      labels: labelsOf(settings.revision),
    },
    {
      data: {
        config: injectionConfig(behaviour, settings.values.global.proxy?.autoInject),
        values: JSON.stringify(injectorValues(behaviour, settings, images), null, 2),
      },
    },
  );
}
