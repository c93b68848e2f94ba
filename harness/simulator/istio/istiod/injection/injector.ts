/**
 * The injection webhook: an AdmissionReview of a pod in, a JSON patch that adds a proxy out
 * (pkg/kube/inject/webhook.go).
 */
import yaml from 'js-yaml';
import { messageOf } from '../../../../base/errors.ts';
import type { IstioBehaviour } from '../../releases.ts';
import type { MeshConfig } from '../model/mesh-config.ts';
import { NETWORK_LABEL } from '../model/mesh-model.ts';
import { isInjectionWanted, type PodMeta } from './decision.ts';
import { layOver, type PodParts } from './merge.ts';
import { fillTemplate } from './template.ts';

type Tree = Readonly<Record<string, unknown>>;
const tree = (value: unknown): Tree => (typeof value === 'object' && value !== null ? (value as Tree) : {});

export interface InjectorConfig {
  readonly policy: string;
  /** By name: `sidecar`, `gateway`. */
  readonly templates: Readonly<Record<string, string>>;
  readonly defaultTemplates: readonly string[];
  readonly values: Tree;
}

/**
 * Reads ConfigMap `istio-sidecar-injector`.
 * @throws Error if a text is no YAML or JSON
 */
export function readInjectorConfig(data: Readonly<Record<string, string>>): InjectorConfig {
  const config = tree(yaml.load(data['config'] ?? ''));
  // 1.8 has one template, current several of which a pod may choose.
  const single = config['template'];
  return {
    policy: String(config['policy'] ?? 'enabled'),
    templates:
      typeof single === 'string'
        ? { sidecar: single }
        : (tree(config['templates']) as Record<string, string>), // texts, by the chart
    defaultTemplates: Array.isArray(config['defaultTemplates'])
      ? config['defaultTemplates'].map(String)
      : ['sidecar'],
    values: tree(JSON.parse(data['values'] ?? '{}')),
  };
}

export interface InjectionRequest {
  readonly behaviour: IstioBehaviour;
  readonly config: InjectorConfig;
  readonly mesh: MeshConfig;
  /** `/inject`, or `/inject/cluster/cluster2/net/network2`. */
  readonly path: string;
  readonly review: unknown;
  /** Whether the nodes of a cluster can keep init containers running (Kubernetes 1.33 and later). */
  readonly hasNativeSidecars: (clusterId: string) => boolean;
}

/** @returns the AdmissionReview with its response; a failure is a refusal with its reason */
export function reviewInjection(request: InjectionRequest): Tree {
  const review = tree(request.review);
  const asked = tree(review['request']);
  const respond = (response: Tree) => ({
    apiVersion: review['apiVersion'] ?? 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: { uid: asked['uid'] ?? '', ...response },
  });
  try {
    const patch = patchOf(request, asked);
    if (!patch) return respond({ allowed: true });
    return respond({
      allowed: true,
      patchType: 'JSONPatch',
      patch: Buffer.from(JSON.stringify(patch)).toString('base64'),
    });
  } catch (error) {
    return respond({ allowed: false, status: { status: 'Failure', code: 400, message: messageOf(error) } });
  }
}

function patchOf(request: InjectionRequest, asked: Tree): readonly Tree[] | undefined {
  const { behaviour, config } = request;
  const pod = tree(asked['object']);
  const metadata = tree(pod['metadata']);
  const spec = tree(pod['spec']);
  const namespace = String(asked['namespace'] ?? metadata['namespace'] ?? '');
  const wanted = isInjectionWanted(behaviour, config.policy, namespace, {
    metadata: metadata as PodMeta, // as the API server validated it
    hostNetwork: spec['hostNetwork'] === true,
  });
  if (!wanted) return undefined;
  const before: PodParts = { metadata, spec };
  const annotations = tree(metadata['annotations']);
  const chosen = annotations['inject.istio.io/templates'];
  const names =
    typeof chosen === 'string' ? chosen.split(',').map(name => name.trim()) : config.defaultTemplates;
  const data = templateData(request, before, namespace);
  let after = before;
  for (const name of names) {
    const template = config.templates[name];
    if (template === undefined)
      throw new Error(`requested template ${name} not found; have ${Object.keys(config.templates)}`);
    const filled = fillTemplate(template, data);
    after = layOver(after, { metadata: tree(filled['metadata']), spec: tree(filled['spec']) });
  }
  return operations(before, withStatus(behaviour, before, after));
}

/** The annotation that tells what was injected. */
function withStatus(behaviour: IstioBehaviour, before: PodParts, after: PodParts): PodParts {
  const added = (key: string) => {
    const names = (parts: PodParts) =>
      (Array.isArray(parts.spec[key]) ? parts.spec[key] : []).map(item => String(tree(item)['name']));
    const had = new Set(names(before));
    return names(after).filter(name => !had.has(name));
  };
  const status = {
    initContainers: added('initContainers'),
    containers: added('containers'),
    volumes: added('volumes'),
    imagePullSecrets: null,
    ...(behaviour.injection.statusTellsRevision && { revision: 'default' }),
  };
  const annotations = {
    ...tree(after.metadata['annotations']),
    'sidecar.istio.io/status': JSON.stringify(status),
  };
  return { ...after, metadata: { ...after.metadata, annotations } };
}

const PATCHED_METADATA = ['labels', 'annotations'] as const;
const PATCHED_SPEC = ['initContainers', 'containers', 'volumes', 'securityContext'] as const;

function operations(before: PodParts, after: PodParts): Tree[] {
  const part = (root: 'metadata' | 'spec', keys: readonly string[]) =>
    keys
      .filter(key => JSON.stringify(before[root][key]) !== JSON.stringify(after[root][key]))
      .map(key => ({ op: 'add', path: `/${root}/${key}`, value: after[root][key] }));
  return [...part('metadata', PATCHED_METADATA), ...part('spec', PATCHED_SPEC)];
}

/** `/inject/cluster/cluster2/net/network2` → { cluster, net }; 1.8 knows no such paths. */
function pathParameters(behaviour: IstioBehaviour, path: string): Readonly<Record<string, string>> {
  const parts = path.split('/').slice(2);
  if (!behaviour.injectionPathParameters || parts.length % 2 === 1) return {};
  const result: Record<string, string> = {};
  for (let at = 0; at < parts.length; at += 2)
    result[parts[at] ?? ''] = decodeURIComponent(parts[at + 1] ?? '');
  return result;
}

/** What templates may ask for. */
function templateData(request: InjectionRequest, { metadata, spec }: PodParts, namespace: string): Tree {
  const { behaviour, config, mesh, path, hasNativeSidecars } = request;
  const global = tree(config.values['global']);
  const parameters = pathParameters(behaviour, path);
  // As the API server validated it.
  const labels = tree(metadata['labels']) as Readonly<Record<string, string>>;
  const containers = (Array.isArray(spec['containers']) ? spec['containers'] : []).map(tree);
  const clusterId =
    parameters['cluster'] ?? (String(tree(global['multiCluster'])['clusterName'] ?? '') || 'Kubernetes');
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
    caAddress: global['caAddress'] || `istiod.${global['istioNamespace'] ?? 'istio-system'}.svc:15012`,
    clusterId,
    // files/gateway-injection-template.yaml @1.30.3: a gateway is on the network of its label.
    network:
      (behaviour.injection.heedsNetworkLabel ? labels[NETWORK_LABEL] : undefined) ??
      parameters['net'] ??
      global['network'] ??
      '',
    proxyConfig: mesh.defaultConfig,
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
