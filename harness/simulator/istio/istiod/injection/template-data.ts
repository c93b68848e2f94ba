/** What injection templates may ask for: values of the charts, the mesh and the pod. */
import yaml from 'js-yaml';
import { type Tree, tree } from '../../../../base/untyped.ts';
import type { IstioBehaviour } from '../../behaviour.ts';
import { NETWORK_LABEL } from '../model/mesh-model.ts';
import type { InjectionRequest } from './injection-request.ts';
import type { PodParts } from './merge.ts';
import { redirectArguments } from './redirect-annotations.ts';

/** `/inject/cluster/cluster2/net/network2` → { cluster, net }; 1.8 knows no such paths. */
function pathParameters(behaviour: IstioBehaviour, path: string): Readonly<Record<string, string>> {
  const parts = path.split('/').slice(2);
  if (!behaviour.injectionPathParameters || parts.length % 2 === 1) return {};
  const result: Record<string, string> = {};
  for (let at = 0; at < parts.length; at += 2)
    result[parts[at] ?? ''] = decodeURIComponent(parts[at + 1] ?? '');
  return result;
}

/**
 * Returns the values for `{{ path }}` in templates (`pod/injection-template.ts`).
 * @param namespace - the pod's
 */
export function templateData(
  request: InjectionRequest,
  { metadata, spec }: PodParts,
  namespace: string,
): Tree {
  const { behaviour, config, mesh, path, revision, hasNativeSidecars } = request;
  const global = tree(config.values['global']);
  const parameters = pathParameters(behaviour, path);
  // As the API server validated it.
  const labels = tree(metadata['labels']) as Readonly<Record<string, string>>;
  const containers = (Array.isArray(spec['containers']) ? spec['containers'] : []).map(tree);
  const clusterId =
    parameters['cluster'] ?? (String(tree(global['multiCluster'])['clusterName'] ?? '') || 'Kubernetes');
  const annotations = tree(metadata['annotations']);
  const proxyConfig = proxyConfigOf(mesh.defaultConfig, annotations);
  const workload = workloadOf(metadata, namespace);
  const canonicalName =
    labels['service.istio.io/canonical-name'] ??
    labels['app.kubernetes.io/name'] ??
    labels['app'] ??
    workload.name;
  const isNative = behaviour.nativeSidecars && hasNativeSidecars(clusterId);
  return {
    values: config.values,
    image: `${global['hub']}/proxyv2:${global['tag']}`,
    caAddress: global['caAddress'] || istiodAddress(config.values),
    revision,
    trustDomain: mesh.trustDomain,
    clusterId,
    // files/gateway-injection-template.yaml @1.30.3: a gateway is on the network of its label.
    network:
      (behaviour.injection.heedsNetworkLabel ? labels[NETWORK_LABEL] : undefined) ??
      parameters['net'] ??
      global['network'] ??
      '',
    proxyConfig,
    proxyMetadata: Object.entries(tree(proxyConfig['proxyMetadata'])).map(([key, value]) => ({
      key,
      value: String(value),
    })),
    redirect: redirectArguments(annotations, tree(global['proxy'])),
    podPorts: containers.flatMap(({ ports }) => (Array.isArray(ports) ? ports : [])),
    appContainers: containers
      .map(({ name }) => String(name))
      .filter(name => name !== 'istio-proxy')
      .join(','),
    defaultContainer: String(containers[0]?.['name'] ?? ''),
    workload,
    serviceCluster: `${labels['app'] ?? workload.name}.${namespace}`,
    canonicalName,
    canonicalRevision:
      labels['service.istio.io/canonical-revision'] ??
      labels['app.kubernetes.io/version'] ??
      labels['version'] ??
      'latest',
    nativeSidecar: isNative,
    ordinarySidecar: !isNative,
  };
}

/** files/injection-template.yaml @1.8.0, @1.30.3 */
function istiodAddress(values: Tree): string {
  const revision = String(values['revision'] ?? '');
  const namespace = tree(values['global'])['istioNamespace'] ?? 'istio-system';
  return `istiod${revision === '' ? '' : `-${revision}`}.${namespace}.svc:15012`;
}

/**
 * The mesh's settings for proxies, and over them those of the pod (istio/istio pkg/kube/inject/webhook.go,
 * mesh.ApplyProxyConfig): of `proxyMetadata` each entry, of the others each as a whole.
 */
function proxyConfigOf(defaults: Tree, annotations: Tree): Tree {
  const text = annotations['proxy.istio.io/config'];
  if (typeof text !== 'string') return defaults;
  const own = tree(yaml.load(text));
  const proxyMetadata = { ...tree(defaults['proxyMetadata']), ...tree(own['proxyMetadata']) };
  return { ...defaults, ...own, ...(Object.keys(proxyMetadata).length > 0 && { proxyMetadata }) };
}

/** A replica set's pods belong to its Deployment (pkg/kube/util.go, GetDeployMetaFromPod). */
function workloadOf(metadata: Tree, namespace: string): { readonly name: string; readonly owner: string } {
  const owners = Array.isArray(metadata['ownerReferences']) ? metadata['ownerReferences'].map(tree) : [];
  const owner = owners.find(({ controller }) => controller === true);
  if (!owner) return { name: String(metadata['name'] ?? ''), owner: '' };
  const hash = tree(metadata['labels'])['pod-template-hash'];
  const isDeployment = owner['kind'] === 'ReplicaSet' && typeof hash === 'string';
  const ownName = String(owner['name']);
  const name =
    isDeployment && ownName.endsWith(`-${hash}`) ? ownName.slice(0, -String(hash).length - 1) : ownName;
  const plural = isDeployment ? 'deployments' : `${String(owner['kind']).toLowerCase()}s`;
  return {
    name,
    owner: `kubernetes://apis/${owner['apiVersion']}/namespaces/${namespace}/${plural}/${name}`,
  };
}
