/** The names and labels of all that a run makes in Docker. */

/** The label of everything of a run in Docker; its value is the run's short id. */
export const RUN_LABEL = 'mesh-harness.run';
/** The label of a Docker network; its value is the network's name in the topology, or `transit`. */
export const ROLE_LABEL = 'mesh-harness.role';
/**
 * The label of the containers and volumes of the pull-through cache, which outlive runs; its value is the
 * registry that they cache.
 */
export const CACHE_LABEL = 'mesh-harness.cache';
/**
 * The label of containers that are made to look into an image; its value is the process, `host.pid`. They are
 * gone as soon as that is done; what a killed process has left goes with the next look.
 */
export const LOOK_LABEL = 'mesh-harness.look';
/** The label of the cache's containers that tells with which of the user's proxies they were started. */
export const CACHE_PROXY_LABEL = 'mesh-harness.cache-proxy';
/**
 * kind's own, on nodes (kubernetes-sigs/kind pkg/cluster/internal/providers/docker/constants.go @fed2688);
 * kind sets no others.
 */
export const KIND_CLUSTER_LABEL = 'io.x-k8s.kind.cluster';
export const KIND_ROLE_LABEL = 'io.x-k8s.kind.role';
/**
 * The label of the load balancers that cloud-provider-kind makes; its value is the cluster's name in kind
 * (pkg/constants/constants.go @v0.6.0 to v0.11.1).
 */
export const BALANCER_LABEL = 'io.x-k8s.cloud-provider-kind.cluster';
/**
 * A variable in the environment of the programs that we start. `clean` finds by it the programs that outlived
 * a killed run.
 */
export const RUN_VARIABLE = 'MESH_HARNESS_RUN';

/** The topology's word for the network that joins the nodes of all networks. */
export const TRANSIT = 'transit';

/**
 * Names a thing of a run: `mh-4f2a9c-network1`. Names of clusters have this prefix too, since kind lets
 * nobody label its nodes.
 */
export const ownName = (runId: string, name: string): string => `mh-${runId}-${name}`;
