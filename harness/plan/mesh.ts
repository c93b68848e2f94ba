/**
 * Answers the questions of the steps about a topology: which clusters have a gateway, which primaries watch
 * which clusters, and whether calls need a network's gateway.
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
 * Tells whether a cluster has an east-west gateway: on several networks every cluster, on one only a primary
 * that remotes reach through it.
 */
export const hasGateway = (topology: Topology, cluster: ClusterSpec): boolean =>
  isMultiNetwork(topology) || isControlPlane(topology, cluster);

export const hasWorkloads = (cluster: ClusterSpec): boolean =>
  cluster.client || cluster.helloWorld.length > 0;

/** Lists the clusters whose proxies `primary` serves: itself and its remotes. */
export const servedBy = (topology: Topology, primary: ClusterName): readonly ClusterSpec[] =>
  topology.clusters.filter(cluster => controlPlaneOf(cluster) === primary);

/** Tells whether requests come into `network` from another network: then its gateways must work. */
export const isEntered = (topology: Topology, network: NetworkName): boolean =>
  topology.clusters.some(cluster => cluster.network === network && cluster.helloWorld.length > 0) &&
  topology.clusters.some(cluster => cluster.network !== network && cluster.client);

/** Tells whether `cluster`'s gateway is the only one of its network. */
export const isOnlyGateway = (topology: Topology, cluster: ClusterSpec): boolean =>
  topology.clusters.every(({ name, network }) => name === cluster.name || network !== cluster.network);

/** A remote secret: it lets the istiod of `holder` watch the API server of `watched`. */
export interface RemoteSecret {
  readonly watched: ClusterSpec;
  readonly holder: ClusterSpec;
}

/**
 * Lists the remote secrets of a topology: every primary watches every other cluster. A remote's own control
 * plane needs this twice over, since it also asks the remote's API server whether a proxy's token is good;
 * the other primaries only want the endpoints. Remotes hold no secrets: no proxy asks them.
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

/**
 * Tells whether requests fail without this secret; otherwise no request needs the endpoints that it gives
 * access to.
 */
export function isNeeded(topology: Topology, { watched, holder }: RemoteSecret): boolean {
  if (controlPlaneOf(watched) === holder.name) return true;
  const served = servedBy(topology, holder.name);
  const asks = served.some(cluster => cluster.client);
  const forwards = isMultiNetwork(topology) && served.some(cluster => cluster.network === watched.network);
  return watched.helloWorld.length > 0 && (asks || forwards);
}

// ---- names of shell variables; unique, since cluster names are lower-case labels

const upper = (cluster: ClusterName): string => cluster.toUpperCase().replaceAll('-', '_');
/** Names the variable with a cluster's context in the kubeconfig: `CTX_CLUSTER1`. */
export const contextVariable = (cluster: ClusterName): string => `CTX_${upper(cluster)}`;
/**
 * Names the variable with the address of a control plane: `DISCOVERY_ADDRESS` as in the guide, or one for
 * each control plane where there are several.
 */
export function addressVariable(topology: Topology, primary: ClusterName): string {
  const several = primariesOf(topology).filter(cluster => isControlPlane(topology, cluster)).length > 1;
  return several ? `DISCOVERY_ADDRESS_${upper(primary)}` : 'DISCOVERY_ADDRESS';
}
/** Names the variable with the address of a cluster's gateway: `GATEWAY_ADDRESS_CLUSTER1`. */
export const gatewayVariable = (cluster: ClusterName): string => `GATEWAY_ADDRESS_${upper(cluster)}`;
/** Names the variable with the name of the client's pod: `SLEEP_POD_CLUSTER1`. */
export const podVariable = (client: string, cluster: ClusterName): string =>
  `${client.toUpperCase()}_POD_${upper(cluster)}`;
