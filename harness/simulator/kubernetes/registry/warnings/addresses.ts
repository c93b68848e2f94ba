/** What the server says of addresses in an unusual form (apimachinery pkg/util/validation/ip.go @v0.34). */
import { canonicalAddress, isIpAddress, isOddIpv4, parseRange } from '../../../../base/ip-address.ts';

const WILL_BE_INVALID = 'will be considered invalid in a future Kubernetes release';

/** Warns of an address with leading zeros, of IPv4 in IPv6, and of IPv6 that could be shorter. */
export function warningsOfAddress(value: string, field: string): string[] {
  if (!isIpAddress(value)) return [];
  const best = canonicalAddress(value) ?? value;
  if (isOddIpv4(value)) {
    return [`${field}: non-standard IP address "${value}" ${WILL_BE_INVALID}: use "${best}"`];
  }
  if (!value.includes(':') || value === best) return [];
  return [`${field}: IPv6 address "${value}" should be in RFC 5952 canonical format ("${best}")`];
}

/** Warns of a range whose address is in an unusual form. */
export function warningsOfRange(value: string, field: string): string[] {
  const range = parseRange(value);
  if (!range) return [];
  const best = `${canonicalAddress(range.address)}/${range.prefix}`;
  if (isOddIpv4(range.address)) {
    return [`${field}: non-standard CIDR value "${value}" ${WILL_BE_INVALID}: use "${best}"`];
  }
  if (!range.address.includes(':') || value === best) return [];
  return [`${field}: IPv6 CIDR value "${value}" should be in RFC 5952 canonical format ("${best}")`];
}
