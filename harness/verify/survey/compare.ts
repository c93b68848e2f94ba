/** What a mesh that was found lacks of the one that a scenario describes. Pure. */
import { type ClusterSpec, controlPlaneOf, isRemote, type Topology } from '../../model/topology.ts';

/**
 * Compares roles and networks, cluster by cluster. Workloads are left to the checks.
 * @returns a sentence for each difference
 */
export function differencesFrom(expected: Topology, found: Topology): readonly string[] {
  return expected.clusters.flatMap(cluster => {
    const other = found.clusters.find(({ name }) => name === cluster.name);
    if (!other) return [`No cluster calls itself ${cluster.name}, as in ${expected.name}.`];
    const [wanted, seen] = [roleOf(cluster), roleOf(other)];
    return [
      ...(wanted === seen ? [] : [`${cluster.name} is ${wanted} in ${expected.name}, and ${seen} here.`]),
      ...(cluster.network === other.network
        ? []
        : [`${cluster.name} is on ${cluster.network} in ${expected.name}, and on ${other.network} here.`]),
    ];
  });
}

const roleOf = (cluster: ClusterSpec): string =>
  isRemote(cluster) ? `a remote of ${controlPlaneOf(cluster)}` : 'a primary';

/** Tells whether two meshes have the same roles and networks, whatever the names. */
export const isAlike = (one: Topology, other: Topology): boolean => shapeOf(one) === shapeOf(other);

function shapeOf({ clusters }: Topology): string {
  const names = clusters.map(({ name }) => name);
  const networks = [...new Set(clusters.map(({ network }) => network))];
  return clusters
    .map(cluster => [names.indexOf(controlPlaneOf(cluster)), networks.indexOf(cluster.network)].join('/'))
    .join(' ');
}
