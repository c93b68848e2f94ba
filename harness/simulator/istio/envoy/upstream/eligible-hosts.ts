/**
 * Which hosts of a cluster get new requests, by priority and health (envoyproxy/envoy
 * source/extensions/load_balancing_policies/common/load_balancer_impl.cc @v1.33).
 */

/** What of a host decides. */
interface Candidate {
  readonly priority: number;
  readonly isHealthy: boolean;
}

/** Envoy's, in percent: Cluster.CommonLbConfig.healthy_panic_threshold. */
const DEFAULT_PANIC_THRESHOLD = 50;

/**
 * Picks the first priority that has a healthy host. Below the threshold health is not looked at: all hosts of
 * the first priority that has any are used. Unlike Envoy, it shares nothing with the next priority while only
 * a part of one is unhealthy.
 * @param panicThreshold - percent of healthy hosts; 0: never
 */
export function eligibleHosts<T extends Candidate>(
  hosts: readonly T[],
  panicThreshold = DEFAULT_PANIC_THRESHOLD,
): readonly T[] {
  const healthy = hosts.filter(({ isHealthy }) => isHealthy);
  const isPanic = healthy.length * 100 < panicThreshold * hosts.length;
  const candidates = isPanic ? hosts : healthy;
  const first = Math.min(...candidates.map(({ priority }) => priority));
  return candidates.filter(({ priority }) => priority === first);
}
