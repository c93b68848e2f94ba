/**
 * The bootstrap of a sidecar's Envoy, as pilot-agent writes it (istio/istio
 * tools/packaging/common/envoy_bootstrap.json @1.30.3): who it is, its administration, and where
 * configuration
 * and certificates come from. Without Istio's tracing and its statistics filters.
 */

import type { Dialect } from '../../../harness/simulator/istio/xds/dialect.ts';
import type { XdsNode } from '../../../harness/simulator/istio/xds/node.ts';

export interface BootstrapOptions {
  readonly node: XdsNode;
  readonly dialect: Dialect;
  /** Sent with the stream to istiod, which the real agent does on Envoy's behalf. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly discoverySocket: string;
  readonly secretsSocket: string;
}

const HTTP_OPTIONS = 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions';
const MANAGER = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
const typed = (type: string, rest: object) => ({ '@type': `type.googleapis.com/${type}`, ...rest });

const clusterAt = (name: string, address: object, rest: object = {}) => ({
  name,
  type: 'STATIC',
  connect_timeout: '1s',
  load_assignment: { cluster_name: name, endpoints: [{ lb_endpoints: [{ endpoint: { address } }] }] },
  ...rest,
});

const grpcAt = (name: string, path: string) =>
  clusterAt(
    name,
    { pipe: { path } },
    {
      typed_extension_protocol_options: {
        [HTTP_OPTIONS]: typed(HTTP_OPTIONS, { explicit_http_config: { http2_protocol_options: {} } }),
      },
    },
  );

const local = (port: number) => ({ socket_address: { address: '127.0.0.1', port_value: port } });

/** A port on which Envoy answers one path in the agent's name. */
function frontListener(port: number, prefix: string, cluster: string) {
  const routes = [{ match: { prefix }, route: { cluster } }];
  const manager = typed(MANAGER, {
    stat_prefix: cluster,
    route_config: { virtual_hosts: [{ name: 'backend', domains: ['*'], routes }] },
    http_filters: [
      {
        name: 'envoy.filters.http.router',
        typed_config: typed('envoy.extensions.filters.http.router.v3.Router', {}),
      },
    ],
  });
  return {
    address: { socket_address: { address: '0.0.0.0', port_value: port } },
    filter_chains: [
      { filters: [{ name: 'envoy.filters.network.http_connection_manager', typed_config: manager }] },
    ],
  };
}

/** @returns Envoy's `Bootstrap` as JSON */
export function sidecarBootstrap(options: BootstrapOptions): object {
  const { node, dialect, credentials, discoverySocket, secretsSocket } = options;
  const ads = { ads: {}, initial_fetch_timeout: '0s', resource_api_version: 'V3' };
  return {
    node: {
      id: node.id,
      cluster: `${node.labels['app'] ?? 'peer'}.${node.metadata['NAMESPACE'] ?? ''}`,
      metadata: { ...node.metadata, LABELS: node.labels },
    },
    admin: { address: local(15000) },
    dynamic_resources: {
      cds_config: ads,
      lds_config: ads,
      ads_config: {
        api_type: dialect === 'delta' ? 'DELTA_GRPC' : 'GRPC',
        set_node_on_first_message_only: true,
        transport_api_version: 'V3',
        grpc_services: [
          {
            envoy_grpc: { cluster_name: 'xds-grpc' },
            initial_metadata: Object.entries(credentials).map(([key, value]) => ({ key, value })),
          },
        ],
      },
    },
    static_resources: {
      clusters: [
        clusterAt('prometheus_stats', local(15000)),
        clusterAt('agent', local(15020)),
        grpcAt('sds-grpc', secretsSocket),
        grpcAt('xds-grpc', discoverySocket),
      ],
      listeners: [
        frontListener(15090, '/stats/prometheus', 'prometheus_stats'),
        frontListener(15021, '/healthz/ready', 'agent'),
      ],
    },
  };
}
