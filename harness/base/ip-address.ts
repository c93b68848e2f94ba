/** Addresses as texts: which are ones, of which family, as Go's net and net/netip have them. */
import { formatIpv4, parseIpv4 } from './ipv4.ts';

/** How many 16-bit groups an IPv6 address has. */
const GROUPS = 8;

/** @returns the groups of an IPv6 address; undefined for other texts */
function groupsOf(text: string): number[] | undefined {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return undefined;
  const read = halves.map(half => (half === '' ? [] : half.split(':').flatMap(readGroup)));
  const groups = read.flat();
  if (groups.includes(Number.NaN)) return undefined;
  if (halves.length === 1) return groups.length === GROUPS ? groups : undefined;
  if (groups.length >= GROUPS) return undefined;
  const zeros = Array.from({ length: GROUPS - groups.length }, () => 0);
  return [...(read[0] ?? []), ...zeros, ...(read[1] ?? [])];
}

/** The last group may be an IPv4 address, which counts as two. */
function readGroup(part: string): number[] {
  const dotted = part.includes('.') ? parseIpv4(part) : undefined;
  if (dotted !== undefined) return [dotted >>> 16, dotted & 0xffff];
  return /^[0-9a-fA-F]{1,4}$/.test(part) ? [Number.parseInt(part, 16)] : [Number.NaN];
}

/** An IPv4 address in an IPv6 one: `::ffff:10.0.0.1`. */
function mappedIpv4(groups: readonly number[]): number | undefined {
  const isMapped = groups.slice(0, 5).every(group => group === 0) && groups[5] === 0xffff;
  return isMapped ? (groups[6] ?? 0) * 65_536 + (groups[7] ?? 0) : undefined;
}

/** Tells whether a text is an address; leading zeros of IPv4 count for nothing (ParseIPSloppy). */
export const isIpAddress = (text: string): boolean =>
  parseIpv4(text) !== undefined || groupsOf(text) !== undefined;

/** Returns the family of an address: an IPv4 address in an IPv6 one is IPv4, as for Go's net.IP. */
export function familyOf(text: string): 'IPv4' | 'IPv6' | undefined {
  if (parseIpv4(text) !== undefined) return 'IPv4';
  const groups = groupsOf(text);
  if (!groups) return undefined;
  return mappedIpv4(groups) === undefined ? 'IPv6' : 'IPv4';
}

/** Tells whether an IPv4 address has bytes with leading zeros, or is written as an IPv6 address. */
export function isOddIpv4(text: string): boolean {
  if (text.includes(':')) return familyOf(text) === 'IPv4';
  return text.split('.').some(byte => byte.length > 1 && byte.startsWith('0'));
}

/** Writes an address as Go does: `2001:db8::1`. @returns undefined for what is none */
export function canonicalAddress(text: string): string | undefined {
  const four = parseIpv4(text);
  if (four !== undefined) return formatIpv4(four);
  const groups = groupsOf(text);
  if (!groups) return undefined;
  const mapped = mappedIpv4(groups);
  return mapped === undefined ? shortest(groups) : formatIpv4(mapped);
}

/** RFC 5952: the first longest run of two or more zero groups becomes `::`. */
function shortest(groups: readonly number[]): string {
  let [start, length] = [-1, 1];
  for (let from = 0; from < GROUPS; from++) {
    let end = from;
    while (groups[end] === 0) end++;
    if (end - from > length) [start, length] = [from, end - from];
  }
  const text = (part: readonly number[]) => part.map(group => group.toString(16)).join(':');
  if (start < 0) return text(groups);
  return `${text(groups.slice(0, start))}::${text(groups.slice(start + length))}`;
}

/** What is special about an address, in Go's words (IsLoopback and its like of net.IP). */
export function specialRangeOf(
  text: string,
): 'unspecified' | 'loopback' | 'link-local' | 'multicast' | undefined {
  const shown = canonicalAddress(text) ?? '';
  if (shown === '0.0.0.0' || shown === '::') return 'unspecified';
  if (/^127\./.test(shown) || shown === '::1') return 'loopback';
  if (/^169\.254\./.test(shown) || /^fe[89ab]/.test(shown)) return 'link-local';
  if (/^224\.0\.0\./.test(shown) || /^ff[0-9a-f]2:/.test(shown)) return 'multicast';
  return undefined;
}

/** A range: its address and its prefix; undefined for what is none (ParseCIDRSloppy). */
export function parseRange(text: string): { readonly address: string; readonly prefix: number } | undefined {
  const match = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = match?.[1] ?? '';
  const prefix = Number(match?.[2]);
  if (!match || !isIpAddress(address)) return undefined;
  return prefix <= (address.includes(':') ? 128 : 32) ? { address, prefix } : undefined;
}
