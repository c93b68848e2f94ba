/**
 * The defaults that the API server fills in on write (pkg/apis/<group>/<version>/defaults.go @v1.32), by
 * resource type.
 */
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  stringsOf,
} from './json.ts';
import { keyOf, type ResourceType } from './resources.ts';

type Defaulter = (object: KubernetesObject) => void;

function fill(target: JsonObject, defaults: Readonly<JsonObject>): void {
  for (const [key, value] of Object.entries(defaults)) {
    if (target[key] === undefined || target[key] === null)
      target[key] = Array.isArray(value) ? [...value] : value;
  }
}

/** The object at the key, made if it is not there. */
function child(parent: JsonObject, key: string): JsonObject {
  const value = parent[key];
  if (isObject(value)) return value;
  const made: JsonObject = {};
  parent[key] = made;
  return made;
}

function defaultPullPolicy(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  if (name.includes('@')) return 'IfNotPresent';
  const tag = name.includes(':') ? name.slice(name.lastIndexOf(':') + 1) : 'latest';
  return tag === 'latest' ? 'Always' : 'IfNotPresent';
}

function defaultProbe(probe: unknown): void {
  if (!isObject(probe)) return;
  fill(probe, { timeoutSeconds: 1, periodSeconds: 10, successThreshold: 1, failureThreshold: 3 });
  if (isObject(probe['httpGet'])) fill(probe['httpGet'], { path: '/', scheme: 'HTTP' });
  if (isObject(probe['grpc'])) fill(probe['grpc'], { service: '' });
}

function defaultContainer(container: JsonObject): void {
  fill(container, {
    imagePullPolicy: defaultPullPolicy(stringOf(container['image']) ?? ''),
    terminationMessagePath: '/dev/termination-log',
    terminationMessagePolicy: 'File',
  });
  child(container, 'resources');
  const resources = child(container, 'resources');
  if (isObject(resources['limits'])) {
    const requests = child(resources, 'requests');
    fill(requests, resources['limits']);
  }
  for (const port of objectsOf(container['ports'])) fill(port, { protocol: 'TCP' });
  for (const probe of ['livenessProbe', 'readinessProbe', 'startupProbe']) defaultProbe(container[probe]);
  const lifecycle = objectOf(container['lifecycle']);
  for (const hook of ['postStart', 'preStop']) {
    const get = objectOf(lifecycle[hook])['httpGet'];
    if (isObject(get)) fill(get, { path: '/', scheme: 'HTTP' });
  }
  for (const env of objectsOf(container['env'])) {
    const fieldRef = objectOf(env['valueFrom'])['fieldRef'];
    if (isObject(fieldRef)) fill(fieldRef, { apiVersion: 'v1' });
  }
}

/** Volumes' modes: 0644. */
const DEFAULT_MODE = 420;

function defaultVolume(volume: JsonObject): void {
  const sources = Object.keys(volume).filter(key => key !== 'name' && isObject(volume[key]));
  if (sources.length === 0) volume['emptyDir'] = {};
  for (const source of ['configMap', 'secret', 'downwardAPI', 'projected']) {
    const value = volume[source];
    if (isObject(value)) fill(value, { defaultMode: DEFAULT_MODE });
  }
  if (isObject(volume['hostPath'])) fill(volume['hostPath'], { type: '' });
  const items = [...objectsOf(objectOf(volume['downwardAPI'])['items'])];
  for (const source of objectsOf(objectOf(volume['projected'])['sources'])) {
    if (isObject(source['serviceAccountToken']))
      fill(source['serviceAccountToken'], { expirationSeconds: 3600 });
    items.push(...objectsOf(objectOf(source['downwardAPI'])['items']));
  }
  for (const item of items) if (isObject(item['fieldRef'])) fill(item['fieldRef'], { apiVersion: 'v1' });
}

/** Fills in the defaults of pods and of templates of pods. */
function defaultPodSpec(spec: JsonObject): void {
  fill(spec, {
    restartPolicy: 'Always',
    dnsPolicy: 'ClusterFirst',
    schedulerName: 'default-scheduler',
    terminationGracePeriodSeconds: 30,
  });
  child(spec, 'securityContext');
  const account = spec['serviceAccountName'] ?? spec['serviceAccount'];
  if (account !== undefined && (spec['serviceAccountName'] !== account || spec['serviceAccount'] !== account))
    Object.assign(spec, { serviceAccountName: account, serviceAccount: account });
  for (const volume of objectsOf(spec['volumes'])) defaultVolume(volume);
  for (const list of ['initContainers', 'containers']) {
    for (const container of objectsOf(spec[list])) {
      defaultContainer(container);
      if (spec['hostNetwork'] === true) {
        for (const port of objectsOf(container['ports'])) fill(port, { hostPort: port['containerPort'] });
      }
    }
  }
}

/** Guaranteed, Burstable or BestEffort (pkg/apis/core/v1/helper/qos/qos.go). */
function qosClass(spec: JsonObject): string {
  let any = false;
  let guaranteed = true;
  for (const container of [...objectsOf(spec['initContainers']), ...objectsOf(spec['containers'])]) {
    const requests = stringsOf(objectOf(container['resources'])['requests']);
    const limits = stringsOf(objectOf(container['resources'])['limits']);
    for (const name of ['cpu', 'memory']) {
      if (requests[name] !== undefined || limits[name] !== undefined) any = true;
      if (limits[name] === undefined || requests[name] !== limits[name]) guaranteed = false;
    }
  }
  return any ? (guaranteed ? 'Guaranteed' : 'Burstable') : 'BestEffort';
}

function defaultPod(pod: KubernetesObject): void {
  const spec = child(pod, 'spec');
  defaultPodSpec(spec);
  fill(spec, { enableServiceLinks: true });
  const status = child(pod, 'status');
  fill(status, { phase: 'Pending' });
  // Anew each time: webhooks add containers.
  status['qosClass'] = qosClass(spec);
}

function defaultTemplate(spec: JsonObject): void {
  const template = child(spec, 'template');
  const metadata = child(template, 'metadata');
  if (metadata['creationTimestamp'] === undefined) metadata['creationTimestamp'] = null;
  defaultPodSpec(child(template, 'spec'));
}

function defaultService(service: KubernetesObject): void {
  const spec = child(service, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (spec['sessionAffinity'] === 'ClientIP') {
    fill(child(child(spec, 'sessionAffinityConfig'), 'clientIP'), { timeoutSeconds: 10_800 });
  }
  for (const port of objectsOf(spec['ports'])) {
    fill(port, { protocol: 'TCP' });
    if (port['targetPort'] === undefined || port['targetPort'] === 0 || port['targetPort'] === '')
      port['targetPort'] = port['port'];
  }
  if (spec['type'] !== 'ExternalName') {
    fill(spec, { ipFamilies: ['IPv4'], ipFamilyPolicy: 'SingleStack', internalTrafficPolicy: 'Cluster' });
  }
  if (spec['type'] === 'NodePort' || spec['type'] === 'LoadBalancer')
    fill(spec, { externalTrafficPolicy: 'Cluster' });
  if (spec['type'] === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
  fill(child(service, 'status'), { loadBalancer: {} });
}

function defaultWebhooks(configuration: KubernetesObject, mutating: boolean): void {
  for (const webhook of objectsOf(configuration['webhooks'])) {
    fill(webhook, { failurePolicy: 'Fail', matchPolicy: 'Equivalent', timeoutSeconds: 10 });
    child(webhook, 'namespaceSelector');
    child(webhook, 'objectSelector');
    if (mutating) fill(webhook, { reinvocationPolicy: 'Never' });
    for (const rule of objectsOf(webhook['rules'])) fill(rule, { scope: '*' });
    const service = objectOf(webhook['clientConfig'])['service'];
    if (isObject(service)) fill(service, { port: 443 });
  }
}

/** By resource key; a kind that is absent has no defaults. */
export const DEFAULTERS: Readonly<Record<string, Defaulter>> = {
  namespaces: namespace => {
    const name = namespace.metadata.name;
    if (name !== undefined && name !== '') {
      namespace.metadata.labels = { ...namespace.metadata.labels, 'kubernetes.io/metadata.name': name };
    }
    fill(child(namespace, 'status'), { phase: 'Active' });
  },
  pods: defaultPod,
  services: defaultService,
  secrets: secret => {
    const plain = stringsOf(secret['stringData']);
    if (Object.keys(plain).length > 0) {
      const data = child(secret, 'data');
      for (const [key, value] of Object.entries(plain)) data[key] = Buffer.from(value).toString('base64');
    }
    delete secret['stringData'];
    if (secret['type'] === undefined || secret['type'] === '') secret['type'] = 'Opaque';
  },
  endpoints: endpoints => {
    for (const subset of objectsOf(endpoints['subsets'])) {
      for (const port of objectsOf(subset['ports'])) fill(port, { protocol: 'TCP' });
    }
  },
  'endpointslices.discovery.k8s.io': slice => {
    if (!Array.isArray(slice['endpoints'])) slice['endpoints'] = [];
    for (const port of objectsOf(slice['ports'])) fill(port, { name: '', protocol: 'TCP' });
    if (!Array.isArray(slice['ports'])) slice['ports'] = [];
  },
  'deployments.apps': deployment => {
    const spec = child(deployment, 'spec');
    fill(spec, { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 });
    const strategy = child(spec, 'strategy');
    fill(strategy, { type: 'RollingUpdate' });
    if (strategy['type'] === 'RollingUpdate') {
      fill(child(strategy, 'rollingUpdate'), { maxSurge: '25%', maxUnavailable: '25%' });
    }
    defaultTemplate(spec);
    child(deployment, 'status');
  },
  'replicasets.apps': set => {
    const spec = child(set, 'spec');
    fill(spec, { replicas: 1 });
    defaultTemplate(spec);
    fill(child(set, 'status'), { replicas: 0 });
  },
  'horizontalpodautoscalers.autoscaling': autoscaler => fill(child(autoscaler, 'spec'), { minReplicas: 1 }),
  'rolebindings.rbac.authorization.k8s.io': defaultBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': defaultBinding,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': configuration =>
    defaultWebhooks(configuration, true),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': configuration =>
    defaultWebhooks(configuration, false),
  'customresourcedefinitions.apiextensions.k8s.io': definition => {
    const spec = child(definition, 'spec');
    const names = child(spec, 'names');
    const kind = stringOf(names['kind']) ?? '';
    fill(names, { singular: kind.toLowerCase(), listKind: `${kind}List` });
    fill(child(spec, 'conversion'), { strategy: 'None' });
  },
  'ingresses.networking.k8s.io': ingress => child(child(ingress, 'status'), 'loadBalancer'),
  // A struct of Go that nobody has sent is there all the same, an empty one.
  'leases.coordination.k8s.io': lease => child(lease, 'spec'),
  'poddisruptionbudgets.policy': budget => child(budget, 'spec'),
};

function defaultBinding(binding: KubernetesObject): void {
  const role = binding['roleRef'];
  if (isObject(role)) fill(role, { apiGroup: 'rbac.authorization.k8s.io' });
  for (const subject of objectsOf(binding['subjects'])) {
    if (subject['kind'] === 'User' || subject['kind'] === 'Group')
      fill(subject, { apiGroup: 'rbac.authorization.k8s.io' });
  }
}

/**
 * Fills in the defaults of the type, in place. It never writes to an object that has them all, for that may
 * be frozen.
 */
export function applyDefaults(type: ResourceType, object: KubernetesObject): void {
  DEFAULTERS[keyOf(type)]?.(object);
}

/** Empty maps and lists of metadata are the same as none. */
export function dropEmptyMetadata(object: KubernetesObject): void {
  const { metadata } = object;
  for (const key of ['labels', 'annotations'] as const) {
    const value = metadata[key];
    if (value !== undefined && Object.keys(objectOf(value)).length === 0) delete metadata[key];
  }
  for (const key of ['finalizers', 'ownerReferences', 'managedFields'] as const) {
    if (key in metadata && listOf(metadata[key]).length === 0) delete metadata[key];
  }
  for (const key of Object.keys(metadata)) {
    if (metadata[key] === null || metadata[key] === undefined) delete metadata[key];
  }
}
