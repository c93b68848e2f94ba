/** Full names of Envoy's messages (api/envoy @v1.30). */

const FILTERS = 'envoy.extensions.filters';
const TLS = 'envoy.extensions.transport_sockets.tls.v3';

/** Messages that are sent by themselves or inside of a google.protobuf.Any. */
export const TYPES = {
  cluster: 'envoy.config.cluster.v3.Cluster',
  endpoint: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'envoy.config.listener.v3.Listener',
  route: 'envoy.config.route.v3.RouteConfiguration',
  typedExtension: 'envoy.config.core.v3.TypedExtensionConfig',
  upstreamTls: `${TLS}.UpstreamTlsContext`,
  downstreamTls: `${TLS}.DownstreamTlsContext`,
  rawBuffer: 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
  connectionManager: `${FILTERS}.network.http_connection_manager.v3.HttpConnectionManager`,
  tcpProxy: `${FILTERS}.network.tcp_proxy.v3.TcpProxy`,
  sniCluster: `${FILTERS}.network.sni_cluster.v3.SniCluster`,
  httpRbac: `${FILTERS}.http.rbac.v3.RBAC`,
  networkRbac: `${FILTERS}.network.rbac.v3.RBAC`,
  corsPolicy: `${FILTERS}.http.cors.v3.CorsPolicy`,
  fault: `${FILTERS}.http.fault.v3.HTTPFault`,
  router: `${FILTERS}.http.router.v3.Router`,
  originalDst: `${FILTERS}.listener.original_dst.v3.OriginalDst`,
  httpInspector: `${FILTERS}.listener.http_inspector.v3.HttpInspector`,
  tlsInspector: `${FILTERS}.listener.tls_inspector.v3.TlsInspector`,
  alpnFilter: 'istio.envoy.config.filter.http.alpn.v2alpha1.FilterConfig',
  httpOptions: 'envoy.extensions.upstreams.http.v3.HttpProtocolOptions',
  pathTemplate: 'envoy.extensions.path.match.uri_template.v3.UriTemplateMatchConfig',
  previousHosts: 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
} as const;
