/**
 * The types of resources by their URLs, and what the protocol knows about each
 * (pilot/pkg/xds/v3/model.go @1.8.0).
 */

const PREFIX = 'type.googleapis.com/';

/** Short name → type URL, as Envoy 1.16 (v3 API) and later write them. */
export const TYPE_URLS = {
  cds: `${PREFIX}envoy.config.cluster.v3.Cluster`,
  eds: `${PREFIX}envoy.config.endpoint.v3.ClusterLoadAssignment`,
  lds: `${PREFIX}envoy.config.listener.v3.Listener`,
  rds: `${PREFIX}envoy.config.route.v3.RouteConfiguration`,
  sds: `${PREFIX}envoy.extensions.transport_sockets.tls.v3.Secret`,
  ecds: `${PREFIX}envoy.config.core.v3.TypedExtensionConfig`,
  nds: `${PREFIX}istio.networking.nds.v1.NameTable`,
  pcds: `${PREFIX}istio.mesh.v1alpha1.ProxyConfig`,
} as const;

/**
 * What people ask istiod about, on streams of their own: any of its debug pages by name, the proxies and how
 * far they are, what a proxy is sent (`DebugType`, pilot/pkg/xds/v3/model.go @1.30.3).
 */
export const DEBUG_TYPE_URLS = {
  page: 'istio.io/debug',
  sync: 'istio.io/debug/syncz',
  configDump: 'istio.io/debug/config_dump',
} as const;

/** A subscription to all of a type, written out (the xDS protocol, "Wildcard subscriptions"). */
export const WILDCARD = '*';

/** Types without a wildcard: no name means no resource. */
const BY_NAME: ReadonlySet<string> = new Set([TYPE_URLS.eds, TYPE_URLS.rds, TYPE_URLS.sds, TYPE_URLS.ecds]);

/**
 * Says whether a subscription without names means all resources of the type: so it is for CDS, LDS and all
 * of Istio's own types, NDS among them (`IsWildcardTypeURL`, pkg/xds @1.30.3).
 */
export const isWildcardType = (typeUrl: string): boolean => !BY_NAME.has(typeUrl);

/** `PushOrder`, pilot/pkg/xds/ads.go: a proxy needs clusters before it can use what names them. */
const PUSH_ORDER: readonly string[] = [
  TYPE_URLS.cds,
  TYPE_URLS.eds,
  TYPE_URLS.lds,
  TYPE_URLS.rds,
  TYPE_URLS.sds,
];

/** Sorts type URLs as a push sends them: types that the order does not know come last, as they came. */
export function inPushOrder(typeUrls: Iterable<string>): readonly string[] {
  const rest = new Set(typeUrls);
  const known = PUSH_ORDER.filter(typeUrl => rest.delete(typeUrl));
  return [...known, ...rest];
}
