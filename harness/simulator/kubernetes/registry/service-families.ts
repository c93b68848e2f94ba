/**
 * The families of a Service's addresses, on a cluster that has IPv4 only: what is asked for and inferred
 * (pkg/registry/core/service/storage/alloc.go @v1.34, initIPFamilyFields).
 */
import { familyOf, isIpAddress } from '../../../base/ip-address.ts';
import { duplicate, type FieldError, invalidValue, notSupported, required } from './field-errors.ts';
import { type JsonObject, listOf, objectOf, stringOf } from './json.ts';

const FAMILIES = ['IPv4', 'IPv6'];
const POLICIES = ['PreferDualStack', 'RequireDualStack', 'SingleStack'];
const CLUSTER_IPS = 'spec.clusterIPs';
const POLICY = 'spec.ipFamilyPolicy';

const textsOf = (value: unknown): string[] => listOf(value).map(String);
const isHeadless = (addresses: readonly string[]): boolean =>
  addresses.length === 1 && addresses[0] === 'None';

/** Finds what is wrong with addresses and families of a Service (ValidateServiceClusterIPsRelatedFields). */
export function problemsOfFamilies(spec: JsonObject): FieldError[] {
  if (spec['type'] === 'ExternalName') return [];
  const addresses = textsOf(spec['clusterIPs']);
  const families = textsOf(spec['ipFamilies']);
  const errors = problemsOfPair(stringOf(spec['clusterIP']) ?? '', addresses);
  for (const [index, family] of families.entries()) {
    const at = `spec.ipFamilies[${index}]`;
    if (!FAMILIES.includes(family)) errors.push(notSupported(at, family, FAMILIES));
    if (families.indexOf(family) < index) errors.push(duplicate(at, family));
  }
  const policy = spec['ipFamilyPolicy'];
  if (policy !== undefined && policy !== null && !POLICIES.includes(String(policy)))
    errors.push(notSupported(POLICY, String(policy), POLICIES));
  return [...errors, ...problemsOfAddresses(addresses, families)];
}

/** Checks that the one address is the first of the several. */
function problemsOfPair(single: string, addresses: readonly string[]): FieldError[] {
  if (single === '') {
    if (addresses.length === 0) return [];
    return [invalidValue(CLUSTER_IPS, addresses, 'must be empty when `clusterIP` is not specified')];
  }
  if (addresses.length === 0) return [required(CLUSTER_IPS)];
  if (addresses[0] === single) return [];
  return [invalidValue(CLUSTER_IPS, addresses, 'first value must match `clusterIP`')];
}

function problemsOfAddresses(addresses: readonly string[], families: readonly string[]): FieldError[] {
  const errors: FieldError[] = [];
  let isReadable = true;
  for (const [index, address] of addresses.entries()) {
    if (index === 0 && address === 'None') {
      if (addresses.length === 1) continue;
      errors.push(invalidValue(CLUSTER_IPS, addresses, "'None' must be the first and only value"));
    } else if (isIpAddress(address)) continue;
    else {
      const text = 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
      errors.push(invalidValue(`${CLUSTER_IPS}[${index}]`, address, text));
    }
    isReadable = false;
  }
  const bad = (text: string) => errors.push(invalidValue(CLUSTER_IPS, addresses, text));
  if (addresses.length > 2) bad('may only hold up to 2 values');
  if (!isReadable) return errors;
  if (addresses.length > 1 && new Set(addresses.map(familyOf)).size < 2)
    bad('may specify no more than one IP for each IP family');
  if (isHeadless(addresses)) return errors;
  for (const [index, family] of families.entries()) {
    const address = addresses[index];
    if (address === undefined || !FAMILIES.includes(family) || familyOf(address) === family) continue;
    const text = `expected an ${family} value as indicated by \`ipFamilies[${index}]\``;
    errors.push(invalidValue(`${CLUSTER_IPS}[${index}]`, address, text));
  }
  return errors;
}

/**
 * Completes the families of a Service and their policy, in place.
 * @param before - the stored spec; empty for a new Service
 * @returns what is wrong, with which nothing more is to be done
 */
export function completeFamilies(spec: JsonObject, before: JsonObject): FieldError[] {
  if (spec['type'] === 'ExternalName') return [];
  const isOpen = spec['clusterIP'] === 'None' && Object.keys(objectOf(spec['selector'])).length === 0;
  if (spec['ipFamilyPolicy'] === undefined || spec['ipFamilyPolicy'] === null)
    spec['ipFamilyPolicy'] = before['ipFamilyPolicy'] ?? (isOpen ? 'RequireDualStack' : 'SingleStack');
  const loose = problemsOfFamilies(spec);
  if (loose.length > 0) return loose;
  const wrong = againstPolicy(spec);
  if (wrong.length > 0) return wrong;
  if (isOpen) {
    completeOpen(spec);
    return [];
  }
  const errors: FieldError[] = [];
  if (spec['ipFamilyPolicy'] === 'RequireDualStack') {
    const text = 'this cluster is not configured for dual-stack services';
    errors.push(invalidValue(POLICY, 'RequireDualStack', text));
  }
  for (const [index, family] of textsOf(spec['ipFamilies']).entries())
    if (family !== 'IPv4')
      errors.push(invalidValue(`spec.ipFamilies[${index}]`, family, 'not configured on this cluster'));
  if (errors.length === 0 && textsOf(spec['ipFamilies']).length === 0) spec['ipFamilies'] = ['IPv4'];
  return errors;
}

/** One family is for one stack; a family that is not named is that of the address. */
function againstPolicy(spec: JsonObject): FieldError[] {
  const errors: FieldError[] = [];
  const addresses = textsOf(spec['clusterIPs']);
  const families = textsOf(spec['ipFamilies']);
  if (spec['ipFamilyPolicy'] === 'SingleStack') {
    const text = (what: string) =>
      `must be 'RequireDualStack' or 'PreferDualStack' when multiple ${what} are specified`;
    if (addresses.length === 2) errors.push(invalidValue(POLICY, 'SingleStack', text('cluster IPs')));
    if (families.length === 2) errors.push(invalidValue(POLICY, 'SingleStack', text('IP families')));
  }
  for (const [index, address] of addresses.entries()) {
    if (address === 'None') break;
    const family = familyOf(address) ?? '';
    if (index < families.length) continue;
    if (family === 'IPv4') spec['ipFamilies'] = [...textsOf(spec['ipFamilies']), family];
    else {
      const text = `${family} is not configured on this cluster`;
      errors.push(invalidValue(`${CLUSTER_IPS}[${index}]`, addresses, text));
    }
  }
  return errors;
}

/** A headless Service without a selector may have addresses of any family behind it. */
function completeOpen(spec: JsonObject): void {
  const families = textsOf(spec['ipFamilies']);
  const [first = 'IPv4'] = families;
  const other = first === 'IPv4' ? 'IPv6' : 'IPv4';
  const isSingle = spec['ipFamilyPolicy'] === 'SingleStack' || families.length > 1;
  spec['ipFamilies'] = isSingle && families.length > 0 ? families : isSingle ? [first] : [first, other];
}
