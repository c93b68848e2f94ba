/**
 * What a DestinationRule makes of a cluster beside its TLS: limits, balancing, outlier detection
 * (pilot/pkg/networking/core/cluster_traffic_policy.go @1.30.3; pilot/pkg/networking/core/v1alpha3/cluster.go
 * @1.8.0).
 */
import { type ClusterLimits, OUTLIER_DEFAULTS, type OutlierDetection } from '../../xds/cluster-policy.ts';
import type { Cluster } from '../../xds/resources.ts';
import type { PushContext } from '../mesh/push-context.ts';
import type {
  ConnectionPool,
  LoadBalancerSetting,
  OutlierSetting,
  TrafficBlocks,
} from '../model/traffic-policy.ts';
import { localitySettingOf } from './locality.ts';

/** The largest that can be said, which stands for none (getDefaultCircuitBreakerThresholds). */
const NO_LIMIT = 4_294_967_295;
/** The limits of all clusters that lead anywhere. */
export const NO_LIMITS: ClusterLimits = {
  connections: NO_LIMIT,
  pendingRequests: NO_LIMIT,
  requests: NO_LIMIT,
  retries: NO_LIMIT,
};
/** Envoy's own is said where a rule leaves it out. */
const RING_SIZE = 1024;

/** Returns what a pool says of connections. */
export function limitsOf(
  pool: ConnectionPool | undefined,
): Pick<Cluster, 'limits' | 'maxRequestsPerConnection' | 'idleTimeoutMs'> {
  if (!pool) return { limits: NO_LIMITS };
  const { maxRequestsPerConnection, idleTimeoutMs } = pool;
  return {
    limits: {
      connections: pool.maxConnections > 0 ? pool.maxConnections : NO_LIMIT,
      pendingRequests: pool.maxPendingRequests > 0 ? pool.maxPendingRequests : NO_LIMIT,
      requests: pool.maxRequests > 0 ? pool.maxRequests : NO_LIMIT,
      retries: pool.maxRetries > 0 ? pool.maxRetries : NO_LIMIT,
    },
    ...(maxRequestsPerConnection > 0 && { maxRequestsPerConnection }),
    ...(idleTimeoutMs !== undefined && { idleTimeoutMs }),
  };
}

/** Returns how a cluster with endpoints of discovery chooses among them. */
export function balanced(
  context: PushContext,
  { loadBalancer, outlier }: TrafficBlocks,
): Pick<Cluster, 'lbPolicy' | 'hashSize' | 'outlierDetection' | 'isLocalityWeighted' | 'panicThreshold'> {
  return {
    ...policyOf(context, loadBalancer),
    ...(outlier && { outlierDetection: outlierDetectionOf(outlier) }),
    ...(isLocalityWeighted(context, loadBalancer, outlier) && { isLocalityWeighted: true }),
    ...panicOf(context, { outlier }),
  };
}

/** Returns the share of healthy endpoints below which all are taken. */
export function panicOf(
  { behaviour }: PushContext,
  { outlier }: Pick<TrafficBlocks, 'outlier'>,
): Pick<Cluster, 'panicThreshold'> {
  const panicThreshold = outlier ? outlier.minHealthPercent : behaviour.panicThreshold;
  return panicThreshold === undefined ? {} : { panicThreshold };
}

function policyOf(
  { behaviour }: PushContext,
  loadBalancer: LoadBalancerSetting | undefined,
): Pick<Cluster, 'lbPolicy' | 'hashSize'> {
  const hash = loadBalancer?.hash;
  if (hash?.isMaglev) return { lbPolicy: 'MAGLEV', ...(hash.size > 0 && { hashSize: hash.size }) };
  if (hash) return { lbPolicy: 'RING_HASH', hashSize: hash.size || RING_SIZE };
  switch (loadBalancer?.simple) {
    case 'ROUND_ROBIN':
    case 'RANDOM':
      return { lbPolicy: loadBalancer.simple };
    case 'LEAST_CONN':
    case 'LEAST_REQUEST':
      return { lbPolicy: 'LEAST_REQUEST' };
    default:
      return { lbPolicy: behaviour.lbPolicy };
  }
}

/** In 1.8 wherever a host is watched, in current where a setting asks for weights or another order. */
function isLocalityWeighted(
  context: PushContext,
  loadBalancer: LoadBalancerSetting | undefined,
  outlier: OutlierSetting | undefined,
): boolean {
  const setting = localitySettingOf(context, loadBalancer);
  if (!setting) return false;
  if (context.behaviour.watchedHostsAreWeighted) return outlier !== undefined;
  const hasOrder = setting.failover !== undefined || setting.failoverPriority.length > 0;
  return setting.distribute.length > 0 || (outlier !== undefined && hasOrder);
}

function outlierDetectionOf(outlier: OutlierSetting): OutlierDetection {
  const { consecutive5xx, consecutiveGateway, consecutiveLocal, splitsLocalErrors } = outlier;
  const { intervalMs, baseEjectionMs, maxEjectionPercent } = outlier;
  return {
    ...OUTLIER_DEFAULTS,
    ...(consecutive5xx !== undefined && { consecutive5xx, enforcing5xx: enforcing(consecutive5xx) }),
    ...(consecutiveGateway !== undefined && {
      consecutiveGateway,
      enforcingGateway: enforcing(consecutiveGateway),
    }),
    ...(intervalMs !== undefined && { intervalMs }),
    ...(baseEjectionMs !== undefined && { baseEjectionMs }),
    ...(maxEjectionPercent > 0 && { maxEjectionPercent }),
    splitsLocalErrors,
    ...(splitsLocalErrors && consecutiveLocal !== undefined && consecutiveLocal > 0 && { consecutiveLocal }),
  };
}

const enforcing = (times: number): number => (times > 0 ? 100 : 0);
