/** Envoy's statistics, read off what runs. */
import type { Envoy } from '../envoy.ts';
import { STATIC_CLUSTERS } from './bootstrap.ts';

/**
 * What Istio lets Envoy keep by default (istio/istio pkg/bootstrap/config.go,
 * requiredEnvoyStatsMatcherInclusionPrefixes @1.8.0).
 */
const DEFAULT_PREFIXES = [
  'cluster_manager',
  'listener_manager',
  'http_mixer_filter',
  'tcp_mixer_filter',
  'server',
  'cluster.xds-grpc',
  'wasm',
];

/** A counter or gauge under Envoy's full name: `cluster.outbound|5000||….upstream_rq_total`. */
export type Stat = readonly [name: string, value: number];

/**
 * Sorted by name.
 * @param prefixes - of statistics that are kept besides the default ones
 */
export function statsOf(envoy: Envoy, prefixes: readonly string[]): readonly Stat[] {
  const kept = [...DEFAULT_PREFIXES, ...prefixes];
  return allStats(envoy)
    .filter(([name]) => kept.some(prefix => name.startsWith(prefix)))
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** The statistics of a proxy in Prometheus' text format. */
export const prometheusStats = (envoy: Envoy, prefixes: readonly string[]): string =>
  prometheusText(statsOf(envoy, prefixes));

/** In Prometheus' text format; names of clusters and listeners become labels. */
export function prometheusText(stats: readonly Stat[]): string {
  const families = new Map<string, { readonly type: string; readonly lines: string[] }>();
  for (const [name, value] of stats) {
    const { family, labels } = prometheusName(name);
    const known = families.get(family) ?? { type: GAUGES.test(name) ? 'gauge' : 'counter', lines: [] };
    known.lines.push(`${family}{${labels}} ${value}`);
    families.set(family, known);
  }
  return [...families]
    .map(([family, { type, lines }]) => `# TYPE ${family} ${type}\n${lines.join('\n')}\n`)
    .join('');
}

/** Names of statistics that may fall. */
const GAUGES =
  /_active$|\.(active|warming)_clusters$|\.membership_\w+$|^server\.(concurrency|live|state|uptime)$/;

function allStats(envoy: Envoy): Stat[] {
  const { cluster, endpoint, listener, route } = envoy.updates;
  const { clusters, listeners, options } = envoy;
  const stats: Stat[] = [
    ['cluster_manager.active_clusters', clusters.filter(({ isWarm }) => isWarm).length],
    ['cluster_manager.warming_clusters', clusters.filter(({ isWarm }) => !isWarm).length],
    ['cluster_manager.cds.update_success', cluster.successful],
    ['cluster_manager.cds.update_rejected', cluster.rejected],
    ['cluster_manager.eds.update_success', endpoint.successful],
    ['cluster_manager.eds.update_rejected', endpoint.rejected],
    ['listener_manager.lds.update_success', listener.successful],
    ['listener_manager.lds.update_rejected', listener.rejected],
    ['listener_manager.total_listeners_active', listeners.length],
    ['http.rds.update_success', route.successful],
    ['http.rds.update_rejected', route.rejected],
    ['server.concurrency', options.workers],
    ['server.live', envoy.state === 'LIVE' ? 1 : 0],
    ['server.state', envoy.state === 'LIVE' ? 0 : 2],
    ['server.uptime', Math.floor((options.clock.now() - envoy.startedMs) / 1000)],
  ];
  const { statsDelimiter, listsBootstrap } = options.wording.pages;
  for (const { name, counters, hosts } of clusters) {
    const prefix = `cluster.${name}${statsDelimiter}`;
    for (const [counter, value] of counters.entries()) stats.push([`${prefix}.${counter}`, value]);
    stats.push(...membership(prefix, hosts.length));
  }
  if (listsBootstrap) stats.push(...bootstrapStats(envoy));
  for (const { config, counters } of listeners) {
    const address = `${config.address}_${config.port}`;
    for (const [counter, value] of counters.entries()) stats.push([`listener.${address}.${counter}`, value]);
  }
  return stats;
}

const membership = (prefix: string, hosts: number): Stat[] => [
  [`${prefix}.membership_total`, hosts],
  [`${prefix}.membership_healthy`, hosts],
];

/** The clusters of the bootstrap: one host each, and to istiod's a connection once something came from it. */
function bootstrapStats({ options, updates }: Envoy): Stat[] {
  const isConnected = Object.values(updates).some(({ successful, rejected }) => successful + rejected > 0);
  return STATIC_CLUSTERS.flatMap(({ name }) => {
    const prefix = `cluster.${name}${options.wording.pages.statsDelimiter}`;
    if (name !== 'xds-grpc') return membership(prefix, 1);
    const connections = isConnected ? 1 : 0;
    return [
      ...membership(prefix, 1),
      [`${prefix}.upstream_cx_active`, connections],
      [`${prefix}.upstream_cx_total`, connections],
    ];
  });
}

function prometheusName(name: string): { readonly family: string; readonly labels: string } {
  const word = (text: string) => `envoy_${text.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`;
  const [, kind, owner, counter] = /^(cluster|listener)\.(.+?);?\.((?:ssl\.)?[^.]+)$/.exec(name) ?? [];
  if (kind === undefined || owner === undefined || counter === undefined)
    return { family: word(name), labels: '' };
  const label = kind === 'cluster' ? 'cluster_name' : 'listener_address';
  return { family: word(`${kind}_${counter}`), labels: `${label}=${JSON.stringify(owner)}` };
}
