/** What of a simulated world can be made to fail. */
import type { World } from '../../simulator/world.ts';
import type { FaultPoints } from '../fault-points.ts';

/** Offers a world's network and clusters to faults. */
export function faultPointsOf(world: World): FaultPoints {
  const clusterOf = (name: string) => {
    const cluster = world.clusters.get(name);
    if (!cluster) throw new RangeError(`There is no cluster "${name}".`);
    return cluster;
  };
  return {
    network: world.network.faults,
    stopApiServer: cluster => clusterOf(cluster).stopApiServer(),
    execOnNode: (cluster, at, argv, signal) => clusterOf(cluster).execOnNode(at, argv, signal),
  };
}
