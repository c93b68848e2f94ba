/** Envoy's statistics, read off what runs. */
import type { Envoy } from '../envoy.ts';

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

/** Writes statistics in Prometheus' text format; names of clusters and listeners become labels. */
export function prometheusStats(envoy: Envoy, prefixes: readonly string[]): string {
  const families = new Map<string, string[]>();
  for (const [name, value] of statsOf(envoy, prefixes)) {
    const { family, labels } = prometheusName(name);
    const lines = families.get(family) ?? [];
    lines.push(`${family}{${labels}} ${value}`);
    families.set(family, lines);
  }
  return [...families].map(([family, lines]) => `# TYPE ${family} counter\n${lines.join('\n')}\n`).join('');
}

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
  for (const { name, counters, hosts } of clusters) {
    for (const [counter, value] of counters.entries()) stats.push([`cluster.${name}.${counter}`, value]);
    stats.push(
      [`cluster.${name}.membership_total`, hosts.length],
      [`cluster.${name}.membership_healthy`, hosts.length],
    );
  }
  for (const { config, counters } of listeners) {
    const address = `${config.address}_${config.port}`;
    for (const [counter, value] of counters.entries()) stats.push([`listener.${address}.${counter}`, value]);
  }
  return stats;
}

function prometheusName(name: string): { readonly family: string; readonly labels: string } {
  const word = (text: string) => `envoy_${text.replaceAll(/[^a-zA-Z0-9_]/g, '_')}`;
  const [, kind, owner, counter] = /^(cluster|listener)\.(.+)\.((?:ssl\.)?[^.]+)$/.exec(name) ?? [];
  if (kind === undefined || owner === undefined || counter === undefined)
    return { family: word(name), labels: '' };
  const label = kind === 'cluster' ? 'cluster_name' : 'listener_address';
  return { family: word(`${kind}_${counter}`), labels: `${label}=${JSON.stringify(owner)}` };
}
