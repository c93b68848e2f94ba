/** Services (core/validation @v1.34, validateService). */
import { familyOf, isIpAddress, parseRange } from '../../../../base/ip-address.ts';
import { duplicate, type FieldError, forbiddenValue, invalidValue, required } from '../field-errors.ts';
import { type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';
import { problemsOfFamilies } from '../service-families.ts';
import { hasHealthCheck, isExternal } from '../service-fields.ts';
import { endpointAddress } from './endpoints.ts';
import {
  isSet,
  labelText,
  legacyAddress,
  numberOf,
  portNumber,
  portNumberOrName,
  qualifiedName,
  requiredChoice,
  subdomainText,
  textOf,
  validateChoice,
} from './entries.ts';
import { validateLabels } from './metadata.ts';
import { changesOfService } from './service-update.ts';

const TYPES = ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'];
const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const POLICIES = ['Cluster', 'Local'];
const DISTRIBUTIONS = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
const MAX_AFFINITY_SECONDS = 86_400;
const ONLY_BALANCED = "may only be used when `type` is 'LoadBalancer'";

/** Finds what is wrong with a Service, and with the change if there was an old state. */
export function validateService(service: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const spec = objectOf(service['spec']);
  const before = objectOf(old?.['spec']);
  const ports = objectsOf(spec['ports']);
  const errors = [
    ...validateTopology(service),
    ...validateType(spec),
    ...validatePorts(ports),
    ...validateLabels(spec['selector'], 'spec.selector'),
    ...validateAffinity(spec),
    ...problemsOfFamilies(spec),
    ...validateExternalIps(spec, listOf(before['externalIPs'])),
    ...requiredChoice(spec['type'], 'spec.type', TYPES),
    ...validateNodePorts(spec, ports),
    ...validateSourceRanges(service, spec, before),
    ...validateBalancer(spec),
    ...validatePolicies(spec),
  ];
  return old ? [...changesOfService(spec, before), ...errors] : errors;
}

const HINTS = 'service.kubernetes.io/topology-aware-hints';
const MODE = 'service.kubernetes.io/topology-mode';

function validateTopology({ metadata: { annotations = {} } }: KubernetesObject): FieldError[] {
  const [hints, mode] = [annotations[HINTS], annotations[MODE]];
  if (hints === undefined || mode === undefined || hints === mode) return [];
  const text = `must match annotations[${HINTS}] when both are specified`;
  return [invalidValue(`metadata.annotations[${MODE}]`, mode, text)];
}

const isHeadless = (spec: JsonObject): boolean => {
  const addresses = listOf(spec['clusterIPs']);
  return addresses.length === 1 && addresses[0] === 'None';
};

/** Checks the addresses that the type asks for. */
function validateType(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const type = textOf(spec['type']);
  const isEmpty = objectsOf(spec['ports']).length === 0;
  if (isEmpty && !isHeadless(spec) && type !== 'ExternalName') errors.push(required('spec.ports'));
  if (isHeadless(spec) && (type === 'NodePort' || type === 'LoadBalancer'))
    errors.push(invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${type} services`));
  if (type !== 'ExternalName') return errors;
  for (const key of ['clusterIPs', 'ipFamilies', 'ipFamilyPolicy']) {
    const value = spec[key];
    if (Array.isArray(value) ? value.length > 0 : isSet(value))
      errors.push(forbiddenValue(`spec.${key}`, 'may not be set for ExternalName services'));
  }
  const external = textOf(spec['externalName']).replace(/\.$/, '');
  if (external === '') return [...errors, required('spec.externalName')];
  return [...errors, ...subdomainText(external, 'spec.externalName')];
}

/** Checks each port by itself, and that names occur once. */
function validatePorts(ports: readonly JsonObject[]): FieldError[] {
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `spec.ports[${index}]`;
    const name = textOf(port['name']);
    const errors: FieldError[] = [];
    if (name === '' && ports.length > 1) errors.push(required(`${path}.name`));
    if (name !== '') {
      errors.push(...labelText(name, `${path}.name`));
      if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
      names.add(name);
    }
    errors.push(...portNumber(numberOf(port['port']), `${path}.port`));
    errors.push(...requiredChoice(port['protocol'], `${path}.protocol`, PROTOCOLS));
    errors.push(...portNumberOrName(port['targetPort'], `${path}.targetPort`));
    if (isSet(port['appProtocol']))
      errors.push(...qualifiedName(textOf(port['appProtocol']), `${path}.appProtocol`));
    return errors;
  });
}

function validateAffinity(spec: JsonObject): FieldError[] {
  const affinity = textOf(spec['sessionAffinity']);
  const errors = requiredChoice(affinity, 'spec.sessionAffinity', ['ClientIP', 'None']);
  if (affinity !== 'ClientIP') return errors;
  const timeout = numberOf(objectOf(objectOf(spec['sessionAffinityConfig'])['clientIP'])['timeoutSeconds']);
  if (timeout > 0 && timeout <= MAX_AFFINITY_SECONDS) return errors;
  const text = `must be greater than 0 and less than ${MAX_AFFINITY_SECONDS}`;
  return [...errors, invalidValue('spec.sessionAffinityConfig.clientIP.timeoutSeconds', timeout, text)];
}

function validateExternalIps(spec: JsonObject, known: readonly unknown[]): FieldError[] {
  return listOf(spec['externalIPs']).flatMap((address, index) => {
    const [text, path] = [String(address), `spec.externalIPs[${index}]`];
    if (known.includes(address) || isIpAddress(text)) return endpointAddress(text, path);
    return legacyAddress(text, path);
  });
}

/** Checks that the type allows node ports, and that neither they nor the ports occur twice. */
function validateNodePorts(spec: JsonObject, ports: readonly JsonObject[]): FieldError[] {
  const errors: FieldError[] = [];
  const taken = new Set<string>();
  const isInside = spec['type'] === 'ClusterIP';
  for (const [index, port] of ports.entries()) {
    if (isInside && numberOf(port['nodePort']) !== 0)
      errors.push(
        forbiddenValue(`spec.ports[${index}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
      );
  }
  for (const [index, port] of ports.entries()) {
    const number = numberOf(port['nodePort']);
    const key = `node ${number}/${textOf(port['protocol'])}`;
    if (number === 0) continue;
    if (taken.has(key)) errors.push(duplicate(`spec.ports[${index}].nodePort`, number));
    taken.add(key);
  }
  for (const [index, port] of ports.entries()) {
    const key = `${numberOf(port['port'])}/${textOf(port['protocol'])}`;
    const shown = {
      Name: '',
      Protocol: textOf(port['protocol']),
      AppProtocol: null,
      Port: numberOf(port['port']),
      TargetPort: 0,
      NodePort: 0,
    };
    if (taken.has(key)) errors.push(duplicate(`spec.ports[${index}]`, shown));
    taken.add(key);
  }
  return errors;
}

const RANGES = 'service.beta.kubernetes.io/load-balancer-source-ranges';

/** Checks who may come from outside: the field, or the annotation of old. */
function validateSourceRanges(service: KubernetesObject, spec: JsonObject, before: JsonObject): FieldError[] {
  const isBalanced = spec['type'] === 'LoadBalancer';
  const check = (text: string, field: string): FieldError[] => {
    if (parseRange(text.trim())) return [];
    const detail = 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
    return [invalidValue(field, text.trim(), detail)];
  };
  const ranges = listOf(spec['loadBalancerSourceRanges']).map(String);
  const annotation = service.metadata.annotations?.[RANGES];
  const field = ranges.length > 0 ? 'spec.LoadBalancerSourceRanges' : `metadata.annotations[${RANGES}]`;
  if (ranges.length === 0 && annotation === undefined) return [];
  const errors = isBalanced ? [] : [forbiddenValue(field, ONLY_BALANCED)];
  if (ranges.length > 0) {
    const known = listOf(before['loadBalancerSourceRanges']).map(range => String(range).trim());
    return [
      ...errors,
      ...ranges.flatMap((range, index) =>
        known.includes(range.trim()) ? [] : check(range, `${field}[${index}]`),
      ),
    ];
  }
  const texts = (annotation ?? '').trim() === '' ? [] : (annotation ?? '').split(',');
  return [...errors, ...texts.flatMap(text => check(text, field))];
}

function validateBalancer(spec: JsonObject): FieldError[] {
  const isBalanced = spec['type'] === 'LoadBalancer';
  const errors: FieldError[] = [];
  const balancer = spec['loadBalancerClass'];
  if (isSet(spec['allocateLoadBalancerNodePorts']) && !isBalanced)
    errors.push(forbiddenValue('spec.allocateLoadBalancerNodePorts', ONLY_BALANCED));
  if (!isSet(balancer)) return errors;
  if (!isBalanced) return [...errors, forbiddenValue('spec.loadBalancerClass', ONLY_BALANCED)];
  return [...errors, ...qualifiedName(textOf(balancer), 'spec.loadBalancerClass')];
}

/** Checks the policies of traffic, and the port on which nodes tell of their pods. */
function validatePolicies(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const external = textOf(spec['externalTrafficPolicy']);
  if (isExternal(spec)) errors.push(...requiredChoice(external, 'spec.externalTrafficPolicy', POLICIES));
  else if (external !== '') {
    const text = 'may only be set for externally-accessible services';
    errors.push(invalidValue('spec.externalTrafficPolicy', external, text));
  }
  const port = numberOf(spec['healthCheckNodePort']);
  if (hasHealthCheck(spec)) {
    if (port === 0) errors.push(required('spec.healthCheckNodePort'));
    else errors.push(...portNumber(port, 'spec.healthCheckNodePort'));
  } else if (port !== 0) {
    const text = "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
    errors.push(invalidValue('spec.healthCheckNodePort', port, text));
  }
  errors.push(...validateChoice(spec['internalTrafficPolicy'], 'spec.internalTrafficPolicy', POLICIES));
  return [
    ...errors,
    ...validateChoice(spec['trafficDistribution'], 'spec.trafficDistribution', DISTRIBUTIONS),
  ];
}

/** Finds what is wrong with the status of a Service (ValidateLoadBalancerStatus). */
export function validateServiceStatus(service: KubernetesObject): FieldError[] {
  const ingress = objectsOf(objectOf(objectOf(service['status'])['loadBalancer'])['ingress']);
  const at = 'status.loadBalancer.ingress';
  if (ingress.length > 0 && objectOf(service['spec'])['type'] !== 'LoadBalancer')
    return [forbiddenValue(at, "may only be used when `spec.type` is 'LoadBalancer'")];
  return ingress.flatMap((entry, index) => {
    const path = `${at}[${index}]`;
    const [ip, host] = [textOf(entry['ip']), textOf(entry['hostname'])];
    const errors = ip === '' ? [] : legacyAddress(ip, `${path}.ip`);
    const mode = entry['ipMode'];
    if (ip === '' && isSet(mode))
      errors.push(forbiddenValue(`${path}.ipMode`, 'may not be specified when `ip` is not set'));
    else errors.push(...validateChoice(mode, `${path}.ipMode`, ['Proxy', 'VIP']));
    if (host === '') return errors;
    errors.push(...subdomainText(host, `${path}.hostname`));
    if (familyOf(host) !== undefined)
      errors.push(invalidValue(`${path}.hostname`, host, 'must be a DNS name, not an IP address'));
    return errors;
  });
}
