/** Messages as istiod 1.30 makes them, beyond what ours needs; and held against Envoy's whole .proto files. */
import t from 'tap';
import { CODECS } from '../../../../../harness/simulator/istio/xds/envoy-v3/resource-codecs.ts';
import { TYPES } from '../../../../../harness/simulator/istio/xds/envoy-v3/type-names.ts';
import type { ResourceType } from '../../../../../harness/simulator/istio/xds/resources.ts';
import { loadEnvoyProtos } from '../../../../support/envoy-protos.ts';

const FILES = [
  'envoy/config/cluster/v3/cluster.proto',
  'envoy/config/listener/v3/listener.proto',
  'envoy/config/route/v3/route.proto',
  'envoy/extensions/filters/network/http_connection_manager/v3/http_connection_manager.proto',
  'envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto',
  'envoy/extensions/filters/http/cors/v3/cors.proto',
  'envoy/extensions/filters/http/rbac/v3/rbac.proto',
  'envoy/extensions/filters/http/router/v3/router.proto',
  'envoy/extensions/transport_sockets/tls/v3/tls.proto',
];
const root = loadEnvoyProtos(FILES);

const encode = (type: string, message: object): Uint8Array => {
  const found = root.lookupType(type);
  return found.encode(found.fromObject(message)).finish();
};
const any = (type: string, message: object) => ({
  type_url: `type.googleapis.com/${type}`,
  value: encode(type, message),
});
const read = (type: string, bytes: Uint8Array) =>
  root.lookupType(type).toObject(root.lookupType(type).decode(bytes), { enums: String, longs: Number });

/** What is read of a message, or why it is refused; and the notes. */
function taken(type: ResourceType, message: object) {
  const notes: string[] = [];
  const bytes = encode(TYPES[type], message);
  try {
    return { resource: CODECS[type].decode(bytes, note => notes.push(note)), notes };
  } catch (error) {
    return { refusal: error instanceof Error ? error.message : '', notes };
  }
}

const NAME = 'outbound|5000||helloworld.sample.svc.cluster.local';
const TLS = 'envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext';
const tls = { sni: 'a', alpn: ['istio'], matchSubjectAltNames: ['spiffe://cluster.local/ns/a/sa/b'] };

t.test("a cluster is what Envoy's files call one", async t => {
  const bytes = CODECS.cluster.encode({
    name: NAME,
    type: 'EDS',
    lbPolicy: 'LEAST_REQUEST',
    connectTimeoutMs: 10_000,
    transportSocketMatches: [{ name: 'tlsMode-istio', match: { tlsMode: 'istio' }, tls }],
  });
  const cluster = read('envoy.config.cluster.v3.Cluster', bytes);
  t.match(cluster, {
    type: 'EDS',
    lb_policy: 'LEAST_REQUEST',
    connect_timeout: { seconds: 10 },
    eds_cluster_config: { service_name: NAME, eds_config: { ads: {}, resource_api_version: 'V3' } },
    transport_socket_matches: [{ match: { fields: { tlsMode: { stringValue: 'istio' } } } }],
  });
  const { transport_socket_matches: matches } = cluster as {
    transport_socket_matches: {
      transport_socket: { typed_config: { type_url: string; value: Uint8Array } };
    }[];
  };
  const config = matches[0]?.transport_socket.typed_config;
  t.equal(config?.type_url, `type.googleapis.com/${TLS}`);
  const sdsConfig = { api_config_source: { grpc_services: [{ envoy_grpc: { cluster_name: 'sds-grpc' } }] } };
  t.match(read(TLS, config?.value ?? new Uint8Array()), {
    sni: 'a',
    common_tls_context: {
      // Without them a real Envoy offers 1.2, which no simulated sidecar takes.
      tls_params: { tls_minimum_protocol_version: 'TLSv1_2', tls_maximum_protocol_version: 'TLSv1_3' },
      alpn_protocols: ['istio'],
      tls_certificate_sds_secret_configs: [{ name: 'default', sds_config: sdsConfig }],
      combined_validation_context: {
        default_validation_context: {
          match_subject_alt_names: [{ exact: tls.matchSubjectAltNames[0] }],
        },
        validation_context_sds_secret_config: { name: 'ROOTCA', sds_config: sdsConfig },
      },
    },
  });
});

t.test('an inbound cluster says from where, for the rules of a real istio-init', async t => {
  const inbound = { name: 'inbound|5000||', type: 'ORIGINAL_DST', lbPolicy: 'CLUSTER_PROVIDED' } as const;
  const bytes = CODECS.cluster.encode({ ...inbound, connectTimeoutMs: 10_000, sourceAddress: '127.0.0.6' });
  t.match(read(TYPES.cluster, bytes), {
    upstream_bind_config: { source_address: { address: '127.0.0.6', port_value: 0 } },
  });
});

t.test('only APPEND_FORWARD forwards the certificate of a client', async t => {
  const manager = 'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager';
  const listenerWith = (way: string) => ({
    name: 'virtualInbound',
    address: { socket_address: { address: '0.0.0.0', port_value: 15006 } },
    filter_chains: [
      {
        filters: [
          {
            name: 'envoy.filters.network.http_connection_manager',
            typed_config: any(manager, {
              stat_prefix: 'inbound',
              rds: { route_config_name: 'a', config_source: eds.eds_config },
              http_filters: [
                {
                  name: 'envoy.filters.http.router',
                  typed_config: any('envoy.extensions.filters.http.router.v3.Router', {}),
                },
              ],
              forward_client_cert_details: way,
              set_current_client_cert_details: { subject: { value: true }, dns: true, uri: true },
            }),
          },
        ],
      },
    ],
  });
  const filterWith = (way: string) => taken('listener', listenerWith(way));
  t.match(filterWith('APPEND_FORWARD').resource, {
    filterChains: [{ filter: { forwardsClientCertificate: true } }],
  });
  const sanitizing = filterWith('SANITIZE_SET');
  t.notMatch(sanitizing.resource, { filterChains: [{ filter: { forwardsClientCertificate: true } }] });
  t.match(sanitizing.notes, [/forward_client_cert_details/]);
});

const eds = { eds_config: { ads: {}, initial_fetch_timeout: {}, resource_api_version: 'V3' } };

t.test('what is harmless in a cluster is noted, what is not is refused', async t => {
  const base = { name: NAME, type: 'EDS', eds_cluster_config: eds, connect_timeout: { seconds: 10 } };
  const harmless = taken('cluster', {
    ...base,
    circuit_breakers: { thresholds: [{ track_remaining: true }] },
    common_lb_config: { healthy_panic_threshold: {}, update_merge_window: { seconds: 1 } },
  });
  const limits = { connections: 1024, pendingRequests: 1024, requests: 1024, retries: 3 };
  t.match(harmless.resource, { limits });
  t.match(harmless.resource, { name: NAME, type: 'EDS', lbPolicy: 'ROUND_ROBIN', connectTimeoutMs: 10_000 });
  t.match(harmless.notes, [
    /CommonLbConfig update_merge_window, because/,
    /Thresholds track_remaining, because/,
  ]);
  for (const [more, refusal] of [
    [{ type: 'STRICT_DNS' }, /cannot set EDS config in a non-EDS cluster/],
    [{ type: 77 }, /Cluster.Type: value must be one of the defined enum values/],
    [
      { lb_policy: 'LOAD_BALANCING_POLICY_CONFIG' },
      /LB policy LOAD_BALANCING_POLICY_CONFIG is not simulated/,
    ],
    [{ health_checks: [{}] }, /field health_checks is not simulated/],
    [{ eds_cluster_config: undefined }, /cannot create an EDS cluster without an EDS config/],
    [{ common_lb_config: { zone_aware_lb_config: {} } }, /zone_aware_lb_config is not simulated/],
    [
      { transport_socket: { name: 'a', typed_config: any('google.protobuf.Duration', {}) } },
      /^Didn't find a reg/,
    ],
  ] as const)
    t.match(taken('cluster', { ...base, ...more }).refusal, refusal);
});

t.test('endpoints of several localities are laid together', async t => {
  const locality = (address: string) => ({
    locality: { region: 'r' },
    load_balancing_weight: { value: 2 },
    lb_endpoints: [
      {
        endpoint: { address: { socket_address: { address, port_value: 5000 } } },
        metadata: { filter_metadata: { istio: { fields: { workload: { stringValue: 'a;b;;;c' } } } } },
      },
    ],
  });
  const { resource, notes } = taken('endpoint', {
    cluster_name: NAME,
    endpoints: [locality('10.0.0.1'), locality('10.0.0.2')],
  });
  t.match(resource, {
    endpoints: [
      { address: '10.0.0.1', weight: 1, tlsMode: 'disabled', locality: 'r//', localityWeight: 2 },
      { port: 5000 },
    ],
  });
  t.match(notes, [/filter_metadata istio, because/, /./]);
  const { address } = { address: { socket_address: { address: '10.0.0.3', port_value: 1 } } };
  const second = { priority: 1, lb_endpoints: [{ endpoint: { address }, health_status: 'DRAINING' }] };
  t.match(taken('endpoint', { endpoints: [second] }).resource, {
    endpoints: [{ address: '10.0.0.3', priority: 1, isHealthy: false }],
  });
  const degraded = { lb_endpoints: [{ endpoint: { address }, health_status: 'DEGRADED' }] };
  t.match(taken('endpoint', { endpoints: [degraded] }).refusal, /DEGRADED is not simulated/);
});

t.test('a listener with the filters that istiod always sets', async t => {
  const http = 'envoy.extensions.filters.http';
  const router = { name: 'router', typed_config: any(`${http}.router.v3.Router`, {}) };
  const listener = (...filters: object[]) => ({
    name: '0.0.0.0_5000',
    address: { socket_address: { address: '0.0.0.0', port_value: 5000 } },
    traffic_direction: 'OUTBOUND',
    default_filter_chain: {
      filters: [
        {
          name: 'manager',
          typed_config: any(
            'envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager',
            {
              stat_prefix: 'a',
              rds: { config_source: eds.eds_config, route_config_name: '5000' },
              http_filters: [...filters, router],
            },
          ),
        },
      ],
    },
  });
  const cors = { name: 'cors', typed_config: any(`${http}.cors.v3.Cors`, {}) };
  const peers = {
    name: 'istio.metadata_exchange',
    typed_config: { type_url: 'a/io.istio.http.peer_metadata.Config' },
  };
  const { resource, notes } = taken('listener', listener(cors, peers));
  t.strictSame(resource, {
    name: '0.0.0.0_5000',
    address: '0.0.0.0',
    port: 5000,
    bindToPort: true,
    filterChains: [],
    defaultFilterChain: { filter: { type: 'http_connection_manager', rds: '5000', statPrefix: 'a' } },
  });
  t.equal(notes.length, 3);
  const lua = { name: 'lua', typed_config: { type_url: `type.googleapis.com/${http}.lua.v3.Lua` } };
  t.match(taken('listener', listener(lua)).refusal, /^lua: an extension of type .*\.Lua is not simulated$/);
  const other = { name: 'x', typed_config: { type_url: 'type.googleapis.com/a.B' } };
  t.equal(
    taken('listener', listener(other)).refusal,
    "Didn't find a registered implementation for 'x' with type URL: 'a.B'",
  );
  t.match(taken('listener', listener(router)).refusal, /router must be the last filter/);
});

t.test('routes: defaults, words of retry_on, and what is not simulated', async t => {
  const routes = (route: object, match: object = { prefix: '/' }) => ({
    name: '5000',
    virtual_hosts: [{ name: 'a', domains: ['*'], routes: [{ match, route: { cluster: 'b', ...route } }] }],
  });
  const predicate = { name: 'p', typed_config: { type_url: 'type.googleapis.com/a.B' } };
  const previous = {
    ...predicate,
    typed_config: { type_url: 'a/envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate' },
  };
  const { resource, notes } = taken(
    'route',
    routes({
      retry_policy: { retry_on: 'cancelled,reset-before-request,what', retry_host_predicate: [previous] },
    }),
  );
  t.match(resource, {
    virtualHosts: [
      {
        routes: [
          {
            timeoutMs: 15_000,
            retryPolicy: { numRetries: 1, retryOn: ['cancelled', 'reset-before-request'] },
          },
        ],
      },
    ],
  });
  t.match(notes, [/what, because/]);
  for (const [refusal, message] of [
    [
      /retry_on retriable-headers is not simulated/,
      routes({ retry_policy: { retry_on: 'retriable-headers', retry_host_predicate: [previous] } }),
    ],
    [/^Didn't find/, routes({ retry_policy: { retry_host_predicate: [predicate] } })],
    [/only prefix, path, safe_regex/, routes({}, { connect_matcher: {} })],
    [
      /field range_match is not simulated/,
      routes({}, { prefix: '/', headers: [{ name: 'a', range_match: {} }] }),
    ],
    [/field host_rewrite_header is not simulated/, routes({ host_rewrite_header: 'x' })],
  ] as const)
    t.match(taken('route', message).refusal, refusal);
});
