/** The ConfigMaps that tell istiod and the proxies about the mesh: `istio`, `istio-sidecar-injector`. */
import yaml from 'js-yaml';
import type { KubernetesObject } from '../../../base/kubernetes-client.ts';
import type { IstioBehaviour } from '../behaviour.ts';
import { injectionConfig } from './injection-template.ts';
import { ISTIO_NAMESPACE, kubernetesObject } from './kubernetes-objects.ts';
import type { InstallSettings } from './settings.ts';

const LABELS = { 'istio.io/rev': 'default', release: 'istio' };

/** Returns the address from which proxies take their configuration. */
export function discoveryAddress(behaviour: IstioBehaviour, settings: InstallSettings): string {
  const isRemote =
    behaviour.install.remoteBy === 'address' && settings.values.global.remotePilotAddress !== '';
  return `${isRemote ? 'istiod-remote' : 'istiod'}.${ISTIO_NAMESPACE}.svc:15012`;
}

/** Makes the mesh configuration (manifests/charts/istio-control/istio-discovery/templates/configmap.yaml). */
export function meshConfigMap(behaviour: IstioBehaviour, settings: InstallSettings): KubernetesObject {
  const { global } = settings.values;
  const { defaultConfig, ...meshConfig } = settings.meshConfig;
  const mesh = {
    accessLogFile: '',
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
    { name: 'istio', namespace: ISTIO_NAMESPACE, labels: LABELS },
    { data: { mesh: yaml.dump(mesh), meshNetworks: yaml.dump({ networks: global.meshNetworks }) } },
  );
}

/** Returns the values from which the injector fills its templates: the charts' own, as JSON. */
export function injectorValues(
  settings: InstallSettings,
  images: { readonly hub: string; readonly tag: string },
) {
  const { global } = settings.values;
  return {
    global: {
      hub: images.hub,
      tag: images.tag,
      istioNamespace: ISTIO_NAMESPACE,
      meshID: global.meshID,
      multiCluster: { clusterName: global.multiCluster.clusterName },
      network: global.network,
      remotePilotAddress: global.remotePilotAddress,
      jwtPolicy: global.jwtPolicy,
      caAddress: global.caAddress,
      pilotCertProvider: 'istiod',
      trustDomain: settings.meshConfig.trustDomain ?? 'cluster.local',
      proxy: {
        image: 'proxyv2',
        clusterDomain: 'cluster.local',
        logLevel: global.proxy?.logLevel ?? 'warning',
      },
      proxy_init: { image: 'proxyv2' },
    },
  };
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
    { name: 'istio-sidecar-injector', namespace: ISTIO_NAMESPACE, labels: LABELS },
    {
      data: {
        config: injectionConfig(behaviour),
        values: JSON.stringify(injectorValues(settings, images), null, 2),
      },
    },
  );
}
