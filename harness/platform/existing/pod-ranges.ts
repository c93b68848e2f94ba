/** Pod ranges of clusters that are to share a network: the same address cannot be a pod of two clusters. */
import { type Cidr, formatCidr, overlaps, parseCidrOrAddress } from '../../base/ipv4.ts';
import type { KubernetesObject } from '../../base/kubernetes-client.ts';
import type { Topology } from '../../model/topology.ts';

/**
 * Lists the pod ranges that nodes report; none where the network plug-in does not report them, as those of
 * clouds do not.
 */
export function podRangesOf(nodes: readonly KubernetesObject[]): readonly Cidr[] {
  return nodes.flatMap(node => {
    const { podCIDR, podCIDRs = [] } = (node['spec'] ?? {}) as {
      podCIDR?: string;
      podCIDRs?: readonly string[];
    }; // a NodeSpec
    const texts = podCIDRs.length > 0 ? podCIDRs : podCIDR === undefined ? [] : [podCIDR];
    return texts.flatMap(text => parseCidrOrAddress(text) ?? []);
  });
}

export interface Overlap {
  readonly clusters: readonly [string, string];
  readonly network: string;
  readonly ranges: readonly [string, string];
}

/**
 * Finds the first overlap of each pair of clusters on one network; on separate networks ranges may be the
 * same.
 */
export function overlappingPods(
  { clusters }: Topology,
  ranges: ReadonlyMap<string, readonly Cidr[]>,
): readonly Overlap[] {
  return clusters.flatMap((one, index) =>
    clusters.slice(index + 1).flatMap((other): readonly Overlap[] => {
      if (one.network !== other.network) return [];
      for (const mine of ranges.get(one.name) ?? []) {
        const theirs = ranges.get(other.name)?.find(range => overlaps(mine, range));
        if (theirs) {
          const shown = [formatCidr(mine), formatCidr(theirs)] as const;
          return [{ clusters: [one.name, other.name], network: one.network, ranges: shown }];
        }
      }
      return [];
    }),
  );
}
