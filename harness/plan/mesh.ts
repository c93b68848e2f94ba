/**
 * What the steps want to know of a topology: who has a gateway, who watches whom, what a network's gateway is
 * good for.
 */
import type { ClusterName, NetworkName } from '../model/names.ts';
import {
  type ClusterSpec,
  controlPlaneOf,
  isMultiNetwork,
  primariesOf,
  remotesOf,
  type Topology,
} from '../model/topology.ts';

export const isControlPlane = (topology: Topology, cluster: ClusterSpec): boolean =>
  remotesOf(topology, cluster.name).length > 0;

/**
 * On several networks every cluster has an east-west gateway; on one, only a primary that remotes reach
 * through it.
 */
export const hasGateway = (topology: Topology, cluster: ClusterSpec): boolean =>
  isMultiNetwork(topology) || isControlPlane(topology, cluster);

export const hasWorkloads = (cluster: ClusterSpec): boolean =>
  cluster.client || cluster.helloWorld.length > 0;

/** The clusters whose proxies `primary` serves: itself and its remotes. */
export const servedBy = (topology: Topology, primary: ClusterName): readonly ClusterSpec[] =>
  topology.clusters.filter(cluster => controlPlaneOf(cluster) === primary);

/** Whether requests come into `network` from another: then its gateways must work. */
export const isEntered = (topology: Topology, network: NetworkName): boolean =>
  topology.clusters.some(cluster => cluster.network === network && cluster.helloWorld.length > 0) &&
  topology.clusters.some(cluster => cluster.network !== network && cluster.client);

/** Whether `cluster`'s gateway is the only one of its network. */
export const isOnlyGateway = (topology: Topology, cluster: ClusterSpec): boolean =>
  topology.clusters.every(({ name, network }) => name === cluster.name || network !== cluster.network);

/** A remote secret: it lets the istiod of `holder` watch the API server of `watched`. */
export interface RemoteSecret {
  readonly watched: ClusterSpec;
  readonly holder: ClusterSpec;
}

/**
 * Every primary watches every other cluster. A remote's own control plane needs this twice over, since it
 * also asks the remote's API server whether a proxy's token is good; the other primaries only want the
 * endpoints. Remotes hold no secrets: no proxy asks them.
 */
export function remoteSecretsOf(topology: Topology): readonly RemoteSecret[] {
  return topology.clusters.flatMap(watched =>
    primariesOf(topology)
      .filter(holder => holder.name !== watched.name)
      .sort(
        (one, other) =>
          Number(controlPlaneOf(watched) === other.name) - Number(controlPlaneOf(watched) === one.name),
      )
      .map(holder => ({ watched, holder })),
  );
}

/** Whether requests go wrong without this secret; otherwise no one asks for what it would tell. */
export function isNeeded(topology: Topology, { watched, holder }: RemoteSecret): boolean {
  if (controlPlaneOf(watched) === holder.name) return true;
  const served = servedBy(topology, holder.name);
  const asks = served.some(cluster => cluster.client);
  const forwards = isMultiNetwork(topology) && served.some(cluster => cluster.network === watched.network);
  return watched.helloWorld.length > 0 && (asks || forwards);
}

// ---- names of shell variables; unique, since cluster names are lower-case labels

const upper = (cluster: ClusterName): string => cluster.toUpperCase().replaceAll('-', '_');
/** `CTX_CLUSTER1`: holds the name of a kubeconfig's context. */
export const contextVariable = (cluster: ClusterName): string => `CTX_${upper(cluster)}`;
/** `DISCOVERY_ADDRESS` as in the guide, or one for each control plane where there are several. */
export function addressVariable(topology: Topology, primary: ClusterName): string {
  const several = primariesOf(topology).filter(cluster => isControlPlane(topology, cluster)).length > 1;
  return several ? `DISCOVERY_ADDRESS_${upper(primary)}` : 'DISCOVERY_ADDRESS';
}
/** `GATEWAY_ADDRESS_CLUSTER1` */
export const gatewayVariable = (cluster: ClusterName): string => `GATEWAY_ADDRESS_${upper(cluster)}`;
/** `SLEEP_POD_CLUSTER1` */
export const podVariable = (client: string, cluster: ClusterName): string =>
  `${client.toUpperCase()}_POD_${upper(cluster)}`;
