/** The page `/clusters`: the hosts of each cluster and their counters, as text and as JSON. */
import type { Envoy } from '../envoy.ts';
import { gaugesOf, type ListedHost, limitsOf, listedClusters } from './listed-clusters.ts';

/** Writes the page as text (source/server/admin/clusters_handler.cc, writeClustersAsText @v1.16.0). */
export function clustersText(envoy: Envoy): string {
  const { statsDelimiter, noSuccessRate, detailedClusters } = envoy.options.wording.pages;
  const lines: string[] = [];
  for (const { name, isStatic, limits, edsServiceName, hosts } of listedClusters(envoy)) {
    lines.push(`${name}::observability_name::${name}${statsDelimiter}`);
    for (const [limit, value] of limitsOf(limits.normal))
      lines.push(`${name}::default_priority::${limit}::${value}`);
    for (const [limit, value] of limitsOf(limits.high))
      lines.push(`${name}::high_priority::${limit}::${value}`);
    lines.push(`${name}::added_via_api::${!isStatic}`);
    if (detailedClusters && edsServiceName !== undefined)
      lines.push(`${name}::eds_service_name::${edsServiceName}`);
    for (const host of hosts) {
      const stats = Object.entries({ ...host.counters, ...gaugesOf(host, detailedClusters) });
      lines.push(
        ...[
          ...stats.sort(([a], [b]) => (a < b ? -1 : 1)).map(([stat, value]) => `${stat}::${value}`),
          'hostname::',
          `health_flags::${flagsOf(host)}`,
          `weight::${host.weight}`,
          `region::${host.place[0]}`,
          `zone::${host.place[1]}`,
          `sub_zone::${host.place[2]}`,
          'canary::false',
          `priority::${host.priority}`,
          `success_rate::${noSuccessRate}`,
          `local_origin_success_rate::${noSuccessRate}`,
        ].map(line => `${name}::${host.key}::${line}`),
      );
    }
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}

/** @returns the page as JSON (envoy.admin.v3.Clusters) */
export function clusterStatuses(envoy: Envoy) {
  const { statsDelimiter, detailedClusters: detailed } = envoy.options.wording.pages;
  return {
    cluster_statuses: listedClusters(envoy).map(({ name, isStatic, limits, edsServiceName, hosts }) => ({
      name,
      ...(!isStatic && { added_via_api: true }),
      host_statuses: hosts.map(host => ({
        address: host.address,
        stats: detailed ? detailedStats(host) : plainStats(host),
        health_status: {
          ...(host.isEjected && { failed_outlier_check: true }),
          eds_health_status: host.isToldHealthy ? 'HEALTHY' : 'UNHEALTHY',
        },
        weight: host.weight,
        ...(host.priority > 0 && { priority: host.priority }),
        locality: localityOf(host.place),
      })),
      ...(detailed && {
        circuit_breakers: {
          thresholds: [
            Object.fromEntries(limitsOf(limits.normal)),
            { priority: 'HIGH', ...Object.fromEntries(limitsOf(limits.high)) },
          ],
        },
        observability_name: `${name}${statsDelimiter}`,
        ...(edsServiceName !== undefined && { eds_service_name: edsServiceName }),
      }),
    })),
  };
}

/** source/common/upstream/host_utility.cc @v1.33, healthFlagsToString */
function flagsOf({ isEjected, isToldHealthy }: ListedHost): string {
  const flags = [isEjected ? '/failed_outlier_check' : '', isToldHealthy ? '' : '/failed_eds_health'].join(
    '',
  );
  return flags === '' ? 'healthy' : flags;
}

const localityOf = ([region, zone, subZone]: ListedHost['place']) => ({
  ...(region !== '' && { region }),
  ...(zone !== '' && { zone }),
  ...(subZone !== '' && { sub_zone: subZone }),
});

/** Counters, then gauges; what is nought or the default is left out, as in protobuf's JSON. */
const detailedStats = (host: ListedHost) => [
  ...Object.entries(host.counters).map(([name, value]) => ({ ...nonZero(value), name })),
  ...Object.entries(gaugesOf(host, true)).map(([name, value]) => ({
    type: 'GAUGE',
    ...nonZero(value),
    name,
  })),
];

const nonZero = (value: number) => (value === 0 ? {} : { value: String(value) });

/** All by name. */
const plainStats = ({ counters, gauges }: ListedHost) =>
  Object.entries({ ...counters, ...gauges })
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({
      ...(name in gauges && { type: 'GAUGE' }),
      value: String(value),
      name,
    }));
