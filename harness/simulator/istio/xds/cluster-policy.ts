/** What a cluster bears, and when it takes a host for ill (envoy.config.cluster.v3). */

/** How much of each a cluster may have at a time, with default priority. */
export interface ClusterLimits {
  readonly connections: number;
  readonly pendingRequests: number;
  readonly requests: number;
  readonly retries: number;
}

/** cluster.v3.OutlierDetection; percents are chances of an ejection, 0 to 100. */
export interface OutlierDetection {
  /** Answers of 500 and above in a row. */
  readonly consecutive5xx: number;
  readonly enforcing5xx: number;
  /** Answers of 502, 503 and 504 in a row. */
  readonly consecutiveGateway: number;
  readonly enforcingGateway: number;
  /** Whether failures to connect, and of time, count by themselves and not as 503 and 504. */
  readonly splitsLocalErrors: boolean;
  readonly consecutiveLocal: number;
  readonly enforcingLocal: number;
  /** Between two looks at who may come back. */
  readonly intervalMs: number;
  /** Of the first ejection; each further one is that much longer, up to the longest. */
  readonly baseEjectionMs: number;
  readonly maxEjectionMs: number;
  /** Of the hosts, how many may be ejected at a time. */
  readonly maxEjectionPercent: number;
}

/** Envoy's own (envoy/config/cluster/v3/outlier_detection.proto). */
export const OUTLIER_DEFAULTS: OutlierDetection = {
  consecutive5xx: 5,
  enforcing5xx: 100,
  consecutiveGateway: 5,
  enforcingGateway: 0,
  splitsLocalErrors: false,
  consecutiveLocal: 5,
  enforcingLocal: 100,
  intervalMs: 10_000,
  baseEjectionMs: 30_000,
  maxEjectionMs: 300_000,
  maxEjectionPercent: 10,
};
