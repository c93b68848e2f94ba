/**
 * IPv4 ranges: reading them, telling whether they overlap, and the ranges that a scenario gets when it names
 * none.
 */

export interface Range {
  readonly first: number;
  readonly last: number;
  readonly prefix: number;
}

/** How many clusters and networks can have default ranges that do not overlap. */
export const MAX_CLUSTERS = 240;
export const MAX_NETWORKS = 64;

/** @returns the range, or a sentence that tells what is wrong with the text */
export function readRange(text: string): Range | string {
  const match = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/.exec(text);
  const parts = match?.slice(1).map(Number) ?? [];
  const prefix = parts[4] ?? 33;
  const octets = parts.slice(0, 4);
  if (octets.length < 4 || octets.some(octet => octet > 255) || prefix > 32)
    return `"${text}" is no IPv4 range; write it as 10.10.0.0/16`;
  const address = octets.reduce((sum, octet) => sum * 256 + octet, 0);
  const size = 2 ** (32 - prefix);
  const first = address - (address % size);
  if (first !== address)
    return `"${text}" does not start at its first address; write it as ${formatRange(first, prefix)}`;
  return { first, last: first + size - 1, prefix };
}

export const overlap = (one: Range, other: Range): boolean =>
  one.first <= other.last && other.first <= one.last;

/**
 * 10.10.0.0/16, 10.20.0.0/16, … as Istio's own kind topologies have them (istio/istio
 * prow/config/topology/multicluster.json @1.8.0),
 * then 10.11.0.0/16, 10.21.0.0/16, …
 * @param index - of the cluster, from 0
 */
export const defaultPodRange = (index: number): string => `10.${slot(index)}.0.0/16`;
/** 10.255.10.0/24, 10.255.20.0/24, … @param index - of the cluster, from 0 */
export const defaultServiceRange = (index: number): string => `10.255.${slot(index)}.0/24`;
/**
 * 172.30.0.0/21, 172.30.8.0/21, …: 2046 addresses for nodes and load balancers.
 * @param index - of the network, from 0
 */
export const defaultNetworkRange = (index: number): string =>
  formatRange(((172 * 256 + 30) * 256 + index * 8) * 256, 21);

const SLOTS = 24;
const slot = (index: number): number => 10 * ((index % SLOTS) + 1) + Math.floor(index / SLOTS);

function formatRange(first: number, prefix: number): string {
  return `${[24, 16, 8, 0].map(shift => Math.floor(first / 2 ** shift) % 256).join('.')}/${prefix}`;
}
