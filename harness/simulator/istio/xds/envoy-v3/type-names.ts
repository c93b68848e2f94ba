/** Full names of Envoy's messages (api/envoy @v1.30), and the type URLs of what is discovered. */

const FILTERS = 'envoy.extensions.filters';
const TLS = 'envoy.extensions.transport_sockets.tls.v3';

/** Messages that are sent by themselves or inside of a google.protobuf.Any. */
export const TYPES = {
  cluster: 'envoy.config.cluster.v3.Cluster',
  endpoint: 'envoy.config.endpoint.v3.ClusterLoadAssignment',
  listener: 'envoy.config.listener.v3.Listener',
  route: 'envoy.config.route.v3.RouteConfiguration',
  upstreamTls: `${TLS}.UpstreamTlsContext`,
  downstreamTls: `${TLS}.DownstreamTlsContext`,
  rawBuffer: 'envoy.extensions.transport_sockets.raw_buffer.v3.RawBuffer',
  connectionManager: `${FILTERS}.network.http_connection_manager.v3.HttpConnectionManager`,
  tcpProxy: `${FILTERS}.network.tcp_proxy.v3.TcpProxy`,
  sniCluster: `${FILTERS}.network.sni_cluster.v3.SniCluster`,
  router: `${FILTERS}.http.router.v3.Router`,
  originalDst: `${FILTERS}.listener.original_dst.v3.OriginalDst`,
  httpInspector: `${FILTERS}.listener.http_inspector.v3.HttpInspector`,
  tlsInspector: `${FILTERS}.listener.tls_inspector.v3.TlsInspector`,
  previousHosts: 'envoy.extensions.retry.host.previous_hosts.v3.PreviousHostsPredicate',
} as const;

/** The type URLs by which ADS asks, by the short name of the service. */
export const TYPE_URLS = {
  cds: `type.googleapis.com/${TYPES.cluster}`,
  eds: `type.googleapis.com/${TYPES.endpoint}`,
  lds: `type.googleapis.com/${TYPES.listener}`,
  rds: `type.googleapis.com/${TYPES.route}`,
  sds: `type.googleapis.com/${TLS}.Secret`,
  ecds: 'type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig',
  /** Istio's own (pkg/model/xds.go @1.30.3, NameTableType). */
  nds: 'type.googleapis.com/istio.networking.nds.v1.NameTable',
} as const;
