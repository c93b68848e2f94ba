/**
 * `istioctl proxy-config clusters|endpoints|listeners|routes|secret`: what a proxy runs, in tables.
 * istio/istio istioctl/cmd/proxyconfig.go @1.8.0
 */
import { clusters } from './proxy-config-clusters.ts';
import { listeners } from './proxy-config-listeners.ts';
import { secret } from './proxy-config-secrets.ts';
import { is, order, verbOf } from './proxy-config-table.ts';
import { type ClusterStatus, type DumpedMatch, type DumpedRoutes, entriesOf } from './proxy-resources.ts';
import { releaseOf } from './releases.ts';
import { ruleText } from './rule-names.ts';
import type { Verb } from './verb.ts';

/** Lists the hosts of a cluster as `endpoints` shows them. */
const hostsOf = ({ name, host_statuses: hosts = [] }: ClusterStatus) =>
  hosts.map(host => ({
    name,
    address: host.address?.pipe
      ? `unix://${host.address.pipe.path}`
      : (host.address?.socket_address?.address ?? ''),
    port: host.address?.socket_address?.port_value ?? 0,
    status: host.health_status?.eds_health_status ?? 'HEALTHY',
    outlier: host.health_status?.failed_outlier_check ? 'FAILED' : 'OK',
  }));

/** istioctl/pkg/writer/envoy/clusters/clusters.go */
const endpoints = verbOf({
  name: 'endpoints',
  flags: {
    address: { type: 'text' },
    port: { type: 'integer' },
    cluster: { type: 'text' },
    status: { type: 'text' },
  },
  path: 'clusters?format=json',
  header: () => ['ENDPOINT', 'STATUS', 'OUTLIER CHECK', 'CLUSTER'],
  select: (page, { flags }) => {
    const { cluster_statuses: statuses = [] } = page as { cluster_statuses?: readonly ClusterStatus[] }; // Envoy's page
    const wanted = statuses
      .flatMap(hostsOf)
      .filter(
        host =>
          is(flags.text('address'), host.address) &&
          is(flags.integer('port'), host.port) &&
          is(flags.text('cluster'), host.name) &&
          is(flags.text('status')?.toUpperCase(), host.status),
      )
      .sort((a, b) => order(a.address, b.address) || a.port - b.port || order(a.name, b.name));
    const names = new Set(wanted.map(({ name }) => name));
    return {
      json: statuses.filter(({ name }) => names.has(name)),
      rows: wanted.map(({ name, address, port, status, outlier }) => [
        address.startsWith('unix:') ? address : `${address}:${port}`,
        status,
        outlier,
        name,
      ]),
    };
  },
});

/** Names that are ports come first, the others as they are. */
const numberOf = (name: string): number => (/^\d+$/.test(name) ? Number(name) : Number.POSITIVE_INFINITY);

/** configdump/listener.go, describeMatch: of the conditions only the path is told. */
const matchText = (match: DumpedMatch = {}): string =>
  match.path ??
  (match.path_separated_prefix !== undefined
    ? `PathPrefix:${match.path_separated_prefix}`
    : match.safe_regex
      ? `regex ${match.safe_regex.regex ?? ''}`
      : `${match.prefix ?? '/'}*`);

/** istioctl/pkg/writer/envoy/configdump/route.go */
const routes = verbOf({
  name: 'route',
  flags: { name: { type: 'text' } },
  path: 'config_dump',
  note: 'NOTE: This output only contains routes loaded via RDS.',
  header: ({ routeHeader }) => routeHeader,
  select: (page, { flags, istioVersion }) => {
    const { routeRow, hidesPassthrough } = releaseOf(istioVersion).proxyConfig;
    const wanted = ['dynamic_route_configs', 'static_route_configs']
      .flatMap(list => entriesOf<DumpedRoutes>(page, list, 'route_config'))
      .map(config => ({ ...config, name: config.name ?? '' }))
      .filter(({ name }) => is(flags.text('name'), name))
      .sort(({ name: a }, { name: b }) => numberOf(a) - numberOf(b) || 0);
    return {
      json: wanted,
      rows: wanted.flatMap(({ name, virtual_hosts: hosts = [] }) =>
        hosts.flatMap(({ name: host, domains = [], routes: inside = [] }) =>
          inside
            .filter(({ route }) => !hidesPassthrough || route?.cluster !== 'PassthroughCluster')
            .map(each =>
              routeRow({ route: name, host, domains, match: matchText(each.match), rule: ruleText(each) }),
            ),
        ),
      ),
    };
  },
});
/** Each under the names that it goes by. istioctl/cmd/proxyconfig.go */
export const proxyConfig: Readonly<Record<string, Verb>> = {
  cluster: clusters,
  clusters,
  c: clusters,
  endpoint: endpoints,
  endpoints,
  ep: endpoints,
  listener: listeners,
  listeners,
  l: listeners,
  route: routes,
  routes,
  r: routes,
  secret,
  secrets: secret,
  s: secret,
};
