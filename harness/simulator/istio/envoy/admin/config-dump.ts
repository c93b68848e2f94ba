/** `/config_dump`: what istiod pushed and Envoy runs, in Envoy's form and names. */

import type { XdsNode } from '../../xds/node.ts';
import type {
  Cluster,
  FilterChain,
  Listener,
  NetworkFilter,
  RouteConfiguration,
} from '../../xds/resources.ts';
import type { Envoy } from '../envoy.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';

const ADMIN_TYPE = 'type.googleapis.com/envoy.admin.v3';
const seconds = (ms: number) => `${ms / 1000}s`;
const socketAddress = (address: string, port: number) => ({ socket_address: { address, port_value: port } });

/** The query of `/config_dump`. */
export interface DumpOptions {
  readonly includeEndpoints: boolean;
  /** Only the resources of one list: `dynamic_active_clusters`, `dynamic_listeners`, … */
  readonly resource?: string | undefined;
}

/** Returns the dump as JSON (envoy.admin.v3.ConfigDump), without private keys. */
export function configDump(envoy: Envoy, node: XdsNode, { includeEndpoints, resource }: DumpOptions) {
  const { cluster, listener, route, endpoint } = envoy.updates;
  const configs: Record<string, unknown>[] = [
    { '@type': `${ADMIN_TYPE}.BootstrapConfigDump`, bootstrap: { node } },
    {
      '@type': `${ADMIN_TYPE}.ClustersConfigDump`,
      version_info: cluster.version,
      dynamic_active_clusters: envoy.clusters
        .filter(({ isWarm }) => isWarm)
        .map(({ config }) => ({ version_info: cluster.version, cluster: clusterOf(config) })),
      dynamic_warming_clusters: envoy.clusters
        .filter(({ isWarm }) => !isWarm)
        .map(({ config }) => ({ version_info: cluster.version, cluster: clusterOf(config) })),
    },
    ...(includeEndpoints
      ? [
          {
            '@type': `${ADMIN_TYPE}.EndpointsConfigDump`,
            dynamic_endpoint_configs: envoy.clusters
              .filter(({ config }) => config.type === 'EDS')
              .map(eds => ({ version_info: endpoint.version, endpoint_config: endpointsOf(eds) })),
          },
        ]
      : []),
    {
      '@type': `${ADMIN_TYPE}.ListenersConfigDump`,
      version_info: listener.version,
      dynamic_listeners: envoy.listeners.map(({ config }) => ({
        name: config.name,
        active_state: { version_info: listener.version, listener: listenerOf(config) },
      })),
    },
    {
      '@type': `${ADMIN_TYPE}.RoutesConfigDump`,
      dynamic_route_configs: envoy.routes.map(config => ({
        version_info: route.version,
        route_config: routesOf(config),
      })),
    },
    { '@type': `${ADMIN_TYPE}.SecretsConfigDump`, dynamic_active_secrets: secretsOf(envoy) },
  ];
  if (resource === undefined) return { configs };
  const found = configs.flatMap(config => (Array.isArray(config[resource]) ? config[resource] : []));
  return { configs: found };
}

function clusterOf(cluster: Cluster) {
  return {
    name: cluster.name,
    type: cluster.type,
    ...(cluster.type === 'EDS' && {
      eds_cluster_config: { eds_config: { ads: {} }, service_name: cluster.name },
    }),
    connect_timeout: seconds(cluster.connectTimeoutMs),
    lb_policy: cluster.lbPolicy,
    ...(cluster.loadAssignment && { load_assignment: cluster.loadAssignment }),
    ...(cluster.transportSocketMatches && {
      transport_socket_matches: cluster.transportSocketMatches.map(({ name, match, tls }) => ({
        name,
        match: match.tlsMode === undefined ? {} : { tlsMode: match.tlsMode },
        transport_socket: tls
          ? {
              name: 'envoy.transport_sockets.tls',
              typed_config: {
                '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext',
                sni: tls.sni,
                common_tls_context: {
                  alpn_protocols: tls.alpn,
                  tls_certificate_sds_secret_configs: [{ name: 'default' }],
                  combined_validation_context: {
                    default_validation_context: {
                      match_subject_alt_names: tls.matchSubjectAltNames.map(exact => ({ exact })),
                    },
                    validation_context_sds_secret_config: { name: 'ROOTCA' },
                  },
                },
              },
            }
          : { name: 'envoy.transport_sockets.raw_buffer' },
      })),
    }),
  };
}

function endpointsOf({ name, hosts }: UpstreamCluster) {
  return {
    cluster_name: name,
    endpoints: [
      {
        locality: {},
        lb_endpoints: hosts.map(host => ({
          endpoint: { address: socketAddress(host.address, host.port) },
          health_status: 'HEALTHY',
          metadata: {
            filter_metadata: {
              ...(host.tlsMode === 'istio' && { 'envoy.transport_socket_match': { tlsMode: host.tlsMode } }),
            },
          },
          load_balancing_weight: host.weight,
        })),
      },
    ],
  };
}

function listenerOf(listener: Listener) {
  return {
    name: listener.name,
    address: socketAddress(listener.address, listener.port),
    filter_chains: listener.filterChains.map(filterChainOf),
    ...(listener.tlsInspector && { listener_filters: [{ name: 'envoy.filters.listener.tls_inspector' }] }),
    ...(!listener.bindToPort && { deprecated_v1: { bind_to_port: false } }),
    ...(listener.useOriginalDst && { use_original_dst: true }),
  };
}

function filterChainOf({ name, match, downstreamTls, filter }: FilterChain) {
  return {
    ...(name !== undefined && { name }),
    ...(match && {
      filter_chain_match: {
        ...(match.destinationPort !== undefined && { destination_port: match.destinationPort }),
        ...(match.serverNames && { server_names: match.serverNames }),
        ...(match.transportProtocol && { transport_protocol: match.transportProtocol }),
        ...(match.applicationProtocols && { application_protocols: match.applicationProtocols }),
      },
    }),
    filters: filtersOf(filter),
    ...(downstreamTls && {
      transport_socket: {
        name: 'envoy.transport_sockets.tls',
        typed_config: {
          '@type': 'type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext',
          common_tls_context: { alpn_protocols: downstreamTls.alpn },
          require_client_certificate: true,
        },
      },
    }),
  };
}

function filtersOf(filter: NetworkFilter) {
  const tcpProxy = (cluster: string) => ({
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: { stat_prefix: filter.statPrefix, cluster },
  });
  switch (filter.type) {
    case 'http_connection_manager':
      return [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: {
            stat_prefix: filter.statPrefix,
            ...(filter.rds === undefined
              ? { route_config: filter.routeConfig && routesOf(filter.routeConfig) }
              : { rds: { config_source: { ads: {} }, route_config_name: filter.rds } }),
          },
        },
      ];
    case 'tcp_proxy':
      return [tcpProxy(filter.cluster)];
    case 'sni_cluster_tcp_proxy':
      return [{ name: 'envoy.filters.network.sni_cluster' }, tcpProxy(filter.fallbackCluster)];
  }
}

function routesOf({ name, virtualHosts }: RouteConfiguration) {
  return {
    name,
    virtual_hosts: virtualHosts.map(virtualHost => ({
      name: virtualHost.name,
      domains: virtualHost.domains,
      routes: virtualHost.routes.map(({ match, cluster, timeoutMs, retryPolicy }) => ({
        match,
        route: {
          cluster,
          timeout: seconds(timeoutMs),
          ...(retryPolicy && {
            retry_policy: {
              retry_on: retryPolicy.retryOn.filter(condition => condition !== 'connect-timeout').join(','),
              num_retries: retryPolicy.numRetries,
              retry_host_predicate: [{ name: 'envoy.retry_host_predicates.previous_hosts' }],
              host_selection_retry_max_attempts: String(retryPolicy.hostSelectionRetryMaxAttempts),
              retriable_status_codes: retryPolicy.retriableStatusCodes,
            },
          }),
        },
      })),
    })),
  };
}

/** Certificates, never the key: Envoy leaves it out too. */
function secretsOf({ identity }: Envoy) {
  if (!identity) return [];
  const inline = (pem: string) => ({ inline_bytes: Buffer.from(pem).toString('base64') });
  return [
    {
      name: 'default',
      secret: {
        name: 'default',
        tls_certificate: {
          certificate_chain: inline(identity.chainPem),
          private_key: { inline_bytes: Buffer.from('[redacted]').toString('base64') },
        },
      },
    },
    {
      name: 'ROOTCA',
      secret: { name: 'ROOTCA', validation_context: { trusted_ca: inline(identity.rootPem) } },
    },
  ];
}
