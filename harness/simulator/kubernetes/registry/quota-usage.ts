/**
 * How much of a quota an object uses, and which quotas count it (pkg/quota/v1/evaluator/core @v1.34: pods,
 * services, claims; every other kind is counted).
 */
import { type Amount, wholes } from './amount.ts';
import {
  type JsonObject,
  type KubernetesObject,
  listOf,
  objectOf,
  objectsOf,
  stringOf,
  valueAt,
} from './json.ts';
import { type Amounts, amountsOf, podAmounts } from './pod-amounts.ts';
import { OF_QUOTAS } from './resource-names.ts';
import type { ResourceKey } from './resources.ts';

/** Kinds whose number has a name of its own beside `count/…`. */
const NAMED = ['configmaps', 'resourcequotas', 'replicationcontrollers', 'secrets'];
const BETA_CLASS = 'volume.beta.kubernetes.io/storage-class';
const SECOND_MS = 1000;
const ONE = wholes(1);

/** What pods and services are measured by. */
const MEASURED = new Set(OF_QUOTAS);
const BY_CLASS = /\.storageclass\.storage\.k8s\.io\/(persistentvolumeclaims|requests\.storage)$/;
/** Pages, and what nodes have beside the native resources (isExtendedResourceNameForQuota). */
const OF_PODS = /^(hugepages-|requests\.(hugepages-|(?!.*kubernetes\.io\/).*\/))/;

/**
 * Tells whether anything is measured by a name (MatchingResources); names of numbers of objects, `count/…`,
 * are known by their kinds.
 */
export const isMeasured = (name: string): boolean =>
  MEASURED.has(name) || BY_CLASS.test(name) || OF_PODS.test(name);

/** What an object uses now. @param now - milliseconds; a pod that should be gone for long uses nothing */
export function usageOf(key: ResourceKey, object: KubernetesObject, now: number): Amounts {
  const usage = new Map<string, Amount>([[`count/${key}`, ONE]]);
  if (NAMED.includes(key)) usage.set(key, ONE);
  if (key === 'pods' && isCharged(object, now)) addPod(usage, objectOf(object['spec']));
  if (key === 'services') addService(usage, objectOf(object['spec']));
  if (key === 'persistentvolumeclaims') addClaim(usage, object);
  return usage;
}

/** Tells whether a pod has not reached its end (QuotaV1Pod). */
function isCharged({ metadata, status }: KubernetesObject, now: number): boolean {
  if (['Failed', 'Succeeded'].includes(String(objectOf(status)['phase']))) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = metadata;
  if (deletionTimestamp === undefined || typeof deletionGracePeriodSeconds !== 'number') return true;
  return now <= Date.parse(deletionTimestamp) + deletionGracePeriodSeconds * SECOND_MS;
}

function addPod(usage: Map<string, Amount>, spec: JsonObject): void {
  usage.set('pods', ONE);
  for (const [name, amount] of computeUsage(podAmounts(spec, 'requests'), podAmounts(spec, 'limits')))
    usage.set(name, amount);
}

/** The names under which quotas limit what is asked for (podComputeUsageHelper). */
function computeUsage(requests: Amounts, limits: Amounts): Amounts {
  const usage = new Map<string, Amount>();
  for (const [name, amount] of requests) {
    if (!name.includes('/')) usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (!name.includes('/')) usage.set(`limits.${name}`, amount);
  return usage;
}

function addService(usage: Map<string, Amount>, spec: JsonObject): void {
  usage.set('services', ONE);
  const ports = objectsOf(spec['ports']);
  const isBalanced = spec['type'] === 'LoadBalancer';
  const hasNoPorts = isBalanced && spec['allocateLoadBalancerNodePorts'] === false;
  const nodePorts = hasNoPorts ? ports.filter(({ nodePort }) => nodePort !== undefined).length : ports.length;
  if (isBalanced || spec['type'] === 'NodePort') usage.set('services.nodeports', wholes(nodePorts));
  if (isBalanced) usage.set('services.loadbalancers', ONE);
}

function addClaim(usage: Map<string, Amount>, claim: KubernetesObject): void {
  const className =
    claim.metadata.annotations?.[BETA_CLASS] ?? stringOf(valueAt(claim, 'spec', 'storageClassName')) ?? '';
  const prefix = `${className}.storageclass.storage.k8s.io`;
  const storage = amountsOf(valueAt(claim, 'spec', 'resources', 'requests')).get('storage');
  for (const path of className === '' ? [''] : ['', `${prefix}/`]) {
    usage.set(`${path}persistentvolumeclaims`, ONE);
    if (storage) usage.set(`${path}requests.storage`, storage);
  }
}

/** Tells whether a quota's scopes let it count an object. */
export function isInScopes(quotaSpec: JsonObject, key: ResourceKey, object: KubernetesObject): boolean {
  const scopes = listOf(quotaSpec['scopes']).map(scopeName => ({ scopeName, operator: 'Exists' }));
  const selected = objectsOf(objectOf(quotaSpec['scopeSelector'])['matchExpressions']);
  return [...scopes, ...selected].every(scope => key === 'pods' && isInScope(scope, object));
}

function isInScope({ scopeName, operator, values }: JsonObject, pod: KubernetesObject): boolean {
  const spec = objectOf(pod['spec']);
  const isEnding = typeof spec['activeDeadlineSeconds'] === 'number';
  const isBestEffort = valueAt(pod, 'status', 'qosClass') === 'BestEffort';
  const className = stringOf(spec['priorityClassName']) ?? '';
  switch (scopeName) {
    case 'Terminating':
      return isEnding;
    case 'NotTerminating':
      return !isEnding;
    case 'BestEffort':
      return isBestEffort;
    case 'NotBestEffort':
      return !isBestEffort;
    case 'PriorityClass':
      if (operator === 'Exists') return className !== '';
      if (operator === 'DoesNotExist') return className === '';
      return listOf(values).includes(className) === (operator === 'In');
    case 'CrossNamespacePodAffinity':
      return ['podAffinity', 'podAntiAffinity'].some(name => looksElsewhere(valueAt(spec, 'affinity', name)));
    default:
      return false;
  }
}

function looksElsewhere(affinity: unknown): boolean {
  const terms = objectOf(affinity);
  const preferred = objectsOf(terms['preferredDuringSchedulingIgnoredDuringExecution']).map(each =>
    objectOf(each['podAffinityTerm']),
  );
  return [...objectsOf(terms['requiredDuringSchedulingIgnoredDuringExecution']), ...preferred].some(
    ({ namespaces, namespaceSelector }) => listOf(namespaces).length > 0 || namespaceSelector !== undefined,
  );
}

/** Resources that each container of a pod must name if a quota limits them. */
const DEMANDED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];

/**
 * What containers fail to say that a quota demands: `must specify cpu for: c`.
 * @param limited - the resources that the quota limits
 */
export function missingIn(pod: KubernetesObject, limited: Iterable<string>): string | undefined {
  const demanded = [...limited].filter(name => DEMANDED.includes(name)).sort();
  const spec = objectOf(pod['spec']);
  if (Object.keys(objectOf(spec['resources'])).length > 0) return undefined;
  const containers = [...objectsOf(spec['containers']), ...objectsOf(spec['initContainers'])];
  const texts = demanded.flatMap(name => {
    const lacking = containers
      .filter(({ resources }) => {
        const { requests, limits } = objectOf(resources);
        return !computeUsage(amountsOf(requests), amountsOf(limits)).has(name);
      })
      .map(container => String(container['name']));
    return lacking.length > 0 ? [`${name} for: ${[...new Set(lacking)].sort().join(',')}`] : [];
  });
  return texts.length > 0 ? `must specify ${texts.join('; ')}` : undefined;
}
