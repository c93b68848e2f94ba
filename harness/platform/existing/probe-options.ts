/** The options of a probe of reachability, and its time limits. */
import type { Clock } from '../../base/clock.ts';
import type { KubernetesClient } from '../../base/kubernetes-client.ts';
import type { ClusterName } from '../../model/names.ts';
import type { Topology } from '../../model/topology.ts';

/** A cluster, and how the probe and the other clusters reach its API server. */
export interface ProbedCluster {
  readonly name: ClusterName;
  readonly client: KubernetesClient;
  /** `https://…`, the address that the other clusters use. */
  readonly server: string;
}

/** The clusters of one scenario, all of which the probe asks in one go. */
export interface ProbeOptions {
  readonly topology: Topology;
  readonly clusters: readonly ProbedCluster[];
  readonly images: ProbeImages;
  readonly runId: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly deadlines?: ProbeDeadlines;
}

/**
 * Images of the guide's samples, which the run needs anyway: a pod to ask from, and one that answers HTTP.
 */
export interface ProbeImages {
  readonly client: string;
  readonly server: string;
}

/** Milliseconds. */
export interface ProbeDeadlines {
  /** Until pods are ready, pulling their images. */
  readonly podsMs: number;
  /** Until a load balancer has an address; clouds take a minute or two. */
  readonly addressMs: number;
  /** Until something is reached; a new load balancer takes its time. */
  readonly reachMs: number;
}

/** Patience for clusters in a cloud; tests bring their own. */
export const DEADLINES: ProbeDeadlines = { podsMs: 180_000, addressMs: 180_000, reachMs: 60_000 };
/** Milliseconds between two questions of the same kind. */
export const POLL_MS = 250;
