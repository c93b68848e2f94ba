/** The page `/clusters`: the hosts of each cluster and their counters, as text and as JSON. */
import type { Envoy } from '../envoy.ts';
import type { Host } from '../upstream/host.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { socketAddress } from './protobuf-json.ts';

/** The limits that Istio sets for each cluster. No request here ever meets one. */
const CIRCUIT_BREAKERS = [
  'default_priority::max_connections::4294967295',
  'default_priority::max_pending_requests::4294967295',
  'default_priority::max_requests::4294967295',
  'default_priority::max_retries::4294967295',
  'high_priority::max_connections::1024',
  'high_priority::max_pending_requests::1024',
  'high_priority::max_requests::1024',
  'high_priority::max_retries::3',
  'added_via_api::true',
];

/** Writes the page as text (source/server/admin/clusters_handler.cc, writeClustersAsText @v1.16.0). */
export function clustersText(envoy: Envoy): string {
  const lines: string[] = [];
  for (const { name, hosts } of envoy.clusters) {
    lines.push(`${name}::observability_name::${name}`);
    for (const limit of CIRCUIT_BREAKERS) lines.push(`${name}::${limit}`);
    for (const host of hosts) {
      const prefix = `${name}::${host.key}::`;
      for (const [stat, value] of hostStats(host)) lines.push(`${prefix}${stat}::${value}`);
      lines.push(
        `${prefix}hostname::`,
        `${prefix}health_flags::healthy`,
        `${prefix}weight::${host.weight}`,
        `${prefix}region::`,
        `${prefix}zone::`,
        `${prefix}sub_zone::`,
        `${prefix}canary::false`,
        `${prefix}priority::0`,
        `${prefix}success_rate::-1.0`,
        `${prefix}local_origin_success_rate::-1.0`,
      );
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

function hostStats(host: Host): readonly (readonly [string, number])[] {
  return [
    ['cx_active', host.cxActive],
    ['cx_connect_fail', host.cxConnectFail],
    ['cx_total', host.cxTotal],
    ['rq_active', host.rqActive],
    ['rq_error', host.rqError],
    ['rq_success', host.rqSuccess],
    ['rq_timeout', host.rqTimeout],
    ['rq_total', host.rqTotal],
  ];
}

/** Makes one entry of `/clusters?format=json` (envoy.admin.v3.ClusterStatus). */
export function clusterStatus({ name, hosts }: UpstreamCluster) {
  return {
    name,
    added_via_api: true,
    host_statuses: hosts.map(host => ({
      address: socketAddress(host.address, host.port),
      stats: hostStats(host).map(([stat, value]) => ({
        ...(stat.endsWith('_active') && { type: 'GAUGE' }),
        value: String(value),
        name: stat,
      })),
      health_status: { eds_health_status: 'HEALTHY' },
      weight: host.weight,
      locality: {},
    })),
  };
}
