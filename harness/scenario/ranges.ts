/** The IPv4 ranges of a scenario: reading them, and those that it gets when it names none. */
import {
  type Cidr,
  cidrAround,
  formatCidr,
  nthAddress,
  overlaps,
  parseCidr,
  parseIpv4,
} from '../base/ipv4.ts';

/** The number of clusters and networks that can have default ranges without overlaps. */
export const MAX_CLUSTERS = 240;
export const MAX_NETWORKS = 64;

/** Reads a range that begins at its first address. @returns a sentence about what is wrong with the text */
export function readRange(text: string): Cidr | string {
  const range = parseCidr(text);
  if (!range) return `"${text}" is no IPv4 range; write it as 10.10.0.0/16`;
  return range.first === parseIpv4(text.split('/')[0] ?? '')
    ? range
    : `"${text}" does not start at its first address; write it as ${formatCidr(range)}`;
}

/** Blocks whose addresses no node, pod or Service can have (RFC 6890; RFC 5771 for multicast). */
const UNUSABLE: readonly (readonly [range: string, what: string])[] = [
  ['0.0.0.0/8', 'this network'],
  ['127.0.0.0/8', 'loopback'],
  ['169.254.0.0/16', 'link-local'],
  ['224.0.0.0/4', 'multicast'],
  ['255.0.0.0/8', 'broadcast'],
];

/** Says why a range can not be used: `loopback, 127.0.0.0/8`. */
export function unusable(range: Cidr): string | undefined {
  const found = UNUSABLE.find(([text]) => {
    const block = parseCidr(text);
    return block !== undefined && overlaps(range, block);
  });
  return found && `${found[1]}, ${found[0]}`;
}

/**
 * Returns a cluster's default pod range: 10.10.0.0/16, 10.20.0.0/16, … as Istio's own kind topologies have
 * them (istio/istio prow/config/topology/multicluster.json @1.8.0), then 10.11.0.0/16, 10.21.0.0/16, …
 * @param index - of the cluster, from 0
 */
export const defaultPodRange = (index: number): string => `10.${slot(index)}.0.0/16`;
/**
 * Returns a cluster's default service range: 10.255.10.0/24, 10.255.20.0/24, … @param index - of the cluster,
 * from 0
 */
export const defaultServiceRange = (index: number): string => `10.255.${slot(index)}.0/24`;
/**
 * Returns a network's default range: 172.30.0.0/21, 172.30.8.0/21, …: 2046 addresses for nodes and load
 * balancers.
 * @param index - of the network, from 0
 */
export const defaultNetworkRange = (index: number): string => `${nthAddress(NETWORKS, index * 2048)}/21`;

/** 172.30.0.0/15. */
const NETWORKS = cidrAround(0xac1e0000, 15);
const SLOTS = 24;
const slot = (index: number): number => 10 * ((index % SLOTS) + 1) + Math.floor(index / SLOTS);
