/**
 * The defaults that the API server fills in on write (pkg/apis/<group>/<version>/defaults.go @v1.32), by
 * resource type.
 */

import {
  defaultDaemonSet,
  defaultPodTemplate,
  defaultReplicationController,
  defaultStatefulSet,
} from './apps-defaults.ts';
import { defaultAutoscaler } from './autoscaler-defaults.ts';
import { defaultCronJob, defaultJob } from './batch-defaults.ts';
import { child, fill, fillZero } from './fill.ts';
import { defaultFlowSchema, defaultPriorityLevel } from './flow-control.ts';
import {
  isObject,
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  stringsOf,
  valueAt,
} from './json.ts';
import { defaultLimitRange } from './limit-range-defaults.ts';
import { defaultNetworkPolicy } from './network-policy-defaults.ts';
import { defaultPod, defaultTemplate } from './pod-defaults.ts';
import { keyOf, type ResourceType } from './resources.ts';
import { isExternal } from './service-fields.ts';
import {
  defaultAttachment,
  defaultClaim,
  defaultCsiDriver,
  defaultStorageClass,
  defaultVolumeObject,
} from './storage-defaults.ts';

type Defaulter = (object: KubernetesObject) => void;

function defaultService(service: KubernetesObject): void {
  const spec = child(service, 'spec');
  fill(spec, { type: 'ClusterIP', sessionAffinity: 'None' });
  if (spec['sessionAffinity'] === 'None' && 'sessionAffinityConfig' in spec)
    delete spec['sessionAffinityConfig'];
  if (spec['sessionAffinity'] === 'ClientIP')
    fill(child(child(spec, 'sessionAffinityConfig'), 'clientIP'), { timeoutSeconds: 10_800 });
  for (const port of objectsOf(spec['ports'])) {
    fill(port, { protocol: 'TCP' });
    fillZero(port, { targetPort: port['port'] });
  }
  if (isExternal(spec)) fill(spec, { externalTrafficPolicy: 'Cluster' });
  // A pointer: an empty text is a value of its own.
  if (['NodePort', 'LoadBalancer', 'ClusterIP'].includes(String(spec['type'])))
    spec['internalTrafficPolicy'] ??= 'Cluster';
  if (spec['type'] === 'LoadBalancer') fill(spec, { allocateLoadBalancerNodePorts: true });
  const balancer = child(child(service, 'status'), 'loadBalancer');
  if (spec['type'] !== 'LoadBalancer') return;
  for (const ingress of objectsOf(balancer['ingress']))
    if (ingress['ip'] && !ingress['ipMode']) ingress['ipMode'] = 'VIP';
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

function defaultMatchResources(match: JsonObject): void {
  fill(match, { matchPolicy: 'Equivalent' });
  child(match, 'namespaceSelector');
  child(match, 'objectSelector');
  for (const list of ['resourceRules', 'excludeResourceRules'])
    for (const rule of objectsOf(match[list])) fill(rule, { scope: '*' });
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
    // Lists that are always told, of structs that are always there.
    if (slice['endpoints'] === undefined) slice['endpoints'] = null;
    if (slice['ports'] === undefined) slice['ports'] = null;
    for (const port of objectsOf(slice['ports'])) fill(port, { name: '', protocol: 'TCP' });
    for (const endpoint of objectsOf(slice['endpoints'])) {
      child(endpoint, 'conditions');
      // The labels of old, which v1 does not take any more (strategy.go, dropTopologyOnV1).
      if ('deprecatedTopology' in endpoint) delete endpoint['deprecatedTopology'];
    }
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
  'daemonsets.apps': defaultDaemonSet,
  'statefulsets.apps': defaultStatefulSet,
  replicationcontrollers: defaultReplicationController,
  podtemplates: defaultPodTemplate,
  'jobs.batch': defaultJob,
  'cronjobs.batch': defaultCronJob,
  persistentvolumeclaims: defaultClaim,
  limitranges: defaultLimitRange,
  // Structs of Go exist even if nobody sent them.
  resourcequotas: quota => {
    child(quota, 'spec');
    child(quota, 'status');
  },
  persistentvolumes: defaultVolumeObject,
  'storageclasses.storage.k8s.io': defaultStorageClass,
  'flowschemas.flowcontrol.apiserver.k8s.io': defaultFlowSchema,
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io': defaultPriorityLevel,
  'csidrivers.storage.k8s.io': defaultCsiDriver,
  'volumeattachments.storage.k8s.io': defaultAttachment,
  // A struct of Go exists even if nobody sent it.
  'servicecidrs.networking.k8s.io': range => child(range, 'status'),
  'csinodes.storage.k8s.io': node => fill(child(node, 'spec'), { drivers: [] }),
  'horizontalpodautoscalers.autoscaling': defaultAutoscaler,
  'rolebindings.rbac.authorization.k8s.io': defaultBinding,
  'clusterrolebindings.rbac.authorization.k8s.io': defaultBinding,
  'mutatingwebhookconfigurations.admissionregistration.k8s.io': configuration =>
    defaultWebhooks(configuration, true),
  'validatingwebhookconfigurations.admissionregistration.k8s.io': configuration =>
    defaultWebhooks(configuration, false),
  'validatingadmissionpolicies.admissionregistration.k8s.io': policy => {
    const spec = child(policy, 'spec');
    fill(spec, { failurePolicy: 'Fail' });
    if (isObject(spec['matchConstraints'])) defaultMatchResources(spec['matchConstraints']);
    child(policy, 'status');
  },
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': binding => {
    const match = child(binding, 'spec')['matchResources'];
    if (isObject(match)) defaultMatchResources(match);
  },
  'customresourcedefinitions.apiextensions.k8s.io': definition => {
    const spec = child(definition, 'spec');
    const names = child(spec, 'names');
    const kind = stringOf(names['kind']) ?? '';
    if (!stringOf(names['singular']) && kind !== '') names['singular'] = kind.toLowerCase();
    if (!stringOf(names['listKind']) && kind !== '') names['listKind'] = `${kind}List`;
    fill(spec, { conversion: { strategy: 'None' } });
    const service = valueAt(spec, 'conversion', 'webhook', 'clientConfig', 'service');
    if (isObject(service)) fill(service, { port: 443 });
    defaultDefinitionStatus(child(definition, 'status'), objectsOf(spec['versions']));
  },
  'networkpolicies.networking.k8s.io': defaultNetworkPolicy,
  'ingresses.networking.k8s.io': ingress => child(child(ingress, 'status'), 'loadBalancer'),
  // A struct of Go exists even if nobody sent it: it is an empty one.
  'leases.coordination.k8s.io': lease => {
    const spec = child(lease, 'spec');
    // Of the feature CoordinatedLeaderElection, which is off.
    for (const key of ['strategy', 'preferredHolder']) if (key in spec) delete spec[key];
  },
  'ingressclasses.networking.k8s.io': ingressClass => {
    const { parameters } = child(ingressClass, 'spec');
    if (isObject(parameters)) fill(parameters, { scope: 'Cluster' });
  },
  nodes: node => {
    const status = child(node, 'status');
    if (isObject(status['capacity'])) status['allocatable'] ??= { ...status['capacity'] };
  },
  'poddisruptionbudgets.policy': budget => child(budget, 'spec'),
};

/** The version that begins to be stored is told in the same write (strategy.go @v1.34, PrepareForUpdate). */
function defaultDefinitionStatus(status: JsonObject, versions: readonly JsonObject[]): void {
  fill(status, { acceptedNames: { plural: '', kind: '' } });
  if (!('conditions' in status)) status['conditions'] = null;
  const stored = stringOf(versions.find(({ storage }) => storage === true)?.['name']);
  const known = listOf(status['storedVersions']);
  if (stored !== undefined && !known.includes(stored)) status['storedVersions'] = [...known, stored];
}

function defaultBinding(binding: KubernetesObject): void {
  fill(child(binding, 'roleRef'), { apiGroup: 'rbac.authorization.k8s.io' });
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

/** Drops empty maps and lists of metadata: they mean the same as absent ones. */
export function dropEmptyMetadata({ metadata }: KubernetesObject): void {
  for (const key in metadata) if (isAsAbsent(key, metadata[key])) delete metadata[key];
}

function isAsAbsent(key: string, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  switch (key) {
    case 'labels':
    case 'annotations':
      return Object.keys(objectOf(value)).length === 0;
    case 'finalizers':
    case 'ownerReferences':
    case 'managedFields':
      return listOf(value).length === 0;
    default:
      return false;
  }
}
