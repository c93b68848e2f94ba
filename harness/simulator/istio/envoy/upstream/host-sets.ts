/**
 * Which hosts of a cluster get new requests: priorities by their health, and a panic where too few are
 * healthy (envoyproxy/envoy source/extensions/load_balancing_policies/common/load_balancer_impl.cc @v1.33,
 * LoadBalancerBase).
 */

/** What of a host decides. */
interface Candidate {
  readonly priority: number;
  readonly isHealthy: boolean;
  readonly locality: string;
  readonly localityWeight: number | undefined;
  readonly weight: number;
}

/** Hosts that get a share of the requests. */
export interface HostSet<T> {
  /** Percent of all requests; those of all sets are 100. */
  readonly share: number;
  /** Parts of it that are chosen among by weight; one, of weight 1, where localities do not count. */
  readonly parts: readonly HostPart<T>[];
}

interface HostPart<T> {
  /** Priority, and locality where it counts: the same for as long as the part is there. */
  readonly key: string;
  readonly weight: number;
  readonly hosts: readonly T[];
}

/** How a cluster takes its hosts. */
interface SelectionPolicy {
  /** Percent of healthy hosts below which all are used; 0: never. */
  readonly panicThreshold?: number | undefined;
  readonly isLocalityWeighted?: boolean | undefined;
}

/** Envoy's, in percent: Cluster.CommonLbConfig.healthy_panic_threshold. */
const DEFAULT_PANIC_THRESHOLD = 50;
/** Envoy's, in percent: so many more hosts than it needs a priority has (overprovisioning_factor). */
const OVERPROVISIONING = 140;

/** One priority. */
interface Level<T> {
  readonly priority: number;
  readonly all: readonly T[];
  readonly healthy: readonly T[];
  /** Percent; 100 already where `OVERPROVISIONING` says that there are enough. */
  readonly health: number;
}

/**
 * Shares requests among priorities. The first gets as much as its healthy hosts can bear, the next ones the
 * rest. A priority that has too few healthy ones, while all together cannot bear the whole, is in a panic:
 * health is not looked at.
 * @returns sets with a share; none if nobody is to be used
 */
export function hostSets<T extends Candidate>(
  hosts: readonly T[],
  { panicThreshold = DEFAULT_PANIC_THRESHOLD, isLocalityWeighted = false }: SelectionPolicy,
): readonly HostSet<T>[] {
  const levels = levelsOf(hosts);
  const available = Math.min(
    100,
    levels.reduce((sum, { health }) => sum + health, 0),
  );
  const panics = levels.map(
    ({ all, healthy }) => available < 100 && healthy.length * 100 < panicThreshold * all.length,
  );
  const shares = panics.every(Boolean) ? sharesByNumber(levels) : sharesByHealth(levels, available);
  return levels.flatMap(({ priority, all, healthy }, index) => {
    const used = panics[index] ? all : healthy;
    const share = shares[index] ?? 0;
    if (share === 0 || used.length === 0) return [];
    return [
      {
        share,
        parts: isLocalityWeighted ? localities(all, used) : [{ key: `${priority}`, weight: 1, hosts: used }],
      },
    ];
  });
}

function levelsOf<T extends Candidate>(hosts: readonly T[]): readonly Level<T>[] {
  const priorities = [...new Set(hosts.map(({ priority }) => priority))].sort((a, b) => a - b);
  return priorities.map(priority => {
    const all = priorities.length === 1 ? hosts : hosts.filter(host => host.priority === priority);
    const isWhole = all.every(({ isHealthy }) => isHealthy);
    const healthy = isWhole ? all : all.filter(({ isHealthy }) => isHealthy);
    return { priority, all, healthy, health: healthOf(healthy, all) };
  });
}

const healthOf = (healthy: readonly unknown[], all: readonly unknown[]): number =>
  Math.min(100, Math.floor((OVERPROVISIONING * healthy.length) / all.length));

/** @param available - percent that all levels together can bear */
function sharesByHealth(levels: readonly Level<unknown>[], available: number): readonly number[] {
  if (available === 0) return levels.map(() => 0);
  let left = 100;
  const shares = levels.map(({ health }) => {
    const share = Math.min(left, Math.floor((health * 100) / available));
    left -= share;
    return share;
  });
  return withRest(shares, left, ({ health }) => health > 0, levels);
}

/** All levels are in a panic: each gets as its number of hosts is (recalculateLoadInTotalPanic). */
function sharesByNumber(levels: readonly Level<unknown>[]): readonly number[] {
  const total = levels.reduce((sum, { all }) => sum + all.length, 0);
  const shares = levels.map(({ all }) => Math.floor((100 * all.length) / total));
  const left = 100 - shares.reduce((sum, share) => sum + share, 0);
  return withRest(shares, left, () => true, levels);
}

/** Gives what rounding has left to the first level that may have it. */
function withRest(
  shares: readonly number[],
  left: number,
  mayHave: (level: Level<unknown>) => boolean,
  levels: readonly Level<unknown>[],
): readonly number[] {
  const first = levels.findIndex(mayHave);
  return shares.map((share, index) => (index === first ? share + left : share));
}

/**
 * Parts hosts by locality, each with its weight as far as its healthy hosts can bear it
 * (source/common/upstream/upstream_impl.cc @v1.33, HostSetImpl::effectiveLocalityWeight). One without a
 * weight gets nothing.
 */
function localities<T extends Candidate>(all: readonly T[], used: readonly T[]): readonly HostPart<T>[] {
  const parts: HostPart<T>[] = [];
  for (const locality of new Set(all.map(host => host.locality))) {
    const ofAll = all.filter(host => host.locality === locality);
    const hosts = used.filter(host => host.locality === locality);
    const sum = ofAll.reduce((weights, { weight }) => weights + weight, 0);
    const weight = ofAll[0]?.localityWeight ?? sum;
    const effective = (weight * healthOf(hosts, ofAll)) / 100;
    if (effective > 0) parts.push({ key: `${all[0]?.priority} ${locality}`, weight: effective, hosts });
  }
  return parts;
}
