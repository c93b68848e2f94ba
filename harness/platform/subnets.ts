/** IPv4 subnets: which are free, and who gets which address in one. Pure. */
import { type Cidr, cidrAround, formatCidr, nthAddress, overlaps } from '../base/ipv4.ts';

const OWN_PREFIX = 24;

/**
 * Lists the subnets that may be taken, best first. Docker gives out 172.17 to 172.31 as /16 from below, and
 * home networks are in 192.168: so from the upper middle of 172, and then from 10.
 */
export function* candidates(taken: readonly Cidr[]): Generator<Cidr> {
  const bases = [
    ...[30, 29, 28, 27, 26].map(second => 172 * 256 + second),
    ...Array.from({ length: 40 }, (_, index) => 10 * 256 + 240 - index),
  ];
  for (const base of bases) {
    for (let third = 0; third < 256; third++) {
      const subnet = cidrAround((base * 256 + third) * 256, OWN_PREFIX);
      if (!taken.some(other => overlaps(subnet, other))) yield subnet;
    }
  }
}

/**
 * Who gets which address of a /24: Docker takes from the first 64 what no one asked for, nodes get fixed ones
 * from .64 on, and load balancers from the upper half, which Docker never gives out by itself.
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

export function planAddresses(subnet: Cidr): AddressPlan {
  const range = (from: number, count: number) =>
    Array.from({ length: count }, (_, index) => nthAddress(subnet, from + index));
  return {
    subnet: formatCidr(subnet),
    gateway: nthAddress(subnet, 1),
    ipRange: formatCidr({ first: subnet.first, prefix: 26 }),
    nodes: range(64, 60),
    balancers: range(128, 120),
  };
}

/** Reads the destinations in /proc/net/route (little-endian hexadecimal), without the default route. */
export function readRouteTable(text: string): readonly Cidr[] {
  return text
    .split('\n')
    .slice(1)
    .flatMap(line => {
      const [, destination, , , , , , mask] = line.trim().split(/\s+/);
      if (destination === undefined || mask === undefined) return [];
      const first = fromLittleEndian(destination);
      const prefix = fromLittleEndian(mask).toString(2).replaceAll('0', '').length;
      return prefix === 0 ? [] : [cidrAround(first, prefix)];
    });
}

function fromLittleEndian(hex: string): number {
  return [6, 4, 2, 0].reduce((value, at) => value * 256 + Number.parseInt(hex.slice(at, at + 2), 16), 0);
}
