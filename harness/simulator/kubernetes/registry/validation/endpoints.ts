/** Where Services lead: Endpoints, EndpointSlices (core/validation, discovery/validation @v1.34). */
import { canonicalAddress, familyOf, isIpAddress, specialRangeOf } from '../../../../base/ip-address.ts';
import {
  duplicate,
  type FieldError,
  IMMUTABLE,
  invalidValue,
  notSupported,
  required,
  tooMany,
} from '../field-errors.ts';
import { equal, type JsonObject, type KubernetesObject, listOf, objectOf, objectsOf } from '../json.ts';
import {
  invalidFor,
  isSet,
  labelText,
  legacyAddress,
  numberOf,
  portNumber,
  qualifiedName,
  requiredChoice,
  subdomainText,
  textOf,
} from './entries.ts';
import { problemsOfLabelValue } from './label-rules.ts';
import { validateLabels } from './metadata.ts';

const PROTOCOLS = ['SCTP', 'TCP', 'UDP'];
const KINDS = ['FQDN', 'IPv4', 'IPv6'];
const MAX_ENDPOINTS = 1000;
const MAX_ADDRESSES = 100;
const MAX_PORTS = 20_000;
const MAX_TOPOLOGY = 16;
const MAX_HINTS = 8;

/** Refuses addresses that lead to nobody else (ValidateEndpointIP). */
export function endpointAddress(address: string, field: string): FieldError[] {
  if (!isIpAddress(address)) return [invalidValue(field, address, 'must be a valid IP address')];
  switch (specialRangeOf(address)) {
    case 'unspecified':
      return [invalidValue(field, address, `may not be unspecified (${address})`)];
    case 'loopback':
      return [invalidValue(field, address, 'may not be in the loopback range (127.0.0.0/8, ::1/128)')];
    case 'link-local':
      return [invalidValue(field, address, 'may not be in the link-local range (169.254.0.0/16, fe80::/10)')];
    case 'multicast':
      return [
        invalidValue(
          field,
          address,
          'may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)',
        ),
      ];
    default:
      return [];
  }
}

/** Finds what is wrong with Endpoints; what was wrong before and is as it was is let pass. */
export function validateEndpoints(
  endpoints: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const errors = objectsOf(endpoints['subsets']).flatMap(validateSubset);
  return errors.length > 0 && old && equal(old['subsets'], endpoints['subsets']) ? [] : errors;
}

function validateSubset(subset: JsonObject, index: number): FieldError[] {
  const path = `subsets[${index}]`;
  const errors: FieldError[] = [];
  const lists = ['addresses', 'notReadyAddresses'];
  if (lists.every(list => objectsOf(subset[list]).length === 0))
    errors.push(required(path, 'must specify `addresses` or `notReadyAddresses`'));
  for (const list of lists) {
    for (const [position, address] of objectsOf(subset[list]).entries())
      errors.push(...validateTarget(address, `${path}.${list}[${position}]`));
  }
  const ports = objectsOf(subset['ports']);
  for (const [position, port] of ports.entries()) {
    const at = `${path}.ports[${position}]`;
    const name = textOf(port['name']);
    if (name === '' && ports.length > 1) errors.push(required(`${at}.name`));
    else if (name !== '') errors.push(...labelText(name, `${at}.name`));
    errors.push(...portNumber(numberOf(port['port']), `${at}.port`));
    errors.push(...requiredChoice(port['protocol'], `${at}.protocol`, PROTOCOLS));
    if (isSet(port['appProtocol']))
      errors.push(...qualifiedName(textOf(port['appProtocol']), `${at}.appProtocol`));
  }
  return errors;
}

function validateTarget(address: JsonObject, path: string): FieldError[] {
  const [ip, host] = [textOf(address['ip']), textOf(address['hostname'])];
  return [
    ...legacyAddress(ip, `${path}.ip`),
    ...(host === '' ? [] : labelText(host, `${path}.hostname`)),
    ...(isSet(address['nodeName']) ? subdomainText(textOf(address['nodeName']), `${path}.nodeName`) : []),
    ...endpointAddress(ip, `${path}.ip`),
  ];
}

/** Finds what is wrong with an EndpointSlice; its type of addresses never changes. */
export function validateSlice(slice: KubernetesObject, old: KubernetesObject | undefined): FieldError[] {
  const kind = textOf(slice['addressType']);
  const errors: FieldError[] = [];
  if (kind === '') errors.push(required('addressType'));
  else if (!KINDS.includes(kind)) errors.push(notSupported('addressType', kind, KINDS));
  errors.push(...validateSlicePorts(objectsOf(slice['ports'])));
  const found = validateSliceEndpoints(objectsOf(slice['endpoints']), kind);
  if (!old || !equal(old['endpoints'], slice['endpoints'])) errors.push(...found);
  if (old && old['addressType'] !== kind) errors.push(invalidValue('addressType', kind, IMMUTABLE));
  return errors;
}

function validateSlicePorts(ports: readonly JsonObject[]): FieldError[] {
  if (ports.length > MAX_PORTS) return [tooMany('ports', ports.length, MAX_PORTS)];
  const names = new Set<string>();
  return ports.flatMap((port, index) => {
    const path = `ports[${index}]`;
    const name = textOf(port['name']);
    const errors = name === '' ? [] : labelText(name, `${path}.name`);
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    errors.push(...requiredChoice(port['protocol'], `${path}.protocol`, PROTOCOLS));
    if (isSet(port['appProtocol']))
      errors.push(...qualifiedName(textOf(port['appProtocol']), `${path}.appProtocol`));
    return errors;
  });
}

function validateSliceEndpoints(endpoints: readonly JsonObject[], kind: string): FieldError[] {
  if (endpoints.length > MAX_ENDPOINTS) return [tooMany('endpoints', endpoints.length, MAX_ENDPOINTS)];
  return endpoints.flatMap((endpoint, index) => {
    const path = `endpoints[${index}]`;
    const at = `${path}.addresses`;
    const addresses = listOf(endpoint['addresses']).map(String);
    const errors: FieldError[] = [];
    if (addresses.length === 0) errors.push(required(at, 'must contain at least 1 address'));
    if (addresses.length > MAX_ADDRESSES) errors.push(tooMany(at, addresses.length, MAX_ADDRESSES));
    for (const [position, address] of addresses.entries())
      errors.push(...sliceAddress(address, kind, at, `${at}[${position}]`));
    if (isSet(endpoint['nodeName']))
      errors.push(...subdomainText(textOf(endpoint['nodeName']), `${path}.nodeName`));
    const topology = objectOf(endpoint['deprecatedTopology']);
    const labels = Object.keys(topology).length;
    if (labels > MAX_TOPOLOGY) errors.push(tooMany(`${path}.deprecatedTopology`, labels, MAX_TOPOLOGY));
    errors.push(...validateLabels(topology, `${path}.deprecatedTopology`));
    if (isSet(endpoint['hostname']))
      errors.push(...labelText(textOf(endpoint['hostname']), `${path}.hostname`));
    return [...errors, ...validateHints(objectOf(endpoint['hints']), `${path}.hints`)];
  });
}

/** @param list - the field of all addresses, which the server names for one of the wrong family */
function sliceAddress(address: string, kind: string, list: string, field: string): FieldError[] {
  if (kind === 'FQDN') return domain(address, field);
  if (kind !== 'IPv4' && kind !== 'IPv6') return [];
  const shape = legacyAddress(address, field);
  if (shape.length > 0) return shape;
  const best = canonicalAddress(address);
  if (kind === 'IPv6' && best !== address)
    return [invalidValue(field, address, `must be in canonical form ("${best}")`)];
  const errors = endpointAddress(address, field);
  return familyOf(address) === kind
    ? errors
    : [invalidValue(list, address, `must be an ${kind} address`), ...errors];
}

/** Checks a name with a domain (apimachinery IsFullyQualifiedDomainName). */
function domain(name: string, field: string): FieldError[] {
  if (name === '') return [required(field)];
  const plain = name.replace(/\.$/, '');
  const errors = subdomainText(plain, field);
  if (errors.length > 0) return errors;
  if (plain.split('.').length < 2)
    return [invalidValue(field, name, 'should be a domain with at least two segments separated by dots')];
  return [];
}

function validateHints(hints: JsonObject, field: string): FieldError[] {
  const [zones, nodes] = ['forZones', 'forNodes'].map(list =>
    objectsOf(hints[list]).map(hint => textOf(hint['name'])),
  );
  const errors = names(zones ?? [], `${field}.forZones`, (name, at) =>
    invalidFor(at, name, problemsOfLabelValue(name)),
  );
  return [...errors, ...names(nodes ?? [], `${field}.forNodes`, subdomainText)];
}

function names(
  list: readonly string[],
  field: string,
  rule: (name: string, field: string) => FieldError[],
): FieldError[] {
  if (list.length > MAX_HINTS) return [tooMany(field, list.length, MAX_HINTS)];
  return list.flatMap((name, index) => {
    const at = `${field}[${index}].name`;
    return [...(list.indexOf(name) < index ? [duplicate(at, name)] : []), ...rule(name, at)];
  });
}
