/**
 * How much of its limits a cluster uses (envoyproxy/envoy source/common/upstream/resource_manager_impl.h
 * @v1.33).
 */
import type { ClusterLimits } from '../../xds/cluster-policy.ts';

/** What is limited. */
type Resource = keyof ClusterLimits;

const NO_LIMIT = Number.POSITIVE_INFINITY;

/** Counts what is under way in all workers together. */
export class ClusterResources {
  readonly #used: Record<Resource, number> = { connections: 0, pendingRequests: 0, requests: 0, retries: 0 };
  limits: ClusterLimits | undefined;

  constructor(limits: ClusterLimits | undefined) {
    this.limits = limits;
  }

  /** Whether there is room for one more. */
  has(resource: Resource): boolean {
    return this.#used[resource] < (this.limits?.[resource] ?? NO_LIMIT);
  }

  /** Whoever takes one gives it back, once. */
  take(resource: Resource): void {
    this.#used[resource]++;
  }

  giveBack(resource: Resource): void {
    this.#used[resource]--;
  }
}
