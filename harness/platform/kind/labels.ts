/** The names and labels that everything of ours in Docker carries. */

/** On every network of a run: the run's short id. */
export const RUN_LABEL = 'mesh-harness.run';
/** On networks: the topology's name for it, or `transit`. */
export const ROLE_LABEL = 'mesh-harness.role';
/**
 * On the containers and volumes of the pull-through cache: the registry that they stand for. They outlive
 * runs.
 */
export const CACHE_LABEL = 'mesh-harness.cache';
/**
 * kind's own, on nodes (kubernetes-sigs/kind pkg/cluster/internal/providers/docker/constants.go @fed2688);
 * kind sets no others.
 */
export const KIND_CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
export const KIND_ROLE_LABEL = 'io.x-k8s.kind.role';
/**
 * On the load balancers that cloud-provider-kind makes: the cluster's name in kind
 * (pkg/constants/constants.go @v0.6.0 to v0.11.1).
 */
export const BALANCER_LABEL = 'io.x-k8s.cloud-provider-kind.cluster';
/** In the environment of the programs that we start: by it `clean` finds those that outlived a killed run. */
export const RUN_VARIABLE = 'MESH_HARNESS_RUN';

/** The topology's word for the network that joins the nodes of all networks. */
export const TRANSIT = 'transit';

/** `mh-4f2a9c-network1`; also the prefix of a run's clusters, since kind lets no one label its nodes. */
export const ownName = (runId: string, name: string): string => `mh-${runId}-${name}`;
