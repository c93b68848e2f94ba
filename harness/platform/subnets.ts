/** IPv4 subnets: which are free, and who gets which address in one. Pure. */

/** First address and length, as in `172.30.4.0/24`. */
export interface Subnet {
  readonly first: number;
  readonly prefix: number;
}

/** @returns undefined for what is no IPv4 range, such as one of IPv6 */
export function readSubnet(text: string): Subnet | undefined {
  const [address = '', bits = '32'] = text.split('/');
  const value = numberOf(address);
  const prefix = Number(bits);
  if (value === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) return undefined;
  const size = 2 ** (32 - prefix);
  return { first: value - (value % size), prefix };
}

export const formatSubnet = ({ first, prefix }: Subnet): string => `${formatAddress(first)}/${prefix}`;
export const formatAddress = (value: number): string =>
  [24, 16, 8, 0].map(shift => Math.floor(value / 2 ** shift) % 256).join('.');

export function overlaps(one: Subnet, other: Subnet): boolean {
  const last = ({ first, prefix }: Subnet) => first + 2 ** (32 - prefix) - 1;
  return one.first <= last(other) && other.first <= last(one);
}

const OWN_PREFIX = 24;

/**
 * The subnets that may be taken, best first. Docker gives out 172.17 to 172.31 as /16 from below, and home
 * networks are in
 * 192.168: so from the upper middle of 172, and then from 10.
 */
export function* candidates(taken: readonly Subnet[]): Generator<Subnet> {
  const bases = [
    ...[30, 29, 28, 27, 26].map(second => 172 * 256 + second),
    ...Array.from({ length: 40 }, (_, index) => 10 * 256 + 240 - index),
  ];
  for (const base of bases) {
    for (let third = 0; third < 256; third++) {
      const subnet = { first: (base * 256 + third) * 256, prefix: OWN_PREFIX };
      if (!taken.some(other => overlaps(subnet, other))) yield subnet;
    }
  }
}

/**
 * Who gets which address of a /24: Docker takes from the first 64 what no one asked for, nodes get fixed ones
 * from .64 on, and load
 * balancers from the upper half, which Docker never gives out by itself.
 */
export interface AddressPlan {
  readonly subnet: string;
  readonly gateway: string;
  readonly ipRange: string;
  /** Fixed addresses for nodes, 60 of them. */
  readonly nodes: readonly string[];
  /** For load balancers, 120 of them. */
  readonly balancers: readonly string[];
}

export function planAddresses(subnet: Subnet): AddressPlan {
  const range = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => formatAddress(subnet.first + from + index));
  return {
    subnet: formatSubnet(subnet),
    gateway: formatAddress(subnet.first + 1),
    ipRange: formatSubnet({ first: subnet.first, prefix: 26 }),
    nodes: range(64, 60),
    balancers: range(128, 120),
  };
}

/** The destinations in /proc/net/route: little-endian hexadecimal; without the default route. */
export function readRouteTable(text: string): readonly Subnet[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const [, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (destination === undefined || mask === undefined) return [];
      const first = fromLittleEndian(destination);
      const prefix = fromLittleEndian(mask).toString(2).replaceAll('0', '').length;
      return prefix === 0 ? [] : [{ first, prefix }];
    });
}

function fromLittleEndian(hex: string): number {
  return [6, 4, 2, 0].reduce((value, at) => value * 256 + Number.parseInt(hex.slice(at, at + 2), 16), 0);
}

function numberOf(address: string): number | undefined {
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some(part => !Number.isInteger(part) || part < 0 || part > 255))
    return undefined;
  return parts.reduce((value, part) => value * 256 + part, 0);
}
