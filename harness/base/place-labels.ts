/** Labels by which a node of Kubernetes says where it is, as a cloud's controller sets them. */

/** Where the nodes of a cluster are. */
interface Place {
  readonly region?: string;
  /** The nodes have them by turns. */
  readonly zones?: readonly string[];
}

/**
 * Returns the labels of one node; none of what is not told.
 * @param index - its number in its cluster, from 0
 */
export function placeLabels({ region, zones = [] }: Place, index: number): Record<string, string> {
  const zone = zones[index % zones.length];
  return {
    ...(region !== undefined && { 'topology.kubernetes.io/region': region }),
    ...(zone !== undefined && { 'topology.kubernetes.io/zone': zone }),
  };
}
