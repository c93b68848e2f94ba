/** Services (ValidateService in pkg/apis/core/validation/validation.go @v1.32). */

import {
  duplicate,
  type FieldError,
  forbiddenValue,
  goValue,
  IMMUTABLE,
  invalidValue,
  notSupported,
  required,
} from '../field-errors.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import { validatePort } from './endpoints.ts';
import { validateLabels } from './metadata.ts';
import { problemsOfLabel, problemsOfSubdomain } from './names.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];

/** Finds what is wrong with a Service, and with the change if there was an old state. */
export function validateService(service: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(service['spec']);
  const errors = [
    ...validateType(spec),
    ...validatePorts(objectsOf(spec['ports'])),
    ...validateLabels(spec['selector'], 'spec.selector'),
    ...validatePolicies(spec),
  ];
  return old ? [...changesOfService(spec, objectOf(old['spec'])), ...errors] : errors;
}

/** Checks the type, and the addresses that it asks for. */
function validateType(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const type = String(spec['type']);
  const isHeadless = spec['clusterIP'] === 'None';
  const hasPorts = objectsOf(spec['ports']).length > 0;
  if (!hasPorts && !isHeadless && type !== 'ExternalName') errors.push(required('spec.ports'));
  if (!TYPES.includes(type)) errors.push(notSupported('spec.type', type, TYPES));
  if (isHeadless && (type === 'NodePort' || type === 'LoadBalancer')) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type !== 'ExternalName') return errors;
  const external = (stringOf(spec['externalName']) ?? '').replace(/\.$/, '');
  if (external === '') errors.push(required('spec.externalName'));
  else
    for (const problem of problemsOfSubdomain(external))
      errors.push(invalidValue('spec.externalName', external, problem));
  return errors;
}

/** Checks each port, and that no two have the same name, or the same number and protocol. */
function validatePorts(ports: readonly JsonObject[]): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`;
    const name = stringOf(port['name']) ?? '';
    if (name !== '' || ports.length > 1) errors.push(...validatePortName(name, `${path}.name`, names));
    errors.push(...validatePortFields(port, path));
    const protocol = String(port['protocol'] ?? '');
    const key = `${String(port['port'])}/${protocol}`;
    if (numbers.has(key)) {
      errors.push({
        reason: 'FieldValueDuplicate',
        field: path,
        message: `Duplicate value: ${JSON.stringify({ port: port['port'], protocol })}`,
      });
    }
    numbers.add(key);
  }
  return errors;
}

/** Checks a port by itself: its number, protocol and target. */
function validatePortFields(port: JsonObject, path: string): FieldError[] {
  const errors = [...validatePort(port['port'], `${path}.port`)];
  const protocol = String(port['protocol'] ?? '');
  if (protocol === '') errors.push(required(`${path}.protocol`));
  else if (!PROTOCOLS.includes(protocol)) errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
  const target = port['targetPort'];
  if (typeof target === 'number') errors.push(...validatePort(target, `${path}.targetPort`));
  return errors;
}

function validatePortName(name: string, field: string, taken: Set<string>): FieldError[] {
  if (name === '') return [required(field)];
  const errors = problemsOfLabel(name).map(problem => invalidValue(field, name, problem));
  if (taken.has(name)) errors.push(duplicate(field, name));
  taken.add(name);
  return errors;
}

/** Checks affinity, traffic policy and class of the load balancer. */
function validatePolicies(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const affinity = String(spec['sessionAffinity'] ?? 'None');
  if (!['ClientIP', 'None'].includes(affinity))
    errors.push(notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None']));
  const external = spec['externalTrafficPolicy'];
  if (external !== undefined && !['Cluster', 'Local'].includes(String(external))) {
    errors.push(notSupported('spec.externalTrafficPolicy', String(external), ['Cluster', 'Local']));
  }
  if (spec['type'] !== 'LoadBalancer' && spec['loadBalancerClass'] !== undefined) {
    errors.push(forbiddenValue('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  }
  return errors;
}

/** Checks an update (ValidateServiceUpdate). Cluster IPs are checked where they are allocated. */
function changesOfService(spec: JsonObject, before: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const both = (holds: (of: JsonObject) => boolean) => holds(spec) && holds(before);
  if (both(of => of['type'] !== 'ExternalName' && of['clusterIP'] !== 'None')) {
    const families = listOf(spec['ipFamilies']);
    const shown = `[]core.IPFamily{${families.map(goValue).join(', ')}}`;
    if (listOf(before['ipFamilies'])[0] !== families[0]) {
      errors.push(invalidValue('spec.ipFamilies[0]', families, 'may not change once set', shown));
    }
  }
  const isBalanced = (of: JsonObject) => of['type'] === 'LoadBalancer';
  const balancer = spec['loadBalancerClass'];
  if (both(isBalanced) && balancer !== before['loadBalancerClass']) {
    errors.push(invalidValue('spec.loadBalancerClass', balancer, 'may not change once set'));
  }
  const isChecked = (of: JsonObject) => isBalanced(of) && of['externalTrafficPolicy'] === 'Local';
  const [port, had] = [spec['healthCheckNodePort'], before['healthCheckNodePort']];
  // An absent one is the old one; unlike Kubernetes, none is given if none is asked for.
  if (both(isChecked) && port !== undefined && had !== undefined && port !== had) {
    errors.push(forbiddenValue('spec.healthCheckNodePort', IMMUTABLE));
  }
  return errors;
}
