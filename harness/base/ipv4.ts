/** IPv4 arithmetic: an address as a number from 0 to 2^32 - 1, and ranges of such numbers. */

/** Addresses from `first` to `last`, both included. */
export interface AddressSpan {
  readonly first: number;
  readonly last: number;
}

/** A span that a prefix names: `172.30.4.0/24` has prefix 24, its 256 addresses begin at `first`. */
export interface Cidr extends AddressSpan {
  /** How many leading bits all addresses share, 0 to 32. */
  readonly prefix: number;
}

/**
 * Reads an address in dotted decimal form. Leading zeros count for nothing (`010` is ten), as in
 * k8s.io/utils net.ParseIPSloppy.
 * @returns undefined if the text is not four bytes with dots between them
 */
export function parseIpv4(text: string): number | undefined {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(text);
  if (!match) return undefined;
  const bytes = match.slice(1).map(Number);
  if (bytes.some(byte => byte > 255)) return undefined;
  return bytes.reduce((value, byte) => value * 256 + byte, 0);
}

/** Writes an address in dotted form. @param value - an integer from 0 to 2^32 - 1 */
export function formatIpv4(value: number): string {
  return `${(value >>> 24) & 255}.${(value >>> 16) & 255}.${(value >>> 8) & 255}.${value & 255}`;
}

/** Returns the range of `2 ** (32 - prefix)` addresses that holds this address. */
export function cidrAround(address: number, prefix: number): Cidr {
  const size = 2 ** (32 - prefix);
  const first = address - (address % size);
  return { first, last: first + size - 1, prefix };
}

/**
 * Reads `10.10.0.0/16`. The address need not be the first of its range: `10.10.3.7/16` is the same one.
 * @returns undefined if the text is no address with a prefix from 0 to 32
 */
export function parseCidr(text: string): Cidr | undefined {
  const match = /^([^/]*)\/(\d{1,2})$/.exec(text);
  const address = parseIpv4(match?.[1] ?? '');
  const prefix = Number(match?.[2]);
  return address === undefined || prefix > 32 ? undefined : cidrAround(address, prefix);
}

/** Reads what `parseCidr` reads, and a bare address as a range of one. */
export function parseCidrOrAddress(text: string): Cidr | undefined {
  return parseCidr(text.includes('/') ? text : `${text}/32`);
}

/** Writes `10.10.0.0/16`. */
export function formatCidr({ first, prefix }: Pick<Cidr, 'first' | 'prefix'>): string {
  return `${formatIpv4(first)}/${prefix}`;
}

/** Counts the addresses, those of network and broadcast included. */
export function sizeOf({ first, last }: AddressSpan): number {
  return last - first + 1;
}

/**
 * Tells whether an address, as a number or as a text, lies within. A text that is not an address lies
 * nowhere.
 */
export function contains({ first, last }: AddressSpan, address: number | string): boolean {
  const value = typeof address === 'number' ? address : parseIpv4(address);
  return value !== undefined && value >= first && value <= last;
}

/** Tells whether the two share an address. */
export function overlaps(one: AddressSpan, other: AddressSpan): boolean {
  return one.first <= other.last && other.first <= one.last;
}

/** Returns the address with this number in dotted form; 0 is the first. It may lie outside of the span. */
export function nthAddress({ first }: Pick<AddressSpan, 'first'>, index: number): string {
  return formatIpv4(first + index);
}
