/** What an installation says of itself: the names that its objects and its proxies carry. Pure. */
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import { list } from '../../base/untyped.ts';
import { readDocument } from '../../model/installed-config.ts';
import { type ClusterObjects, itemsOr } from './cluster-objects.ts';
import { at, text } from './object-fields.ts';

/** A name, and where it stands: `network1` in `the label of the namespace istio-system`. */
export interface Spelled {
  readonly name: string;
  readonly where: string;
}

/** One network of `meshNetworks`. */
export interface MeshNetwork {
  readonly name: string;
  /** The cluster ids whose pods belong to it. */
  readonly registries: readonly string[];
}

/** Names and settings of an installation; undefined where it has none. */
export interface Installed {
  /** By istiod's own environment, its injector, or the path of a remote's webhook. */
  readonly clusterId: string | undefined;
  readonly meshId: string | undefined;
  readonly trustDomain: string | undefined;
  readonly trustDomainAliases: readonly string[];
  readonly network: string | undefined;
  /** Each place that names the cluster's own network. */
  readonly networks: readonly Spelled[];
  /** Value of the label `topology.istio.io/network` of istio-system. */
  readonly networkLabel: string | undefined;
  readonly meshNetworks: readonly MeshNetwork[];
  /** Where a remote is told to find istiod: undefined if nothing tells, empty if it was installed so. */
  readonly discoveryAddresses: readonly string[] | undefined;
  /** The clusters whose istiod may take this one over (annotation of istio-system). */
  readonly controlPlaneClusters: string | undefined;
  /** The tag of istiod's image. */
  readonly version: string | undefined;
}

export const NETWORK_LABEL = 'topology.istio.io/network';
const INJECTION_PATH = /\/inject\/cluster\/([^/]+)\/net\/([^/]+)/;

/** Returns an environment variable of a pod's containers. */
function environmentOf(pod: KubernetesObject, name: string): string | undefined {
  const containers = [...list(at(pod, 'spec', 'containers')), ...list(at(pod, 'spec', 'initContainers'))];
  for (const container of containers) {
    const found = list(at(container, 'env')).find(entry => at(entry, 'name') === name);
    const value = text(at(found, 'value'));
    if (value !== undefined && value !== '') return value;
  }
  return undefined;
}

/** Reads a ConfigMap's entry; one of a revision counts too (`istio-canary`). */
function entryOf(maps: readonly KubernetesObject[], name: string, key: string): unknown {
  const map =
    maps.find(({ metadata }) => metadata.name === name) ??
    maps.find(
      ({ metadata }) => metadata.name?.startsWith(`${name}-`) && at(metadata, 'labels', 'istio.io/rev'),
    );
  return readDocument(text(at(map, 'data', key)) ?? '');
}

const given = (value: unknown): string | undefined => {
  const found = text(value);
  return found === '' ? undefined : found;
};

function readMeshNetworks(document: unknown): readonly MeshNetwork[] {
  const networks = at(document, 'networks');
  if (typeof networks !== 'object' || networks === null) return [];
  return Object.entries(networks).map(([name, network]) => ({
    name,
    registries: list(at(network, 'endpoints'))
      .map(endpoint => text(at(endpoint, 'fromRegistry')))
      .filter(id => id !== undefined),
  }));
}

/** Returns cluster id and network of the path under which a webhook asks another cluster's istiod. */
function injectionPathIn(webhooks: readonly KubernetesObject[]): readonly [string, string] | undefined {
  for (const hook of webhooks.flatMap(each => list(at(each, 'webhooks')))) {
    const path = text(at(hook, 'clientConfig', 'service', 'path')) ?? text(at(hook, 'clientConfig', 'url'));
    const [, cluster, network] = INJECTION_PATH.exec(path ?? '') ?? [];
    if (cluster !== undefined && network !== undefined) return [cluster, network];
  }
  return undefined;
}

/** The Service by which proxies find an istiod of another cluster, and where it sends them. */
interface IstiodElsewhere {
  readonly name: string;
  readonly addresses: readonly string[];
}

/** Returns where Services without a selector send those who look for istiod; undefined if there is none. */
export function istiodElsewhere(
  objects: Pick<ClusterObjects, 'istioServices' | 'istioSlices'>,
): IstiodElsewhere | undefined {
  const withoutSelector = itemsOr(objects.istioServices)
    .filter(
      service => /^istiod(-remote)?$/.test(service.metadata.name ?? '') && !at(service, 'spec', 'selector'),
    )
    .map(({ metadata }) => metadata.name);
  const [name] = withoutSelector;
  if (name === undefined) return undefined;
  const hosts = itemsOr(objects.istioServices)
    .filter(({ metadata }) => withoutSelector.includes(metadata.name))
    .map(service => text(at(service, 'spec', 'externalName')))
    .filter(host => host !== undefined);
  const slices = itemsOr(objects.istioSlices).filter(({ metadata }) =>
    withoutSelector.includes(metadata.labels?.['kubernetes.io/service-name']),
  );
  const addresses = slices.flatMap(slice =>
    list(at(slice, 'endpoints')).flatMap(endpoint => list(at(endpoint, 'addresses'))),
  );
  const all = [...hosts, ...addresses.map(text).filter(address => address !== undefined)];
  return { name, addresses: [...new Set(all)] };
}

/** Reads an installation's names from the objects of its cluster. */
export function readInstalled(objects: ClusterObjects): Installed {
  const maps = itemsOr(objects.istioConfigMaps);
  const values = at(entryOf(maps, 'istio-sidecar-injector', 'values'), 'global');
  const mesh = entryOf(maps, 'istio', 'mesh');
  const istiods = itemsOr(objects.istioPods).filter(({ metadata }) => metadata.labels?.['app'] === 'istiod');
  const image = text(at(istiods[0], 'spec', 'containers', 0, 'image'));
  const injected = itemsOr(objects.samplePods).filter(pod => environmentOf(pod, 'ISTIO_META_CLUSTER_ID'));
  const [pathCluster, pathNetwork] = injectionPathIn(itemsOr(objects.webhooks)) ?? [];
  const system = itemsOr(objects.namespaces).find(({ metadata }) => metadata.name === 'istio-system');
  const networkLabel = system?.metadata.labels?.[NETWORK_LABEL];
  const networks: Spelled[] = [
    { name: given(at(values, 'network')), where: 'the injector’s values' },
    { name: pathNetwork, where: 'the path of the injection webhook' },
    { name: networkLabel, where: 'the label of the namespace istio-system' },
    ...itemsOr(objects.istioServices)
      .filter(({ metadata }) => metadata.labels?.[NETWORK_LABEL] !== undefined)
      .map(({ metadata }) => ({
        name: metadata.labels?.[NETWORK_LABEL],
        where: `the label of the Service ${metadata.name}`,
      })),
    ...injected.map(pod => ({
      name: environmentOf(pod, 'ISTIO_META_NETWORK'),
      where: `the sidecars in sample`,
    })),
  ].filter((spelled): spelled is Spelled => spelled.name !== undefined);
  const told = text(at(values, 'remotePilotAddress'));
  return {
    clusterId:
      istiods.map(pod => environmentOf(pod, 'CLUSTER_ID')).find(id => id !== undefined) ??
      given(at(values, 'multiCluster', 'clusterName')) ??
      pathCluster,
    meshId:
      given(at(values, 'meshID')) ??
      given(at(mesh, 'defaultConfig', 'meshId')) ??
      injected.map(pod => environmentOf(pod, 'ISTIO_META_MESH_ID')).find(id => id !== undefined),
    trustDomain:
      given(at(mesh, 'trustDomain')) ??
      injected.map(pod => environmentOf(pod, 'TRUST_DOMAIN')).find(domain => domain !== undefined),
    trustDomainAliases: list(at(mesh, 'trustDomainAliases'))
      .map(text)
      .filter(alias => alias !== undefined),
    network: networks[0]?.name,
    networks,
    networkLabel,
    meshNetworks: readMeshNetworks(entryOf(maps, 'istio', 'meshNetworks')),
    discoveryAddresses:
      istiodElsewhere(objects)?.addresses ?? (told === undefined || told === '' ? undefined : [told]),
    controlPlaneClusters: system?.metadata.annotations?.['topology.istio.io/controlPlaneClusters'],
    version: image === undefined ? undefined : /:([^:/@]+)(?:@|$)/.exec(image)?.[1],
  };
}
