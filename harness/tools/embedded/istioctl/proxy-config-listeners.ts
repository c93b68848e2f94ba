/** `istioctl proxy-config listeners`. istio/istio istioctl/pkg/writer/envoy/configdump/listener.go @1.8.0 */
import { ToolExit } from '../invocation.ts';
import { is, order, verbOf } from './proxy-config-table.ts';
import { type DumpedChain, type DumpedListener, type DumpedRoutes, entriesOf } from './proxy-resources.ts';

/** Prints each chain of each listener: what it matches, and where it leads. */
export const listeners = verbOf({
  flags: { address: { type: 'text' }, port: { type: 'integer' }, type: { type: 'text' } },
  path: 'config_dump',
  header: ({ listenerAddress }) => [listenerAddress, 'PORT', 'MATCH', 'DESTINATION'],
  select: (page, { flags }) => {
    if (flags.has('type')) throw new ToolExit('Error: --type is not available inside this process');
    const wanted = entriesOf<{ readonly listener?: DumpedListener }>(
      page,
      'dynamic_listeners',
      'active_state',
    )
      .flatMap(({ listener }) => listener ?? [])
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
        (listener.filter_chains ?? []).map(chain => [
          address,
          String(port),
          matchOf(chain),
          destinationOf(chain),
        ]),
      ),
    };
  },
});

/** `Trans: raw_buffer; App: HTTP; Addr: …`; `ALL` for a chain that takes whatever comes. */
function matchOf({ filter_chain_match: match }: DumpedChain): string {
  const parts: string[] = [];
  if (match?.server_names?.length) parts.push(`SNI: ${match.server_names.join(',')}`);
  if (match?.transport_protocol) parts.push(`Trans: ${match.transport_protocol}`);
  if (match?.application_protocols?.length) parts.push(`App: ${applicationsOf(match.application_protocols)}`);
  if (match?.destination_port !== undefined) parts.push(`Addr: *:${match.destination_port}`);
  return parts.length === 0 ? 'ALL' : parts.join('; ');
}

/** Lists that Istio always writes the same way have names. */
function applicationsOf(protocols: readonly string[]): string {
  const plain = 'http/1.0,http/1.1,h2c';
  const names = [...new Set(protocols)].join(',');
  if (names === plain) return 'HTTP';
  if (names === 'istio,istio-peer-exchange,istio-http/1.0,istio-http/1.1,istio-h2') return 'HTTP TLS';
  return names;
}

function destinationOf({ filters = [] }: DumpedChain): string {
  if (filters.some(({ name }) => name === 'envoy.filters.network.sni_cluster')) return 'SNI Cluster';
  for (const { typed_config: config } of filters) {
    if (config?.rds) return `Route: ${config.rds.route_config_name}`;
    if (config?.route_config) return `Inline Route: ${pathsOf(config.route_config).join(', ')}`;
    if (config?.cluster === 'PassthroughCluster') return 'PassthroughCluster';
    if (config?.cluster !== undefined) return `Cluster: ${config.cluster}`;
  }
  return 'Non-HTTP/Non-TCP';
}

const pathsOf = ({ virtual_hosts: hosts = [] }: DumpedRoutes): readonly string[] => [
  ...new Set(
    hosts.flatMap(({ routes = [] }) => routes.map(({ match }) => match?.path ?? `${match?.prefix ?? '/'}*`)),
  ),
];
