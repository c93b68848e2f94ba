/**
 * What pilot-agent writes into every Envoy's bootstrap, beside what istiod pushes
 * (istio/istio tools/packaging/common/envoy_bootstrap.json @1.30.3). The pages show it; nothing else uses it.
 */
import { durationText } from '../../xds/proto/message-json.ts';
import { anyOf, socketAddress } from './protobuf-json.ts';

/** A cluster with one host, on this machine. */
interface StaticCluster {
  readonly name: string;
  readonly connectTimeoutMs: number;
  /** As Envoy prints it: `127.0.0.1:15000`, or the path of a socket. */
  readonly key: string;
  /** An `envoy.config.core.v3.Address`. */
  readonly address: object;
  /** Of connections and requests; Envoy's own limit is 1024. */
  readonly limit: number;
}

const pipe = (name: string, path: string, limit: number): StaticCluster => ({
  name,
  connectTimeoutMs: 1000,
  key: path,
  address: { pipe: { path } },
  limit,
});
const local = (name: string, port: number): StaticCluster => ({
  name,
  connectTimeoutMs: 250,
  key: `127.0.0.1:${port}`,
  address: socketAddress('127.0.0.1', port),
  limit: 1024,
});

export const STATIC_CLUSTERS: readonly StaticCluster[] = [
  local('prometheus_stats', 15000),
  local('agent', 15020),
  pipe('sds-grpc', './var/run/secrets/workload-spiffe-uds/socket', 1024),
  pipe('xds-grpc', './etc/istio/proxy/XDS', 100_000),
];

/** Where Envoy answers in the agent's name. */
export const STATIC_LISTENERS = [
  { port: 15090, prefix: '/stats/prometheus', cluster: 'prometheus_stats', statPrefix: 'stats' },
  { port: 15021, prefix: '/healthz/ready', cluster: 'agent', statPrefix: 'agent' },
].map(({ port, prefix, cluster, statPrefix }) => ({
  name: `0.0.0.0_${port}`,
  port,
  statPrefix,
  routes: {
    virtual_hosts: [{ name: 'backend', domains: ['*'], routes: [{ match: { prefix }, route: { cluster } }] }],
  },
}));

/** Layers of `/runtime`: the bootstrap sets nothing that is simulated. */
export const RUNTIME = { layers: ['global config', 'admin'], entries: {} };

/** @returns an `envoy.config.cluster.v3.Cluster` */
export const staticClusterOf = ({ name, connectTimeoutMs, address, limit }: StaticCluster) =>
  anyOf('config.cluster.v3.Cluster', {
    name,
    type: 'STATIC',
    connect_timeout: durationText(connectTimeoutMs),
    load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
    ...(limit !== 1024 && {
      circuit_breakers: {
        thresholds: [{}, { priority: 'HIGH' }].map(priority => ({
          ...priority,
          max_connections: limit,
          max_pending_requests: limit,
          max_requests: limit,
        })),
      },
    }),
  });

/** @returns an `envoy.config.listener.v3.Listener` */
export function staticListenerOf({ port, statPrefix, routes }: (typeof STATIC_LISTENERS)[number]) {
  const type = 'extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  const manager = {
    name: 'envoy.filters.network.http_connection_manager',
    typed_config: anyOf(type, { stat_prefix: statPrefix, route_config: routes, http_filters: [ROUTER] }),
  };
  return anyOf('config.listener.v3.Listener', {
    address: socketAddress('0.0.0.0', port),
    filter_chains: [{ filters: [manager] }],
  });
}

/** The filter that ends every list of HTTP filters. */
const ROUTER = {
  name: 'envoy.filters.http.router',
  typed_config: anyOf('extensions.filters.http.router.v3.Router', {}),
};
