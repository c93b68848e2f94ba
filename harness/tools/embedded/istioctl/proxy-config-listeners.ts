/** `istioctl proxy-config listeners`. istio/istio istioctl/pkg/writer/envoy/configdump/listener.go @1.8.0 */
import { is, order, verbOf } from './proxy-config-table.ts';
import { type DumpedChain, type DumpedListener, type DumpedRoutes, entriesOf } from './proxy-resources.ts';
import { releaseOf } from './releases.ts';

/** Prints each chain of each listener: what it matches, and where it leads. */
export const listeners = verbOf({
  name: 'listener',
  flags: { address: { type: 'text' }, port: { type: 'integer' } },
  path: 'config_dump',
  padding: 1,
  header: ({ listenerAddress }) => [listenerAddress, 'PORT', 'MATCH', 'DESTINATION'],
  select: (page, { flags, istioVersion }) => {
    const release = releaseOf(istioVersion).proxyConfig;
    const dynamic = entriesOf<{ readonly listener?: DumpedListener }>(
      page,
      'dynamic_listeners',
      'active_state',
    ).flatMap(({ listener }) => listener ?? []);
    const wanted = [...dynamic, ...entriesOf<DumpedListener>(page, 'static_listeners', 'listener')]
      .map(listener => ({
        listener,
        address: listener.address.socket_address?.address ?? '',
        port: listener.address.socket_address?.port_value ?? 0,
      }))
      .filter(({ address, port }) => is(flags.text('address'), address) && is(flags.integer('port'), port))
      .sort((a, b) => a.port - b.port || order(a.address, b.address));
    return {
      json: wanted.map(({ listener }) => listener),
      rows: wanted.flatMap(({ listener, address, port }) =>
        chainsOf(listener)
          .map(chain => ({ match: matchOf(chain), destination: destinationOf(chain, release.tellsMatchAll) }))
          .sort((a, b) => order(b.destination, a.destination))
          .map(({ match, destination }) => [address, String(port), match, destination]),
      ),
    };
  },
});

const chainsOf = ({ filter_chains: chains = [], default_filter_chain: rest }: DumpedListener) =>
  rest ? [...chains, rest] : chains;

/** `Trans: raw_buffer; App: HTTP; Addr: …`; `ALL` for a chain that takes whatever comes. */
function matchOf({ filter_chain_match: match }: DumpedChain): string {
  const parts: string[] = [];
  if (match?.server_names?.length) parts.push(`SNI: ${match.server_names.join(',')}`);
  if (match?.transport_protocol) parts.push(`Trans: ${match.transport_protocol}`);
  if (match?.application_protocols?.length) parts.push(`App: ${applicationsOf(match.application_protocols)}`);
  const port = match?.destination_port === undefined ? '' : `:${match.destination_port}`;
  const ranges = match?.prefix_ranges?.map(range => `${range.address_prefix ?? ''}/${range.prefix_len ?? 0}`);
  if (ranges || port !== '') parts.push(`Addr: ${ranges?.join(',') ?? '*'}${port}`);
  return parts.length === 0 ? 'ALL' : parts.join('; ');
}

/** Lists that Istio wrote the same way for long have names. */
const NAMED_PROTOCOLS: Readonly<Record<string, string>> = {
  'http/1.0,http/1.1,h2c,istio-http/1.0,istio-http/1.1,istio-h2': 'HTTP TLS',
  'istio,istio-http/1.0,istio-http/1.1,istio-h2': 'Istio HTTP Plain',
  'istio-peer-exchange,istio': 'TCP TLS',
  'http/1.0,http/1.1,h2c': 'HTTP',
};

const applicationsOf = (protocols: readonly string[]): string =>
  NAMED_PROTOCOLS[protocols.join(',')] ?? protocols.join(',');

function destinationOf({ filters = [] }: DumpedChain, tellsMatchAll: boolean): string {
  if (filters.some(({ name }) => name === 'envoy.filters.network.sni_cluster')) return 'SNI Cluster';
  for (const { typed_config: config } of filters) {
    if (config?.rds) return `Route: ${config.rds.route_config_name}`;
    if (config?.route_config) {
      const cluster = tellsMatchAll ? matchAllCluster(config.route_config) : undefined;
      return cluster === undefined
        ? `Inline Route: ${pathsOf(config.route_config).join(', ')}`
        : clusterText(cluster);
    }
    if (config?.cluster !== undefined && config.cluster !== 'BlackHoleCluster')
      return clusterText(config.cluster);
    // As Istio's says it of one that shares connections.
    if (config?.weighted_clusters) return clusterText('');
  }
  return 'Non-HTTP/Non-TCP';
}

/** The clusters that Istio calls so need no word before their name. */
const clusterText = (name: string): string => (name.includes('Cluster') ? name : `Cluster: ${name}`);

/** @returns the cluster that every request goes to; undefined if there is a choice */
function matchAllCluster({ virtual_hosts: hosts = [] }: DumpedRoutes): string | undefined {
  const [host] = hosts;
  const [route] = host?.routes ?? [];
  const isOnly = hosts.length === 1 && host?.routes?.length === 1 && host.domains?.join() === '*';
  return isOnly && route?.match?.prefix === '/' ? route.route?.cluster : undefined;
}

const pathsOf = ({ virtual_hosts: hosts = [] }: DumpedRoutes): readonly string[] => [
  ...new Set(
    hosts.flatMap(({ routes = [] }) => routes.map(({ match }) => match?.path ?? `${match?.prefix ?? '/'}*`)),
  ),
];
