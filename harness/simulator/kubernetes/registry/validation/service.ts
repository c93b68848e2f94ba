/**
 * Services and where they lead: ports, Endpoints, EndpointSlices (pkg/apis/core/validation,
 * pkg/apis/discovery/validation @v1.32).
 */
import { cidrAround, parseIpv4 } from '../../../../base/ipv4.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf, stringOf } from '../json.ts';
import {
  duplicate,
  type FieldError,
  forbiddenValue,
  goValue,
  IMMUTABLE,
  invalidValue,
  notSupported,
  required,
} from '../status.ts';
import { validateLabels } from './metadata.ts';
import { problemsOfLabel, problemsOfSubdomain } from './names.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
/** 127.0.0.0. */
const LOOPBACK = 0x7f000000;

export function validateService(service: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const spec = objectOf(service['spec']);
  const ports = objectsOf(spec['ports']);
  const type = String(spec['type']);
  const types = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
  const headless = spec['clusterIP'] === 'None';
  if (ports.length === 0 && !headless && type !== 'ExternalName') errors.push(required('spec.ports'));
  if (!types.includes(type)) errors.push(notSupported('spec.type', type, types));
  if (headless && (type === 'NodePort' || type === 'LoadBalancer')) {
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  }
  if (type === 'ExternalName') {
    const external = (stringOf(spec['externalName']) ?? '').replace(/\.$/, '');
    if (external === '') errors.push(required('spec.externalName'));
    else
      for (const problem of problemsOfSubdomain(external))
        errors.push(invalidValue('spec.externalName', external, problem));
  }
  const names = new Set<string>();
  const numbers = new Set<string>();
  for (const [index, port] of ports.entries()) {
    const path = `spec.ports[${index}]`;
    const name = stringOf(port['name']) ?? '';
    if (name === '') {
      if (ports.length > 1) errors.push(required(`${path}.name`));
    } else {
      for (const problem of problemsOfLabel(name)) errors.push(invalidValue(`${path}.name`, name, problem));
      if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
      names.add(name);
    }
    errors.push(...validatePort(port['port'], `${path}.port`));
    const protocol = String(port['protocol'] ?? '');
    if (protocol === '') errors.push(required(`${path}.protocol`));
    else if (!PROTOCOLS.includes(protocol))
      errors.push(notSupported(`${path}.protocol`, protocol, PROTOCOLS));
    const target = port['targetPort'];
    if (typeof target === 'number') errors.push(...validatePort(target, `${path}.targetPort`));
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
  errors.push(...validateLabels(spec['selector'], 'spec.selector'));
  const affinity = String(spec['sessionAffinity'] ?? 'None');
  if (!['ClientIP', 'None'].includes(affinity))
    errors.push(notSupported('spec.sessionAffinity', affinity, ['ClientIP', 'None']));
  const external = spec['externalTrafficPolicy'];
  if (external !== undefined && !['Cluster', 'Local'].includes(String(external))) {
    errors.push(notSupported('spec.externalTrafficPolicy', String(external), ['Cluster', 'Local']));
  }
  const balancer = spec['loadBalancerClass'];
  if (type !== 'LoadBalancer' && balancer !== undefined) {
    errors.push(forbiddenValue('spec.loadBalancerClass', "may only be used when `type` is 'LoadBalancer'"));
  }
  return old ? [...changesOfService(spec, objectOf(old['spec'])), ...errors] : errors;
}

/** ValidateServiceUpdate; what becomes of cluster IPs is checked where they are given. */
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

function validatePort(value: unknown, field: string): FieldError[] {
  const valid = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
  return valid ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

export function validateEndpoints(endpoints: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  for (const [index, subset] of objectsOf(endpoints['subsets']).entries()) {
    const path = `subsets[${index}]`;
    const ports = objectsOf(subset['ports']);
    for (const list of ['addresses', 'notReadyAddresses']) {
      for (const [position, address] of objectsOf(subset[list]).entries()) {
        const ip = stringOf(address['ip']) ?? '';
        errors.push(...validateAddress(ip, `${path}.${list}[${position}].ip`));
      }
    }
    if (objectsOf(subset['addresses']).length + objectsOf(subset['notReadyAddresses']).length === 0) {
      errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
    }
    for (const [position, port] of ports.entries()) {
      if (ports.length > 1 && !stringOf(port['name']))
        errors.push(required(`${path}.ports[${position}].name`));
      errors.push(...validatePort(port['port'], `${path}.ports[${position}].port`));
    }
  }
  return errors;
}

/** Dotted IPv4, or something with colons. Loopback and link-local ones are no endpoints. */
function validateAddress(ip: string, field: string): FieldError[] {
  const address = parseIpv4(ip);
  if (address === undefined && !/^[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$/.test(ip)) {
    return [invalidValue(field, ip, 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)')];
  }
  if (address !== undefined && cidrAround(address, 8).first === LOOPBACK)
    return [invalidValue(field, ip, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
  if (address === 0) return [invalidValue(field, ip, 'may not be unspecified (0.0.0.0 or ::)')];
  return [];
}

export function validateSlice(slice: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const kinds = ['FQDN', 'IPv4', 'IPv6'];
  const kind = String(slice['addressType'] ?? '');
  if (kind === '') errors.push(required('addressType'));
  else if (!kinds.includes(kind)) errors.push(notSupported('addressType', kind, kinds));
  if (old && old['addressType'] !== kind) errors.push(invalidValue('addressType', kind, IMMUTABLE));
  for (const [index, endpoint] of objectsOf(slice['endpoints']).entries()) {
    const addresses = listOf(endpoint['addresses']);
    if (addresses.length === 0)
      errors.push(required(`endpoints[${index}].addresses`, 'must contain at least 1 address'));
    if (kind !== 'IPv4') continue;
    for (const [position, address] of addresses.entries()) {
      errors.push(...validateAddress(String(address), `endpoints[${index}].addresses[${position}]`));
    }
  }
  return errors;
}
