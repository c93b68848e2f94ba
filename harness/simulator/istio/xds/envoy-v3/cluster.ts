/** CDS: a cluster to envoy.config.cluster.v3.Cluster and back. */

import { encodeMessage, type ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { type OnNote, Refusal } from '../proto/refusal.ts';
import { durationOf, millisecondsOf, objectOf, structOf } from '../proto/well-known.ts';
import type { Cluster, UpstreamTls } from '../resources.ts';
import { circuitBreakersOf, readCircuitBreakers } from './circuit-breakers.ts';
import { ADS, readAds } from './config-source.ts';
import { assignmentOf, readAssignment } from './endpoint.ts';
import { HARMLESS } from './harmless.ts';
import { type HttpOptions, httpOptionsOf, readHttpOptions } from './http-options.ts';
import { hashConfigOf, numberOf, policyOf, readHashSize } from './lb-policy.ts';
import { outlierDetectionOf, readOutlierDetection } from './outlier-detection.ts';
import { clusterMetadataOf, readClusterMetadata } from './rule-metadata.ts';
import { RAW_BUFFER, readUpstreamSocket, upstreamSocketOf } from './transport-socket.ts';
import { TYPES } from './type-names.ts';

type SocketMatch = NonNullable<Cluster['transportSocketMatches']>[number];

/** Cluster.DiscoveryType, by number. */
const DISCOVERY_TYPES = ['STATIC', 'STRICT_DNS', 'LOGICAL_DNS', 'EDS', 'ORIGINAL_DST'] as const;
/** Cluster.DnsLookupFamily. */
const V4_ONLY = 1;
/** Envoy's, where a cluster has none: core/v3 Cluster.connect_timeout. */
const DEFAULT_CONNECT_TIMEOUT_MS = 5000;
/** What mTLS is named that does not depend on the endpoint: Envoy has no name for it. */
const UNCONDITIONAL = 'istio-mutual';

/** Returns the bytes of envoy.config.cluster.v3.Cluster. */
export function encodeCluster(cluster: Cluster): Uint8Array {
  const { name, type, lbPolicy, connectTimeoutMs, loadAssignment, transportSocketMatches } = cluster;
  const { sourceAddress, limits, outlierDetection, dnsRefreshMs } = cluster;
  return encodeMessage(TYPES.cluster, {
    name,
    type: DISCOVERY_TYPES.indexOf(type),
    eds_cluster_config: type === 'EDS' ? { eds_config: ADS, service_name: name } : undefined,
    connect_timeout: durationOf(connectTimeoutMs),
    lb_policy: numberOf(lbPolicy),
    ...hashConfigOf(cluster),
    ...(dnsRefreshMs !== undefined && {
      dns_refresh_rate: durationOf(dnsRefreshMs),
      dns_lookup_family: V4_ONLY,
      respect_dns_ttl: true,
    }),
    load_assignment: loadAssignment && assignmentOf(loadAssignment),
    upstream_bind_config:
      sourceAddress === undefined ? undefined : { source_address: { address: sourceAddress, port_value: 0 } },
    common_lb_config: commonLbOf(cluster),
    circuit_breakers: limits && circuitBreakersOf(limits),
    outlier_detection: outlierDetection && outlierDetectionOf(outlierDetection),
    typed_extension_protocol_options: httpOptionsOf(cluster),
    ...(transportSocketMatches && socketsOf(transportSocketMatches)),
    ...clusterMetadataOf(cluster),
  });
}

function commonLbOf({ panicThreshold, isLocalityWeighted }: Cluster): ProtoMessage | undefined {
  if (panicThreshold === undefined && !isLocalityWeighted) return undefined;
  return {
    ...(panicThreshold !== undefined && {
      healthy_panic_threshold: { value: panicThreshold },
    }),
    ...(isLocalityWeighted && { locality_weighted_lb_config: {} }),
  };
}

function socketsOf(matches: readonly SocketMatch[]): ProtoMessage {
  const [first] = matches;
  if (matches.length === 1 && first?.name === UNCONDITIONAL && first.tls && !first.match.tlsMode)
    return { transport_socket: upstreamSocketOf(first.tls) };
  return {
    transport_socket_matches: matches.map(({ name, match, tls }) => ({
      name,
      match: structOf(match.tlsMode === undefined ? {} : { tlsMode: match.tlsMode }),
      transport_socket: tls ? upstreamSocketOf(tls) : RAW_BUFFER,
    })),
  };
}

/**
 * Reads a cluster.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export const decodeCluster = (bytes: Uint8Array, onNote: OnNote = () => {}): Cluster =>
  Fields.read(TYPES.cluster, bytes, { harmless: HARMLESS, onNote }, readCluster);

function readCluster(fields: Fields): Cluster {
  const name = fields.string('name');
  const type = typeOf(fields, name);
  const loadAssignment = fields.message('load_assignment', readAssignment);
  const matches = fields.messages('transport_socket_matches', readSocketMatch);
  const sourceAddress = fields.message('upstream_bind_config', readSource);
  const commonLb = fields.message('common_lb_config', readCommonLb);
  const limits = readCircuitBreakers(fields);
  const outlierDetection = fields.message('outlier_detection', readOutlierDetection);
  const httpOptions: HttpOptions = readHttpOptions(fields);
  const lbPolicy = policyOf(fields, name);
  const dnsRefreshMs = readDnsRefresh(fields);
  const unconditional = fields.message('transport_socket', readUpstreamSocket);
  // Where no match fits, it is the cluster's own socket: a last match that always fits.
  if (unconditional) matches.push({ name: UNCONDITIONAL, match: {}, tls: unconditional });
  return {
    name,
    type,
    lbPolicy,
    ...readHashSize(fields, lbPolicy),
    connectTimeoutMs: fields.message('connect_timeout', millisecondsOf) ?? DEFAULT_CONNECT_TIMEOUT_MS,
    ...(limits && { limits }),
    ...httpOptions,
    ...(outlierDetection && { outlierDetection }),
    ...(loadAssignment && { loadAssignment }),
    ...(dnsRefreshMs !== undefined && { dnsRefreshMs }),
    ...(sourceAddress !== undefined && { sourceAddress }),
    ...commonLb,
    ...readClusterMetadata(fields),
    ...(matches.length > 0 && { transportSocketMatches: matches }),
  };
}

function readSource(bind: Fields): string | undefined {
  return bind.message('source_address', source => {
    if (source.number('port_value') !== 0) throw new Refusal(`${bind.type}: only port 0 is simulated`);
    return source.string('address');
  });
}

function readCommonLb(common: Fields): Pick<Cluster, 'panicThreshold' | 'isLocalityWeighted'> {
  const panicThreshold = common.message('healthy_panic_threshold', percent => percent.number('value'));
  const isLocalityWeighted = common.message('locality_weighted_lb_config', () => true as const);
  return {
    ...(panicThreshold !== undefined && { panicThreshold }),
    ...(isLocalityWeighted && { isLocalityWeighted }),
  };
}

function typeOf(fields: Fields, name: string): Cluster['type'] {
  const type = DISCOVERY_TYPES[fields.number('type')];
  const service = fields.message('eds_cluster_config', eds => {
    eds.message('eds_config', readAds);
    return eds.string('service_name');
  });
  switch (type) {
    case 'EDS':
      // source/common/upstream/cluster_factory_impl.cc@v1.30
      if (service === undefined)
        throw new Refusal(`cannot create an EDS cluster without an EDS config: '${name}'`);
      if (service !== '' && service !== name)
        throw new Refusal(`cluster '${name}': a service_name of its own ('${service}') is not simulated`);
      return type;
    case 'STATIC':
    case 'STRICT_DNS':
    case 'LOGICAL_DNS':
    case 'ORIGINAL_DST':
      if (service !== undefined) throw new Refusal(`cannot set EDS config in a non-EDS cluster: '${name}'`);
      return type;
    default:
      throw new Refusal('Cluster.Type: value must be one of the defined enum values');
  }
}

/** Names have IPv4 addresses only, and are looked up at the cluster's rate. */
function readDnsRefresh(fields: Fields): number | undefined {
  fields.number('dns_lookup_family');
  fields.pass('respect_dns_ttl', 'names are looked up at the rate that the cluster has');
  return fields.message('dns_refresh_rate', millisecondsOf);
}

function readSocketMatch(fields: Fields): SocketMatch {
  const name = fields.string('name');
  const criteria = Object.entries(fields.message('match', objectOf) ?? {});
  const [wanted] = criteria;
  const isTlsMode = wanted?.[0] === 'tlsMode' && wanted[1] === 'istio';
  if (criteria.length > 1 || (wanted && !isTlsMode))
    throw new Refusal(`transport_socket_matches ${name}: only tlsMode istio is simulated as a match`);
  const tls: UpstreamTls | undefined = fields.message('transport_socket', readUpstreamSocket);
  return { name, match: isTlsMode ? { tlsMode: 'istio' } : {}, ...(tls && { tls }) };
}
