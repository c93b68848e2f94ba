/**
 * Fields that istiod 1.30 sends, or may send, and that make no difference in the simulated mesh: data, not
 * code. What stands neither here nor in a reader is refused.
 */

const STATISTICS = 'statistics are kept by cluster and listener only';
const LOGS = 'access is not logged by this list';
const LIMITS = 'buffers and connections have no limits here';
const IDLE = 'idle connections stay open';
const TRACING = 'requests are not traced';
const HEADERS = 'these headers are not looked at by anyone here';
const TUNING = 'it tunes performance only';
/** Why versions and ciphers of TLS make no difference. */
export const NODE = 'both ends are Node, which agrees on TLS 1.3';
const ALL_HEALTHY = 'there is no health checking: hosts are as healthy as istiod and their answers say';
const RATES = 'nobody is ejected for the share of his failures';

/** Message → field → why. */
export const HARMLESS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'envoy.config.cluster.v3.Cluster': {
    alt_stat_name: STATISTICS,
    per_connection_buffer_limit_bytes: LIMITS,
    filters: 'peer metadata is for telemetry',
    respect_dns_ttl: 'only cluster types without DNS are executed',
    dns_lookup_family: 'only cluster types without DNS are executed',
    dns_refresh_rate: 'only cluster types without DNS are executed',
    http2_protocol_options: 'the protocol to a host is always HTTP/1.1',
    upstream_connection_options: 'keep-alive probes find nothing here',
    track_cluster_stats: STATISTICS,
    cleanup_interval: TUNING,
    preconnect_policy: TUNING,
    original_dst_lb_config: 'the original destination is always that of the connection',
  },
  'envoy.config.cluster.v3.Cluster.CommonLbConfig': {
    ignore_new_hosts_until_first_hc: ALL_HEALTHY,
    update_merge_window: TUNING,
    close_connections_on_host_set_change: 'connections to a host end when the host is gone',
  },
  'envoy.config.cluster.v3.OutlierDetection': {
    success_rate_minimum_hosts: RATES,
    success_rate_request_volume: RATES,
    success_rate_stdev_factor: RATES,
    failure_percentage_threshold: RATES,
    failure_percentage_minimum_hosts: RATES,
    failure_percentage_request_volume: RATES,
    successful_active_health_check_uneject_host: ALL_HEALTHY,
  },
  'envoy.config.core.v3.BindConfig': {
    extra_source_addresses: 'addresses are IPv4',
    additional_source_addresses: 'addresses are IPv4',
    freebind: 'a source address is noted only',
    socket_options: 'sockets have no options here',
  },
  'envoy.config.endpoint.v3.ClusterLoadAssignment': {
    policy: 'load is balanced over all endpoints',
  },
  'envoy.config.endpoint.v3.Endpoint': { hostname: 'addresses are IP addresses' },
  'envoy.config.listener.v3.Listener': {
    stat_prefix: STATISTICS,
    access_log: LOGS,
    traffic_direction: STATISTICS,
    per_connection_buffer_limit_bytes: LIMITS,
    metadata: 'it is for telemetry',
    listener_filters_timeout: 'the inspector waits for the ClientHello as long as it takes',
    continue_on_listener_filters_timeout: 'the inspector waits for the ClientHello as long as it takes',
    connection_balance_config: TUNING,
    enable_reuse_port: TUNING,
    tcp_backlog_size: TUNING,
    max_connections_to_accept_per_socket_event: TUNING,
    drain_type: 'listeners are drained in one way',
    socket_options: 'sockets have no options here',
    tcp_fast_open_queue_length: TUNING,
    ignore_global_conn_limit: LIMITS,
  },
  'envoy.config.listener.v3.FilterChain': {
    metadata: 'it is for telemetry',
    transport_socket_connect_timeout: 'a TLS handshake takes the time it takes',
  },
  'envoy.config.listener.v3.ListenerFilter': {
    filter_disabled: 'to inspect a port more than asked changes nothing',
  },
  'envoy.config.route.v3.RouteConfiguration': {
    validate_clusters: 'a route to an unknown cluster answers 503',
    max_direct_response_body_size_bytes: LIMITS,
  },
  'envoy.config.route.v3.VirtualHost': {
    include_attempt_count_in_response: HEADERS,
    metadata: 'it is for telemetry',
  },
  'envoy.config.route.v3.Route': {
    name: STATISTICS,
    decorator: TRACING,
    stat_prefix: STATISTICS,
  },
  'envoy.config.route.v3.RouteAction': {
    max_stream_duration: 'the route timeout ends a request',
    max_grpc_timeout: 'the route timeout ends a request',
    cluster_not_found_response_code: 'an unknown cluster answers 503',
    append_x_forwarded_host: HEADERS,
  },
  'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager': {
    codec_type: 'the protocol is found out by itself',
    access_log: LOGS,
    access_log_options: LOGS,
    add_user_agent: HEADERS,
    tracing: TRACING,
    common_http_protocol_options: IDLE,
    http_protocol_options: TUNING,
    http2_protocol_options: TUNING,
    server_name: HEADERS,
    stream_idle_timeout: IDLE,
    delayed_close_timeout: IDLE,
    drain_timeout: 'listeners are drained in one way',
    generate_request_id: HEADERS,
    preserve_external_request_id: HEADERS,
    always_set_request_id_in_response: HEADERS,
    proxy_100_continue: HEADERS,
    upgrade_configs: 'no client asks for an upgrade',
    internal_address_config: HEADERS,
    via: HEADERS,
  },
  'envoy.extensions.filters.network.tcp_proxy.v3.TcpProxy': {
    access_log: LOGS,
    access_log_options: LOGS,
    idle_timeout: IDLE,
    max_downstream_connection_duration: IDLE,
    on_demand: TUNING,
  },
  'envoy.extensions.filters.http.router.v3.Router': {
    dynamic_stats: STATISTICS,
    start_child_span: TRACING,
    suppress_envoy_headers: HEADERS,
    upstream_log: LOGS,
  },
  'envoy.extensions.filters.listener.tls_inspector.v3.TlsInspector': {
    enable_ja3_fingerprinting: STATISTICS,
    initial_read_buffer_size: TUNING,
  },
  'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext': {
    allow_renegotiation: 'TLS 1.3 has no renegotiation',
    max_session_keys: 'sessions are not resumed',
  },
  'envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext': {
    disable_stateless_session_resumption: 'sessions are not resumed',
    session_timeout: 'sessions are not resumed',
  },
  'envoy.extensions.transport_sockets.tls.v3.TlsParameters': {
    cipher_suites: NODE,
    ecdh_curves: NODE,
    signature_algorithms: NODE,
    compliance_policies: NODE,
  },
};
