/** Which clusters and networks of a topology a fault meets unless it is told. */
import type { Topology } from '../model/topology.ts';
import { controlPlaneOf, isMultiNetwork, primariesOf } from '../model/topology.ts';
import type { FaultHand, FaultScene, Parameter } from './fault.ts';

const lastCluster = ({ clusters }: Topology): string | undefined => clusters.at(-1)?.name;
const firstPrimary = (topology: Topology): string | undefined => primariesOf(topology)[0]?.name;

/** A cluster, the last one unless another is named. */
export const theCluster = (what: string): Parameter => ({ what, byDefault: lastCluster });
/** A cluster with a control plane, the first one unless another is named. */
export const thePrimary = (what: string): Parameter => ({ what, byDefault: firstPrimary });
/** A cluster with an east-west gateway. */
export const theGatewayCluster = (what: string): Parameter => ({
  what,
  byDefault: topology => (isMultiNetwork(topology) ? lastCluster(topology) : firstPrimary(topology)),
});
/** The clusters on the other side; all others unless one is named. */
export const theOthers = (what: string): Parameter => ({ what, otherwise: 'all other clusters' });
/** A network, the last one unless another is named. */
export const theNetwork = (what: string): Parameter => ({
  what,
  byDefault: ({ networks }) => networks.at(-1)?.name,
});

/** Returns the cluster that a fault is about. Values have been read: it is there. */
export const clusterOf = ({ values }: Pick<FaultHand, 'values'>): string => values.cluster ?? '';

/** Returns the clusters on the other side. */
export const othersOf = ({ topology, values }: Pick<FaultHand, 'topology' | 'values'>): readonly string[] =>
  values.from === undefined
    ? topology.clusters.map(({ name }) => name as string).filter(name => name !== values.cluster)
    : [values.from];

/** Returns the cluster whose istiod signs for the proxies of another: in 1.8 a remote has one of its own. */
export function signerOf(
  { topology, edition }: Pick<FaultScene, 'topology' | 'edition'>,
  cluster: string,
): string {
  const spec = topology.clusters.find(({ name }) => name === cluster);
  return spec === undefined || edition === '1.8' ? cluster : controlPlaneOf(spec);
}

/** Says why a mesh of one network, or of one cluster, cannot have a fault. */
export const severalNetworks = ({ topology }: Pick<FaultScene, 'topology'>): string | undefined =>
  isMultiNetwork(topology) ? undefined : 'it has one network only';

/** Says why a mesh has no east-west gateway. */
export const hasGateway = ({ topology }: Pick<FaultScene, 'topology'>): string | undefined =>
  isMultiNetwork(topology) || primariesOf(topology).length < topology.clusters.length
    ? undefined
    : 'it has no east-west gateway: its pods talk to each other directly';
