/**
 * Fields of a Service that depend on each other, when it is updated (pkg/registry/core/service/strategy.go,
 * storage/storage.go @v1.34).
 */
import { equal, type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from './json.ts';

const hasAddress = ({ type }: JsonObject): boolean => type !== 'ExternalName';
const hasNodePorts = ({ type }: JsonObject): boolean => type === 'NodePort' || type === 'LoadBalancer';
const isBalanced = ({ type }: JsonObject): boolean => type === 'LoadBalancer';

/** Tells whether nodes say on a port of their own if they have a pod of the Service. */
export const hasHealthCheck = (spec: JsonObject): boolean =>
  isBalanced(spec) && spec['externalTrafficPolicy'] === 'Local';

/** Tells whether a Service is reached from outside. */
export const isExternal = (spec: JsonObject): boolean =>
  hasNodePorts(spec) || (spec['type'] === 'ClusterIP' && listOf(spec['externalIPs']).length > 0);

const addressesOf = (spec: JsonObject): readonly unknown[] => listOf(spec['clusterIPs']);

/**
 * Puts back, in place, what was given to the Service and the client left out, and lets `clusterIPs` follow
 * `clusterIP` (patchAllocatedValues, normalizeClusterIPs).
 * @param before - the stored spec; undefined for a new Service
 */
export function keepAllocated(spec: JsonObject, before: JsonObject | undefined): void {
  if (!before) {
    if (spec['clusterIP'] && addressesOf(spec).length === 0) spec['clusterIPs'] = [spec['clusterIP']];
    return;
  }
  if (hasAddress(before) && hasAddress(spec)) {
    if (!spec['clusterIP'] && before['clusterIP'] !== undefined) spec['clusterIP'] = before['clusterIP'];
    if (addressesOf(spec).length === 0 && addressesOf(before).length > 0)
      spec['clusterIPs'] = [...addressesOf(before)];
  }
  if (hasNodePorts(before) && hasNodePorts(spec)) keepNodePorts(spec, before);
  if (hasHealthCheck(before) && hasHealthCheck(spec) && !spec['healthCheckNodePort'])
    spec['healthCheckNodePort'] = before['healthCheckNodePort'];
  if ((spec['clusterIP'] ?? '') === (before['clusterIP'] ?? '')) {
    if (addressesOf(spec).length === 0 && addressesOf(before).length > 0)
      spec['clusterIPs'] = [...addressesOf(before)];
  } else if (equal(addressesOf(spec), addressesOf(before))) {
    if (spec['clusterIP']) spec['clusterIPs'] = [spec['clusterIP']];
    else delete spec['clusterIPs'];
  }
}

/** A port without a node port has that of the old port of its name, if no other port has it. */
function keepNodePorts(spec: JsonObject, before: JsonObject): void {
  const old = objectsOf(before['ports']);
  const ports = objectsOf(spec['ports']);
  const numbers = (list: readonly JsonObject[]) => list.map(port => Number(port['nodePort'] ?? 0));
  const used = numbers(old).filter(number => number !== 0 && numbers(ports).includes(number));
  for (const port of ports) {
    if (Number(port['nodePort'] ?? 0) !== 0) continue;
    const twin = old.findLast(other => (other['name'] ?? '') === (port['name'] ?? ''));
    const number = Number(twin?.['nodePort'] ?? 0);
    if (number !== 0 && !used.includes(number)) port['nodePort'] = number;
  }
}

/**
 * Drops, in place, what a changed type has no use for, unless it is new (dropTypeDependentFields).
 * @param old - the stored Service
 */
export function dropForType(service: KubernetesObject, old: KubernetesObject): void {
  const spec = objectOf(service['spec']);
  const before = objectOf(old['spec']);
  const drop = (keys: readonly string[]) => {
    for (const key of keys) delete spec[key];
  };
  const isSame = (key: string) => equal(spec[key], before[key]);
  if (hasAddress(before) && !hasAddress(spec)) {
    if (isSame('clusterIP') && isSame('clusterIPs')) drop(['clusterIP', 'clusterIPs']);
    drop(['ipFamilies', 'ipFamilyPolicy'].filter(isSame));
  }
  if (hasNodePorts(before) && !hasNodePorts(spec)) dropNodePorts(spec, before);
  if (hasHealthCheck(before) && !hasHealthCheck(spec)) drop(['healthCheckNodePort'].filter(isSame));
  if (isBalanced(before) && !isBalanced(spec))
    drop(['allocateLoadBalancerNodePorts', 'loadBalancerClass'].filter(isSame));
  if (isExternal(before) && !isExternal(spec)) drop(['externalTrafficPolicy'].filter(isSame));
  const status = objectOf(service['status']);
  if (!isBalanced(spec) && Object.keys(objectOf(status['loadBalancer'])).length > 0)
    service['status'] = { ...status, loadBalancer: {} };
}

function dropNodePorts(spec: JsonObject, before: JsonObject): void {
  const had = objectsOf(before['ports']).map(port => Number(port['nodePort'] ?? 0));
  const ports = objectsOf(spec['ports']);
  const isNew = (port: JsonObject) => Boolean(port['nodePort']) && !had.includes(Number(port['nodePort']));
  if (ports.some(isNew)) return;
  for (const port of ports) delete port['nodePort'];
}
