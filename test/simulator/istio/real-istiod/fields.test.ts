/**
 * Each field that a proxy executes of what the real istiod sends makes a difference: changed in the recorded
 * bytes, it changes the answers to calls, or istiod is told no.
 */
import t from 'tap';
import type { Opened } from '../../../support/edit-message.ts';
import { isNightly } from '../../../support/nightly.ts';
import { type Edit, type Observation, RecordedMesh } from '../../../support/recorded-mesh.ts';

const HOST = 'helloworld.sample.svc.cluster.local';
const OUTBOUND = `outbound|5000||${HOST}`;
const SNI = `outbound_.5000_._.${HOST}`;
const SERVERS = 'inbound|5000||';

type Change = (message: Opened) => void;
const edit = (proxy: Edit['proxy'], type: Edit['type'], name: string) => (change: Change) => ({
  proxy,
  type,
  name,
  change,
});
const cluster = edit('curl', 'cds', OUTBOUND);
const endpoints = edit('curl', 'eds', OUTBOUND);
const listener = edit('curl', 'lds', '0.0.0.0_5000');
const virtualOutbound = edit('curl', 'lds', 'virtualOutbound');
const routes = edit('curl', 'rds', '5000');
const inbound = edit('helloworld', 'cds', SERVERS);
const virtualInbound = edit('helloworld', 'lds', 'virtualInbound');
const gatewayListener = edit('gateway', 'lds', '0.0.0.0_15443');
const gatewayCluster = edit('gateway', 'cds', SNI);

// ---- places in the messages
const tlsOf = (message: Opened) => message.transport_socket_matches[0].transport_socket.typed_config;
const lbEndpoints = (message: Opened): Opened[] =>
  message.endpoints.flatMap((locality: Opened) => locality.lb_endpoints);
const isGateway = ({ endpoint }: Opened) => endpoint.address.socket_address.port_value === 15443;
const managerOf = (chain: Opened) =>
  chain.filters.find(({ typed_config: config }: Opened) => /HttpConnectionManager$/.test(config['@type']))
    .typed_config;
const manager = (message: Opened) => managerOf(message.filter_chains[0]);
const host = (message: Opened) => message.virtual_hosts.find(({ name }: Opened) => name.startsWith(HOST));
const action = (message: Opened) => host(message).routes[0].route;
const portChains = (message: Opened): Opened[] =>
  message.filter_chains.filter(
    ({ filter_chain_match: match }: Opened) => match?.destination_port?.value === 5000,
  );
const mutual = (message: Opened) =>
  portChains(message).find(({ transport_socket: socket }) => socket).transport_socket.typed_config;
const sniChain = (message: Opened) =>
  message.filter_chains.find(({ filter_chain_match: match }: Opened) => match.server_names[0] === SNI);
const withoutFilter = (message: Opened, name: string) => {
  const { http_filters: filters } = manager(message);
  filters.splice(
    filters.findIndex((filter: Opened) => filter.name === name),
    1,
  );
};
const allUnhealthy = endpoints(message => {
  for (const endpoint of lbEndpoints(message)) endpoint.health_status = 2;
});
/** The gateway alone, at a port where it does not listen. */
const deadServer = endpoints(message => {
  message.endpoints = [{ lb_endpoints: lbEndpoints(message).filter(isGateway) }];
  lbEndpoints(message)[0].endpoint.address.socket_address.port_value = 15444;
});

/** Local calls are answered, the gateway is not there. */
const oneDead = endpoints(m => {
  lbEndpoints(m).find(isGateway).endpoint.address.socket_address.port_value = 15444;
});
const onceMore = routes(m => (action(m).retry_policy.num_retries = { value: 1 }));
const retriesSuccess = routes(m => (action(m).retry_policy.retriable_status_codes = [200]));
/** Ten times as many calls as otherwise. */
const MANY = 'http://helloworld.sample:5000/hello/[1-10]';

// ---- what may come of it
const by = (wanted: RegExp) => (seen: Observation) =>
  seen.refusals.length === 0 && seen.answers.length > 0 && seen.answers.every(answer => wanted.test(answer));
const some = (wanted: RegExp) => (seen: Observation) =>
  seen.refusals.length === 0 && seen.answers.some(answer => wanted.test(answer));
const refused = (wanted: RegExp) => (seen: Observation) => seen.refusals.some(text => wanted.test(text));

/** Of many calls, so many answered by the local version. */
const localIn = (from: number, to: number) => (seen: Observation) =>
  seen.refusals.length === 0 && seen.local.answered >= from && seen.local.answered <= to;

/** Field, edits, what is seen, and the URL if it is another one. */
type Row = readonly [string, readonly Edit[], (seen: Observation) => boolean, string?];
const ONLY_V1 = by(/^v1 .* 200$/);
const NO_WAY = by(/(503|000)$/);

const ROWS: readonly Row[] = [
  // CDS
  ['Cluster.type', [cluster(m => (m.type = 1))], refused(/STRICT_DNS|non-EDS/)],
  [
    'Cluster.eds_cluster_config',
    [cluster(m => (m.eds_cluster_config.service_name = 'x'))],
    refused(/service_name/),
  ],
  ['Cluster.connect_timeout', [cluster(m => (m.connect_timeout = {}))], refused(/greater than 0s/)],
  ['Cluster.lb_policy', [cluster(m => (m.lb_policy = 7))], refused(/LOAD_BALANCING_POLICY_CONFIG/)],
  [
    'Thresholds.max_requests',
    [cluster(m => (m.circuit_breakers.thresholds[0].max_requests = { value: 0 }))],
    by(/ 503$/),
  ],
  [
    'LocalityLbEndpoints.priority',
    [
      endpoints(m => {
        m.endpoints = lbEndpoints(m).map(endpoint => ({
          lb_endpoints: [endpoint],
          priority: isGateway(endpoint) ? 1 : 0,
        }));
      }),
    ],
    ONLY_V1,
  ],
  [
    'LocalityLbEndpoints.load_balancing_weight',
    [
      cluster(m => (m.common_lb_config = { locality_weighted_lb_config: {} })),
      endpoints(m => {
        m.endpoints = lbEndpoints(m).map(endpoint => ({
          locality: { region: isGateway(endpoint) ? 'far' : 'near' },
          lb_endpoints: [endpoint],
          load_balancing_weight: { value: isGateway(endpoint) ? 0 : 1 },
        }));
      }),
    ],
    ONLY_V1,
  ],
  [
    'RouteAction.hash_policy',
    [
      cluster(m => (m.lb_policy = 2)),
      routes(m => (action(m).hash_policy = [{ connection_properties: { source_ip: true } }])),
    ],
    ({ answers, refusals }) =>
      refusals.length === 0 && new Set(answers.map(answer => answer.slice(0, 2))).size === 1,
  ],
  [
    'OutlierDetection.consecutive_5xx',
    [
      oneDead,
      cluster(m => {
        m.outlier_detection = { consecutive_5xx: { value: 1 }, max_ejection_percent: { value: 100 } };
      }),
    ],
    by(/^v1 .*200$/),
  ],
  [
    'Cluster.transport_socket_matches',
    [cluster(m => m.transport_socket_matches.shift())],
    some(/^v1 .* of nobody 200$/),
  ],
  [
    'TransportSocketMatch.match',
    [cluster(m => (m.transport_socket_matches[0].match.fields = { a: {} }))],
    refused(/tlsMode/),
  ],
  ['UpstreamTlsContext.sni', [cluster(m => (tlsOf(m).sni = 'outbound_.1_._.x'))], ONLY_V1],
  [
    'CommonTlsContext.alpn_protocols',
    [
      cluster(m => (tlsOf(m).common_tls_context.alpn_protocols = ['x'])),
      listener(m => withoutFilter(m, 'istio.alpn')),
    ],
    NO_WAY,
  ],
  [
    'CommonTlsContext.tls_certificate_sds_secret_configs',
    [cluster(m => (tlsOf(m).common_tls_context.tls_certificate_sds_secret_configs[0].name = 'x'))],
    refused(/only the secret default/),
  ],
  [
    'CertificateValidationContext.match_subject_alt_names',
    [
      cluster(m => {
        const { combined_validation_context: context } = tlsOf(m).common_tls_context;
        context.default_validation_context.match_subject_alt_names[0].exact = 'spiffe://x';
      }),
    ],
    NO_WAY,
  ],
  [
    'Cluster.upstream_bind_config',
    [inbound(m => (m.upstream_bind_config.source_address.address = '127.0.0.7'))],
    by(/from 127\.0\.0\.7 /),
  ],
  [
    'CommonLbConfig.healthy_panic_threshold',
    [allUnhealthy, cluster(m => (m.common_lb_config = {}))],
    by(/ 200$/),
  ],
  ['Cluster.type ORIGINAL_DST', [inbound(m => (m.lb_policy = 0))], refused(/CLUSTER_PROVIDED/)],
  // EDS
  ['LbEndpoint.endpoint', [deadServer], NO_WAY],
  ['LbEndpoint.health_status', [allUnhealthy], by(/no healthy upstream 503$/)],
  [
    'LbEndpoint.health_status DRAINING',
    [endpoints(m => (lbEndpoints(m).find(isGateway).health_status = 3))],
    ONLY_V1,
  ],
  [
    'LbEndpoint.load_balancing_weight',
    [endpoints(m => (lbEndpoints(m).find(isGateway).load_balancing_weight = {}))],
    refused(/LoadBalancingWeight/),
  ],
  [
    'LbEndpoint.load_balancing_weight as a share',
    [
      endpoints(m => {
        lbEndpoints(m).find(each => !isGateway(each)).load_balancing_weight = { value: 3 };
        lbEndpoints(m).find(isGateway).load_balancing_weight = { value: 1 };
      }),
    ],
    localIn(57, 63),
    MANY,
  ],
  [
    'LbEndpoint.metadata',
    [endpoints(m => (lbEndpoints(m).find(e => !isGateway(e)).metadata = {}))],
    some(/^v1 .* of nobody 200$/),
  ],
  [
    'LocalityLbEndpoints.priority',
    [
      endpoints(m => {
        const remote = lbEndpoints(m).find(isGateway);
        const local = lbEndpoints(m).find(each => !isGateway(each));
        m.endpoints = [{ lb_endpoints: [local] }, { lb_endpoints: [remote], priority: 1 }];
      }),
    ],
    ONLY_V1,
  ],
  // LDS of a client
  [
    'FilterChainMatch.application_protocols',
    [listener(m => (m.filter_chains[0].filter_chain_match.application_protocols = ['h2c']))],
    NO_WAY,
  ],
  [
    'FilterChainMatch.transport_protocol',
    [listener(m => (m.filter_chains[0].filter_chain_match.transport_protocol = 'tls'))],
    NO_WAY,
  ],
  ['Listener.listener_filters', [listener(m => (m.listener_filters = []))], NO_WAY],
  [
    'Listener.address',
    [listener(m => (m.address.socket_address.port_value = 5001))],
    refused(/different address/),
  ],
  ['Listener.bind_to_port', [listener(m => (m.bind_to_port = { value: true }))], NO_WAY],
  [
    'Listener.default_filter_chain',
    [
      listener(m => {
        m.filter_chains[0].filter_chain_match.application_protocols = ['h2c'];
        m.default_filter_chain.filters.at(-1).typed_config.cluster = OUTBOUND;
      }),
    ],
    by(/^v[12] .* 200$/),
  ],
  ['Listener.use_original_dst', [virtualOutbound(m => (m.use_original_dst = { value: false }))], NO_WAY],
  ['Rds.route_config_name', [listener(m => (manager(m).rds.route_config_name = '80'))], NO_WAY],
  ['HttpConnectionManager.http_filters', [listener(m => manager(m).http_filters.pop())], refused(/router/)],
  [
    'HttpFilter.typed_config',
    [listener(m => (manager(m).http_filters[0].typed_config = { '@type': 'x.Y', bytes: new Uint8Array() }))],
    refused(/^.*Didn't find a registered implementation/),
  ],
  [
    'HttpFilter.config_discovery',
    [
      listener(m => {
        const [filter] = manager(m).http_filters;
        delete filter.typed_config;
        filter.config_discovery = { type_urls: ['type.googleapis.com/x.Y'] };
      }),
    ],
    refused(/ExtensionConfigSource.ConfigSource: value is required/),
  ],
  [
    'alpn FilterConfig.alpn_override',
    [
      listener(m => {
        const filter = manager(m).http_filters.find(({ name }: Opened) => name === 'istio.alpn');
        filter.typed_config.bytes = Uint8Array.from([0x0a, 0x05, 0x08, 0x01, 0x12, 0x01, 0x78]); // HTTP/1.1: x
      }),
    ],
    NO_WAY,
  ],
  // RDS
  ['VirtualHost.domains', [routes(m => (host(m).domains = ['a.b']))], NO_WAY],
  [
    'VirtualHost.domains, absolute',
    [routes(m => (host(m).domains = host(m).domains.filter((d: string) => !d.endsWith('.'))))],
    NO_WAY,
    `http://${HOST}.:5000/hello`,
  ],
  [
    'RouteConfiguration.ignore_port_in_host_matching',
    [routes(m => (m.ignore_port_in_host_matching = false))],
    NO_WAY,
  ],
  [
    'VirtualHost.include_request_attempt_count',
    [routes(m => (host(m).include_request_attempt_count = false))],
    by(/attempt none/),
  ],
  ['RouteMatch.prefix', [routes(m => (host(m).routes[0].match.prefix = '/x'))], by(/404$/)],
  [
    'RouteAction.cluster',
    [routes(m => (action(m).cluster = 'BlackHoleCluster'))],
    by(/no healthy upstream 503$/),
  ],
  ['RouteAction.timeout', [routes(m => (action(m).timeout = { nanos: 1_000_000 }))], by(/timeout 504$/)],
  [
    'RetryPolicy.num_retries',
    [deadServer, routes(m => (action(m).retry_policy.num_retries = { value: 0 }))],
    by(/before headers\. reset reason.* 503$/),
  ],
  [
    'RetryPolicy.retry_on',
    [deadServer, routes(m => (action(m).retry_policy.retry_on = 'cancelled'))],
    by(/before headers\. reset reason.* 503$/),
  ],
  [
    'RetryPolicy.retry_on, refused',
    [routes(m => (action(m).retry_policy.retry_on = 'retriable-headers'))],
    refused(/retry_on retriable-headers/),
  ],
  ['RetryPolicy.retriable_status_codes', [retriesSuccess], by(/ attempt 3 .* 200$/)],
  [
    'RetryPolicy.retriable_status_codes, without the condition',
    [retriesSuccess, routes(m => (action(m).retry_policy.retry_on = 'connect-failure'))],
    by(/ attempt 1 .* 200$/),
  ],
  ['RetryPolicy.host_selection_retry_max_attempts', [oneDead, onceMore], localIn(77, 80), MANY],
  [
    'RetryPolicy.host_selection_retry_max_attempts, one',
    [oneDead, onceMore, routes(m => (action(m).retry_policy.host_selection_retry_max_attempts = 1))],
    localIn(60, 76),
    MANY,
  ],
  [
    'RetryPolicy.retry_host_predicate',
    [oneDead, onceMore, routes(m => (action(m).retry_policy.retry_host_predicate = []))],
    localIn(40, 68),
    MANY,
  ],
  // LDS of a server
  [
    'CertificateValidationContext of a server',
    [
      virtualInbound(m => {
        const { combined_validation_context: context } = mutual(m).common_tls_context;
        context.default_validation_context.match_subject_alt_names[0].prefix = 'spiffe://other/';
      }),
    ],
    NO_WAY,
  ],
  [
    'CommonTlsContext.alpn_protocols of a server',
    [virtualInbound(m => (mutual(m).common_tls_context.alpn_protocols = ['istio']))],
    ({ alpn, refusals }) => refusals.length === 0 && alpn === 'istio',
  ],
  [
    'DownstreamTlsContext.require_client_certificate',
    [virtualInbound(m => (mutual(m).require_client_certificate = {}))],
    refused(/client certificate/),
  ],
  [
    'FilterChainMatch.destination_port',
    [
      virtualInbound(m => {
        for (const chain of portChains(m)) chain.filter_chain_match.destination_port.value = 5001;
        for (const chain of m.filter_chains.slice(1))
          chain.filters.at(-1).typed_config.route_config = undefined;
      }),
    ],
    refused(/route_specifier/),
  ],
  [
    'HttpConnectionManager.route_config',
    [
      virtualInbound(m => {
        for (const chain of portChains(m))
          managerOf(chain).route_config.virtual_hosts[0].routes[0].route.cluster = 'BlackHoleCluster';
      }),
    ],
    by(/no healthy upstream 503$/),
  ],
  // a gateway
  [
    'FilterChainMatch.server_names',
    [gatewayListener(m => (sniChain(m).filter_chain_match.server_names = ['x.y']))],
    ONLY_V1,
  ],
  [
    'TcpProxy.cluster',
    [gatewayListener(m => (sniChain(m).filters.at(-1).typed_config.cluster = 'BlackHoleCluster'))],
    ONLY_V1,
  ],
  ['Listener.listener_filters of a gateway', [gatewayListener(m => (m.listener_filters = []))], ONLY_V1],
  ['Cluster.lb_policy of a gateway', [gatewayCluster(m => (m.lb_policy = 7))], refused(/POLICY_CONFIG/)],
];

t.test('changed fields of recorded resources', async t => {
  await using mesh = await RecordedMesh.start();
  const { local, alpn, ...healthy } = await mesh.observe([]);
  t.equal(local.of, 8);
  t.equal(alpn, 'http/1.1');
  t.match(healthy, {
    answers: [/^v1 from 127\.0\.0\.6 attempt 1 of spiffe:.* 200$/, /^v2 .* 200$/],
    refusals: [],
  });
  // By day every fifth row.
  for (const [field, edits, isExpected, url] of ROWS.filter((_, at) => isNightly || at % 5 === 0)) {
    const seen = await mesh.observe(edits, url);
    t.ok(isExpected(seen), `${field}: ${JSON.stringify(seen)}`);
  }
  const { answers, refusals } = await mesh.observe([]);
  t.strictSame({ answers, refusals }, healthy, 'and back');
});
