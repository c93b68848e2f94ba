/** What `/clusters` is about: the clusters of the bootstrap and of istiod, and their hosts' counters. */
import type { ClusterLimits } from '../../xds/cluster-policy.ts';
import type { Cluster } from '../../xds/resources.ts';
import type { Envoy } from '../envoy.ts';
import { STATIC_CLUSTERS } from './bootstrap.ts';
import { socketAddress } from './protobuf-json.ts';

/** A cluster as the page has it: of istiod, or of the bootstrap. */
interface ListedCluster {
  readonly name: string;
  readonly isStatic: boolean;
  /** By priority. */
  readonly limits: { readonly normal: ClusterLimits; readonly high: ClusterLimits };
  readonly edsServiceName?: string;
  readonly hosts: readonly ListedHost[];
}

/** A host, by the names that the page gives to its counters. */
export interface ListedHost {
  readonly key: string;
  readonly address: object;
  readonly weight: number;
  readonly priority: number;
  /** Region, zone and part of it; empty where they are not told. */
  readonly place: readonly [region: string, zone: string, subZone: string];
  readonly isEjected: boolean;
  /** As istiod has it. */
  readonly isToldHealthy: boolean;
  readonly counters: Readonly<Record<'cx_connect_fail' | 'cx_total' | RequestCounter, number>>;
  readonly gauges: Readonly<Record<'cx_active' | 'rq_active', number>>;
}

type RequestCounter = 'rq_error' | 'rq_success' | 'rq_timeout' | 'rq_total';

const UNUSED: Omit<ListedHost, 'key' | 'address' | 'weight'> = {
  priority: 0,
  place: ['', '', ''],
  isEjected: false,
  isToldHealthy: true,
  counters: { cx_connect_fail: 0, cx_total: 0, rq_error: 0, rq_success: 0, rq_timeout: 0, rq_total: 0 },
  gauges: { cx_active: 0, rq_active: 0 },
};

/** Of a priority for which a cluster sets none (cluster.v3.CircuitBreakers). */
const ENVOY_LIMITS: ClusterLimits = { connections: 1024, pendingRequests: 1024, requests: 1024, retries: 3 };

/** Lists those of the bootstrap, where the release does, before those of istiod. */
export function listedClusters({ clusters, options }: Envoy): readonly ListedCluster[] {
  const fixed = options.wording.pages.listsBootstrap ? STATIC_CLUSTERS : [];
  return [
    ...fixed.map(({ name, key, address, limit }) => ({
      name,
      isStatic: true,
      limits: { normal: equalLimits(limit), high: equalLimits(limit) },
      hosts: [{ key, address, weight: 1, ...UNUSED }],
    })),
    ...clusters.map(({ name, config, hosts }) => ({
      name,
      isStatic: false,
      limits: { normal: config.limits ?? ENVOY_LIMITS, high: ENVOY_LIMITS },
      ...edsServiceName(config),
      hosts: hosts.map(host => ({
        key: host.key,
        address: socketAddress(host.address, host.port),
        weight: host.weight,
        priority: host.priority,
        place: placeOf(host.locality),
        isEjected: host.isEjected,
        isToldHealthy: host.isToldHealthy,
        counters: {
          cx_connect_fail: host.cxConnectFail,
          cx_total: host.cxTotal,
          rq_error: host.rqError,
          rq_success: host.rqSuccess,
          rq_timeout: host.rqTimeout,
          rq_total: host.rqTotal,
        },
        gauges: { cx_active: host.cxActive, rq_active: host.rqActive },
      })),
    })),
  ];
}

function placeOf(locality: string): ListedHost['place'] {
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  return [region, zone, subZone];
}

const equalLimits = (limit: number): ClusterLimits => ({
  ...ENVOY_LIMITS,
  connections: limit,
  pendingRequests: limit,
  requests: limit,
});

const edsServiceName = ({ type, name }: Cluster) => (type === 'EDS' ? { edsServiceName: name } : {});

/** The limits of a priority, in the order of the page. */
export const limitsOf = (limits: ClusterLimits): readonly (readonly [string, number])[] => [
  ['max_connections', limits.connections],
  ['max_pending_requests', limits.pendingRequests],
  ['max_requests', limits.requests],
  ['max_retries', limits.retries],
];

/**
 * Unlike Envoy, a request here waits for its connection outside of the host, which so has none pending.
 * @returns the gauges of a host
 */
export const gaugesOf = (host: ListedHost, detailed: boolean): Readonly<Record<string, number>> =>
  detailed ? { ...host.gauges, rq_pending_active: 0 } : host.gauges;
