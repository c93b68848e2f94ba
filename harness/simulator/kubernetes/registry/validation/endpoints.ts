/**
 * Where Services lead: Endpoints, EndpointSlices (pkg/apis/core/validation, pkg/apis/discovery/validation
 * @v1.32).
 */
import { cidrAround, parseIpv4 } from '../../../../base/ipv4.ts';
import { type FieldError, IMMUTABLE, invalidValue, notSupported, required } from '../field-errors.ts';
import { type KubernetesObject, listOf, objectsOf, stringOf } from '../json.ts';

/** 127.0.0.0. */
const LOOPBACK = 0x7f000000;

/** Refuses what is no port from 1 to 65535. */
export function validatePort(value: unknown, field: string): FieldError[] {
  const valid = Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 65_535;
  return valid ? [] : [invalidValue(field, value ?? 0, 'must be between 1 and 65535, inclusive')];
}

/** Finds what is wrong with Endpoints. */
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

/** Checks an address: dotted IPv4, or something with colons, and never loopback. */
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

/** Finds what is wrong with an EndpointSlice; its type of addresses never changes. */
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
