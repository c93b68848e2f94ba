/** The filters of a chain to listener.v3.Filter and back: the last one decides, those before it prepare. */

import type { ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { type OnNote, Refusal } from '../proto/refusal.ts';
import { anyOf, booleanOf, emptyAny, packedOf, typeOfUrl, wrapped } from '../proto/well-known.ts';
import type { Rbac } from '../rbac.ts';
import type { DiscoveredFilter, DiscoveredName, NetworkFilter } from '../resources.ts';
import { ADS, readAds } from './config-source.ts';
import { extensionOf, noImplementation } from './extensions.ts';
import { HARMLESS } from './harmless.ts';
import { pathOptionsOf, readPathOptions } from './path-options.ts';
import { httpRbacOf, networkRbacOf, readRbac } from './rbac.ts';
import { readRouteConfiguration, routeConfigurationOf } from './route.ts';
import { readTcpProxy, tcpProxyOf } from './tcp-proxy.ts';
import { TYPES } from './type-names.ts';

/** Protocol of the alpn filter (envoy/config/filter/http/alpn/v2alpha1/config.proto, istio/proxy@1.30.3). */
const HTTP_1_1 = 1;
/** What names of network filters begin with. */
const PREFIX = 'envoy.filters.network.';

/** HttpConnectionManager.ForwardClientCertDetails. */
const SANITIZE = 0;
const APPEND_FORWARD = 2;
/** What is said of a client (pilot/pkg/networking/core/listener_inbound.go @1.31). */
const CLIENT_CERTIFICATE: ProtoMessage = {
  forward_client_cert_details: APPEND_FORWARD,
  set_current_client_cert_details: { subject: { value: true }, dns: true, uri: true },
};

/** Returns listener.v3.Filter, one or two. */
export function filtersOf(filter: NetworkFilter): ProtoMessage[] {
  const { statPrefix } = filter;
  switch (filter.type) {
    case 'http_connection_manager':
      return [
        {
          name: 'envoy.filters.network.http_connection_manager',
          typed_config: anyOf(TYPES.connectionManager, {
            stat_prefix: statPrefix,
            rds: filter.rds === undefined ? undefined : { config_source: ADS, route_config_name: filter.rds },
            route_config: filter.routeConfig && routeConfigurationOf(filter.routeConfig),
            http_filters: [
              ...(filter.rbac ?? []).map(httpRbacOf),
              ...(filter.discovers ?? []).map(discoveryOf),
              ...(filter.alpn ? [alpnFilterOf(filter.alpn)] : []),
              { name: 'envoy.filters.http.router', typed_config: emptyAny(TYPES.router) },
            ],
            ...(filter.usesRemoteAddress && { use_remote_address: wrapped(true) }),
            ...(filter.trustedHops !== undefined && { xff_num_trusted_hops: filter.trustedHops }),
            ...(filter.forwardsClientCertificate && CLIENT_CERTIFICATE),
            ...(filter.paths && pathOptionsOf(filter.paths)),
          }),
        },
      ];
    case 'tcp_proxy':
      return [...(filter.rbac ?? []).map(networkRbacOf), tcpProxyOf(filter)];
    case 'sni_cluster_tcp_proxy':
      return [
        { name: 'envoy.filters.network.sni_cluster', typed_config: emptyAny(TYPES.sniCluster) },
        tcpProxyOf({ type: 'tcp_proxy', cluster: filter.fallbackCluster, statPrefix }),
      ];
  }
}

const discoveryOf = ({ name, types }: DiscoveredName): ProtoMessage => ({
  name,
  config_discovery: { config_source: ADS, type_urls: types.map(type => `type.googleapis.com/${type}`) },
});

const alpnFilterOf = (alpn: readonly string[]): ProtoMessage => ({
  name: 'istio.alpn',
  typed_config: anyOf(TYPES.alpnFilter, {
    alpn_override: [{ upstream_protocol: HTTP_1_1, alpn_override: alpn }],
  }),
});

/** What one filter of a chain is. */
type Part =
  | Exclude<NetworkFilter, { type: 'sni_cluster_tcp_proxy' }>
  | { readonly type: 'sni_cluster' }
  | { readonly type: 'rbac'; readonly rules: Rbac | undefined };

/**
 * Reads the filters of a chain.
 * @throws Refusal for a filter that is not simulated, and for a chain that does not end as it must
 */
export function readFilters(chain: Fields): NetworkFilter {
  const all = chain.messages('filters', readFilter).filter(part => part !== undefined);
  const rbac = all.flatMap(part => (part.type === 'rbac' && part.rules ? [part.rules] : []));
  const parts = all.filter(part => part.type !== 'rbac');
  const last = parts.at(-1);
  // source/common/config/utility.cc@v1.30, validateTerminalFilters
  if (!last) throw new Refusal(`${chain.type}: a chain without a filter that is executed is not simulated`);
  const before = parts.slice(0, -1);
  const terminal = before.find(({ type }) => type !== 'sni_cluster');
  if (terminal)
    throw new Refusal(
      `Error: terminal filter named ${PREFIX}${terminal.type} of type ${PREFIX}${terminal.type} ` +
        'must be the last filter in a network filter chain.',
    );
  if (last.type === 'sni_cluster')
    throw new Refusal(
      `Error: non-terminal filter named ${PREFIX}sni_cluster of type ${PREFIX}sni_cluster ` +
        'is the last filter in a network filter chain.',
    );
  if (rbac.length > 0 && (last.type !== 'tcp_proxy' || before.length > 0))
    throw new Refusal(`${chain.type}: network.rbac is simulated before one tcp_proxy only`);
  if (rbac.length > 0) return { ...last, rbac };
  if (before.length === 0) return last;
  if (last.type !== 'tcp_proxy' || !('cluster' in last) || before.length > 1)
    throw new Refusal(`${chain.type}: sni_cluster is simulated before one tcp_proxy only`);
  return { type: 'sni_cluster_tcp_proxy', fallbackCluster: last.cluster, statPrefix: last.statPrefix };
}

function readFilter(fields: Fields): Part | undefined {
  const extension = extensionOf(fields);
  if (!extension) return undefined;
  const { type, value } = extension.packed;
  switch (type) {
    case TYPES.connectionManager:
      return Fields.read(type, value, fields.reading, readConnectionManager);
    case TYPES.tcpProxy:
      return Fields.read(type, value, fields.reading, readTcpProxy);
    case TYPES.sniCluster:
      return Fields.read(type, value, fields.reading, () => ({ type: 'sni_cluster' }));
    case TYPES.networkRbac:
      return Fields.read(type, value, fields.reading, it => ({ type: 'rbac', rules: readRbac(it) }));
    default:
      return noImplementation(extension);
  }
}

function readConnectionManager(fields: Fields): Part {
  const rds = fields.message('rds', it => {
    it.message('config_source', readAds);
    return it.string('route_config_name');
  });
  const routeConfig = fields.message('route_config', readRouteConfiguration);
  fields.message('request_id_extension', extensionOf);
  const all = fields.messages('http_filters', readHttpFilter).filter(filter => filter !== undefined);
  const discovers = all.flatMap(filter => ('types' in filter ? [filter] : []));
  const filters = all.flatMap(filter => ('types' in filter ? [] : [filter]));
  const alpn = filters.find(filter => filter.type === TYPES.alpnFilter)?.alpn;
  const rbac = filters.flatMap(it => (it.type === TYPES.httpRbac && it.rules ? [it.rules] : []));
  const routers = filters.filter(filter => filter.type === TYPES.router);
  const last = all.at(-1);
  const paths = readPathOptions(fields);
  const hops = fields.number('xff_num_trusted_hops');
  if (routers.length !== 1 || !last || 'types' in last || last.type !== TYPES.router)
    throw new Refusal(`${fields.type}: one router must be the last filter in a http filter chain`);
  return {
    type: 'http_connection_manager',
    ...(rds !== undefined && { rds }),
    ...(routeConfig && { routeConfig }),
    statPrefix: fields.string('stat_prefix'),
    ...(fields.message('use_remote_address', booleanOf) && { usesRemoteAddress: true }),
    ...(hops > 0 && { trustedHops: hops }),
    ...(rbac.length > 0 && { rbac }),
    ...(alpn && { alpn }),
    ...(discovers.length > 0 && { discovers }),
    ...(readForwarding(fields) && { forwardsClientCertificate: true }),
    ...(paths && { paths }),
  };
}

/** @returns true for APPEND_FORWARD; every other way counts as SANITIZE, Envoy's own, and is noted */
function readForwarding(fields: Fields): boolean {
  const name = 'forward_client_cert_details';
  const way = fields.number(name);
  if (way !== SANITIZE && way !== APPEND_FORWARD)
    fields.note(name, 'a certificate is either appended or not forwarded');
  // The subject and the URI are always told, and the DNS names if there are any: Istio's have none.
  fields.message('set_current_client_cert_details', details => {
    details.message('subject', it => it.boolean('value'));
    for (const part of ['uri', 'dns']) details.boolean(part);
    for (const part of ['cert', 'chain']) details.pass(part, 'nobody here looks at a whole certificate');
  });
  return way === APPEND_FORWARD;
}

/** A filter of requests that is executed. */
type HttpFilter =
  | { readonly type: typeof TYPES.router }
  | { readonly type: typeof TYPES.httpRbac; readonly rules: Rbac | undefined }
  | { readonly type: typeof TYPES.alpnFilter; readonly alpn: readonly string[] | undefined };

/** Reads HttpFilter. @returns undefined for what is passed over */
function readHttpFilter(fields: Fields): HttpFilter | DiscoveredName | undefined {
  fields.pass('is_optional', 'each type of filter is known to be executed, passed over or refused');
  if (fields.boolean('disabled')) throw new Refusal(`${fields.type}: disabled is not simulated`);
  const types = fields.message('config_discovery', readDiscovery);
  return types ? { name: fields.string('name'), types } : readHttpExtension(fields);
}

/**
 * @returns full names of the messages that may come
 * @throws Refusal for a source or a default that is not simulated
 */
function readDiscovery(discovery: Fields): readonly string[] {
  if (!discovery.has('config_source'))
    throw new Refusal('ExtensionConfigSource.ConfigSource: value is required');
  discovery.message('config_source', readAds);
  if (discovery.has('default_config'))
    throw new Refusal(`${discovery.type}: default_config is not simulated`);
  discovery.pass('apply_default_config_without_warming', 'there is no default configuration');
  return discovery.strings('type_urls').map(typeOfUrl);
}

/**
 * Reads a filter of requests that has come by extension discovery.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export const decodeDiscoveredFilter = (bytes: Uint8Array, onNote: OnNote = () => {}): DiscoveredFilter =>
  Fields.read(TYPES.typedExtension, bytes, { harmless: HARMLESS, onNote }, fields => {
    const type = fields.message('typed_config', packedOf)?.type ?? '';
    const filter = readHttpExtension(fields);
    if (filter?.type === TYPES.router || filter?.type === TYPES.httpRbac)
      throw new Refusal(`${fields.type}: a ${type} by extension discovery is not simulated`);
    return { name: fields.string('name'), type, ...(filter?.alpn && { alpn: filter.alpn }) };
  });

/** @returns undefined for what is passed over */
function readHttpExtension(fields: Fields): HttpFilter | undefined {
  const extension = extensionOf(fields);
  if (!extension) return undefined;
  const { type, value } = extension.packed;
  switch (type) {
    case TYPES.router:
      return Fields.read(type, value, fields.reading, () => ({ type }));
    case TYPES.httpRbac:
      return Fields.read(type, value, fields.reading, it => ({ type, rules: readRbac(it) }));
    case TYPES.alpnFilter:
      return Fields.read(type, value, fields.reading, it => ({ type, alpn: readAlpn(it) }));
    default:
      return noImplementation(extension);
  }
}

/** Of upstreams that speak HTTP/1.1, which are all; undefined if they are not spoken of. */
function readAlpn(filter: Fields): readonly string[] | undefined {
  const overrides = filter.messages('alpn_override', it => ({
    protocol: it.number('upstream_protocol'),
    alpn: it.strings('alpn_override'),
  }));
  return overrides.find(({ protocol }) => protocol === HTTP_1_1)?.alpn;
}
