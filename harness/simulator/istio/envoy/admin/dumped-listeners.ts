/** Listeners and their routes in the form of `/config_dump`: JSON with the field names of Envoy's protos. */
import { TYPES } from '../../xds/envoy-v3/type-names.ts';
import type { FilterChain, Listener, NetworkFilter, RouteConfiguration } from '../../xds/resources.ts';
import { ROUTER } from './bootstrap.ts';
import { anyOf, seconds, socketAddress } from './protobuf-json.ts';

/** Writes a listener as an `envoy.config.listener.v3.Listener`. */
export function listenerOf(listener: Listener) {
  const inspectors = [
    ...(listener.tlsInspector ? ['tls_inspector.v3.TlsInspector'] : []),
    ...(listener.httpInspector ? ['http_inspector.v3.HttpInspector'] : []),
  ];
  return anyOf('config.listener.v3.Listener', {
    name: listener.name,
    address: socketAddress(listener.address, listener.port),
    filter_chains: listener.filterChains.map(filterChainOf),
    ...(listener.defaultFilterChain && { default_filter_chain: filterChainOf(listener.defaultFilterChain) }),
    ...(inspectors.length > 0 && {
      listener_filters: inspectors.map(type => ({
        name: `envoy.filters.listener.${type.split('.')[0]}`,
        typed_config: anyOf(`extensions.filters.listener.${type}`, {}),
      })),
    }),
    ...(!listener.bindToPort && { deprecated_v1: { bind_to_port: false } }),
    ...(listener.useOriginalDst && { use_original_dst: true }),
  });
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
        typed_config: anyOf('extensions.transport_sockets.tls.v3.DownstreamTlsContext', {
          common_tls_context: {
            alpn_protocols: downstreamTls.alpn,
            tls_certificate_sds_secret_configs: [{ name: 'default' }],
            combined_validation_context: {
              default_validation_context: {
                ...(downstreamTls.clientPrefixes && {
                  match_subject_alt_names: downstreamTls.clientPrefixes.map(prefix => ({ prefix })),
                }),
              },
              validation_context_sds_secret_config: { name: 'ROOTCA' },
            },
          },
          require_client_certificate: true,
        }),
      },
    }),
  };
}

function filtersOf(filter: NetworkFilter) {
  const tcpProxy = (cluster: string) => ({
    name: 'envoy.filters.network.tcp_proxy',
    typed_config: anyOf('extensions.filters.network.tcp_proxy.v3.TcpProxy', {
      stat_prefix: filter.statPrefix,
      cluster,
    }),
  });
  switch (filter.type) {
    case 'http_connection_manager':
      return [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: anyOf('extensions.filters.network.http_connection_manager.v3.HttpConnectionManager', {
            stat_prefix: filter.statPrefix,
            ...(filter.rds === undefined
              ? { route_config: filter.routeConfig && routesOf(filter.routeConfig) }
              : { rds: { config_source: { ads: {} }, route_config_name: filter.rds } }),
            http_filters: filter.alpn ? [alpnFilter(filter.alpn), ROUTER] : [ROUTER],
          }),
        },
      ];
    case 'tcp_proxy':
      return [tcpProxy(filter.cluster)];
    case 'sni_cluster_tcp_proxy':
      return [
        {
          name: 'envoy.filters.network.sni_cluster',
          typed_config: anyOf('extensions.filters.network.sni_cluster.v3.SniCluster', {}),
        },
        tcpProxy(filter.fallbackCluster),
      ];
  }
}

const PREVIOUS_HOSTS = {
  name: 'envoy.retry_host_predicates.previous_hosts',
  typed_config: anyOf('extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate', {}),
};

const alpnFilter = (alpn: readonly string[]) => ({
  name: 'istio.alpn',
  typed_config: {
    '@type': `type.googleapis.com/${TYPES.alpnFilter}`,
    alpn_override: [{ upstream_protocol: 'HTTP11', alpn_override: alpn }],
  },
});

/** Writes routes as an `envoy.config.route.v3.RouteConfiguration`. */
export function routesOf({ name, virtualHosts, ignoresPort }: RouteConfiguration) {
  return {
    name,
    ...(ignoresPort && { ignore_port_in_host_matching: true }),
    virtual_hosts: virtualHosts.map(virtualHost => ({
      name: virtualHost.name,
      domains: virtualHost.domains,
      ...(virtualHost.tellsAttempts && { include_request_attempt_count: true }),
      routes: virtualHost.routes.map(({ match, cluster, timeoutMs, retryPolicy }) => ({
        match,
        route: {
          cluster,
          timeout: seconds(timeoutMs),
          ...(retryPolicy && {
            retry_policy: {
              retry_on: retryPolicy.retryOn.join(','),
              num_retries: retryPolicy.numRetries,
              ...(retryPolicy.hostSelectionRetryMaxAttempts > 0 && {
                retry_host_predicate: [PREVIOUS_HOSTS],
                host_selection_retry_max_attempts: String(retryPolicy.hostSelectionRetryMaxAttempts),
              }),
              retriable_status_codes: retryPolicy.retriableStatusCodes,
            },
          }),
        },
      })),
    })),
  };
}
