/**
 * The rules of ServiceCIDRs and IPAddresses (pkg/apis/networking/validation/validation.go @v1.34). Of IPv6
 * only the form of an address is checked, not that it is the shortest.
 */
import { isIP } from 'node:net';
import { formatCidr, parseCidr } from '../../../../base/ipv4.ts';
import { type FieldError, IMMUTABLE, invalidValue, required } from '../field-errors.ts';
import { isObject, type KubernetesObject, listOf, objectOf, stringOf } from '../json.ts';
import { problemsOfPathSegment, problemsOfSubdomain } from './names.ts';

const LEADING_ZERO = /(^|\.)0\d/;

/** Finds what is wrong with an IPAddress: its name is the address. */
export function validateIpAddress({ metadata, spec }: KubernetesObject): FieldError[] {
  const errors: FieldError[] = [];
  const { name = '' } = metadata;
  if (isIP(name) === 0) {
    const text = LEADING_ZERO.test(name)
      ? 'must not have leading 0s'
      : 'must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)';
    errors.push(invalidValue('metadata.name', name, text));
  }
  const parent = objectOf(spec)['parentRef'];
  if (!isObject(parent)) return [...errors, required('spec.parentRef')];
  const text = (key: string) => stringOf(parent[key]) ?? '';
  const at = (key: string) => `spec.parentRef.${key}`;
  if (text('group') !== '')
    errors.push(
      ...problemsOfSubdomain(text('group')).map(problem => invalidValue(at('group'), text('group'), problem)),
    );
  for (const key of ['resource', 'name', 'namespace']) {
    if (text(key) === '' && key !== 'namespace') errors.push(required(at(key)));
    errors.push(
      ...problemsOfPathSegment(text(key)).map(problem => invalidValue(at(key), text(key), problem)),
    );
  }
  return errors;
}

/** Finds what is wrong with a ServiceCIDR. */
export function validateServiceCidr(
  object: KubernetesObject,
  old: KubernetesObject | undefined,
): FieldError[] {
  const field = 'spec.cidrs';
  const cidrs = listOf(objectOf(object['spec'])['cidrs']).map(String);
  if (cidrs.length === 0) return [required(field, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalidValue(field, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const before = old && listOf(objectOf(old['spec'])['cidrs']).map(String);
  const errors = cidrs.flatMap((cidr, index) => {
    const at = `${field}[${index}]`;
    if (before?.[index] !== undefined && before[index] !== cidr) return [invalidValue(at, cidr, IMMUTABLE)];
    const problem = problemOfCidr(cidr);
    return problem === undefined ? [] : [invalidValue(at, cidr, problem)];
  });
  const [first = '', second] = cidrs.map(cidr => isIP(cidr.split('/')[0] ?? ''));
  if (second !== undefined && first === second && first !== 0) {
    const text = 'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64';
    errors.push(invalidValue(field, cidrs, text));
  }
  return errors;
}

function problemOfCidr(cidr: string): string | undefined {
  const [address = '', prefix = ''] = cidr.split('/');
  const family = isIP(address);
  const most = family === 6 ? 128 : 32;
  if (family === 0 || !/^\d+$/.test(prefix) || Number(prefix) > most || cidr.split('/').length !== 2)
    return 'must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)';
  const range = family === 4 ? parseCidr(cidr) : undefined;
  return range && formatCidr(range) !== cidr ? 'must not have bits set beyond the prefix length' : undefined;
}
