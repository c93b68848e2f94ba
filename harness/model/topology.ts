/** What a scenario asks for: clusters, their networks and roles, and where the workloads live. */
import type { ClusterName, NetworkName } from './names.ts';

export type Role =
  | { readonly kind: 'primary' }
  /** Takes its configuration from the istiod of `controlPlane`, which is a primary. */
  | { readonly kind: 'remote'; readonly controlPlane: ClusterName };

export interface ClusterSpec {
  readonly name: ClusterName;
  readonly network: NetworkName;
  readonly role: Role;
  /** IPv4 ranges in CIDR notation; they overlap with no other range of the topology. */
  readonly podRange: string;
  readonly serviceRange: string;
  /** Number of nodes, 1 or more. */
  readonly nodes: number;
  /** What the label `topology.kubernetes.io/region` of its nodes says; absent: they have none. */
  readonly region?: string;
  /** `topology.kubernetes.io/zone` of its nodes, by turns; at least one if it is there. */
  readonly zones?: readonly string[];
  /** Versions of HelloWorld that are deployed here: `v1`, `v2`; may be empty or both. */
  readonly helloWorld: readonly string[];
  /** True if the client (Sleep) is deployed here. */
  readonly client: boolean;
}

export interface NetworkSpec {
  readonly name: NetworkName;
  /** IPv4 range of nodes, API servers and load balancers, in CIDR notation. */
  readonly range: string;
}

export interface Topology {
  /** The scenario's name, for people and reports; nothing in the code compares it. */
  readonly name: string;
  readonly description: string;
  readonly meshId: string;
  readonly networks: readonly NetworkSpec[];
  /** In the order of the file; at least one, at least one primary. */
  readonly clusters: readonly ClusterSpec[];
  /**
   * True: the simulator takes security objects that it does not execute, with a warning. Absent: it refuses
   * them.
   */
  readonly allowNotSimulated?: boolean;
}

export const isRemote = (cluster: ClusterSpec): boolean => cluster.role.kind === 'remote';
export const primariesOf = (topology: Topology): readonly ClusterSpec[] =>
  topology.clusters.filter(cluster => cluster.role.kind === 'primary');
export const remotesOf = (topology: Topology, primary: ClusterName): readonly ClusterSpec[] =>
  topology.clusters.filter(({ role }) => role.kind === 'remote' && role.controlPlane === primary);
export const isMultiNetwork = (topology: Topology): boolean =>
  new Set(topology.clusters.map(cluster => cluster.network)).size > 1;
/**
 * Finds the cluster whose istiod serves the proxies of `cluster`: itself, or the control plane of a remote.
 */
export const controlPlaneOf = (cluster: ClusterSpec): ClusterName =>
  cluster.role.kind === 'remote' ? cluster.role.controlPlane : cluster.name;
