/** EDS: the endpoints of a cluster to envoy.config.endpoint.v3.ClusterLoadAssignment and back. */

import { encodeMessage, type ProtoMessage } from '../proto/encode-message.ts';
import { Fields } from '../proto/fields.ts';
import { type OnNote, Refusal } from '../proto/refusal.ts';
import { objectOf, structOf, uint32Of, wrapped } from '../proto/well-known.ts';
import type { ClusterLoadAssignment, LbEndpoint } from '../resources.ts';
import { addressOf, readAddress } from './address.ts';
import { HARMLESS } from './harmless.ts';
import { TYPES } from './type-names.ts';

/** The metadata by which a cluster chooses its transport socket. */
const SOCKET_MATCH = 'envoy.transport_socket_match';
/** core.v3.HealthStatus: between them is DRAINING; UNKNOWN counts as healthy. */
const UNHEALTHY = 2;
const TIMEOUT = 4;
const DEGRADED = 5;

/** A locality of which no part is told. */
const NOWHERE = '//';

const SPEAKS_MTLS: ProtoMessage = {
  filter_metadata: { [SOCKET_MATCH]: structOf({ tlsMode: 'istio' }) },
};

/** Returns the bytes of envoy.config.endpoint.v3.ClusterLoadAssignment. */
export const encodeEndpoints = (assignment: ClusterLoadAssignment): Uint8Array =>
  encodeMessage(TYPES.endpoint, assignmentOf(assignment));

/** Returns the message that STATIC clusters have inside: localities of each priority, with their weights. */
export function assignmentOf({ clusterName, endpoints }: ClusterLoadAssignment): ProtoMessage {
  const localities = new Map<string, LbEndpoint[]>();
  for (const endpoint of endpoints) {
    const key = `${endpoint.priority ?? 0} ${endpoint.localityWeight ?? ''} ${endpoint.locality ?? ''}`;
    const others = localities.get(key);
    if (others) others.push(endpoint);
    else localities.set(key, [endpoint]);
  }
  const ordered = [...localities.values()].sort((a, b) => (a[0]?.priority ?? 0) - (b[0]?.priority ?? 0));
  return { cluster_name: clusterName, endpoints: ordered.map(localityOf) };
}

function localityOf(endpoints: readonly LbEndpoint[]): ProtoMessage {
  const { priority = 0, locality = '', localityWeight = sumOf(endpoints) } = endpoints[0] ?? {};
  const [region = '', zone = '', subZone = ''] = locality.split('/');
  return {
    locality: { region, zone, sub_zone: subZone },
    lb_endpoints: endpoints.map(lbEndpointOf),
    load_balancing_weight: wrapped(localityWeight),
    priority,
  };
}

const sumOf = (endpoints: readonly LbEndpoint[]): number =>
  Math.min(
    endpoints.reduce((sum, { weight }) => sum + weight, 0),
    2 ** 32 - 1,
  );

const lbEndpointOf = ({ address, port, weight, tlsMode, isHealthy }: LbEndpoint): ProtoMessage => ({
  endpoint: { address: addressOf(address, port) },
  health_status: isHealthy === false ? UNHEALTHY : undefined,
  metadata: tlsMode === 'istio' ? SPEAKS_MTLS : undefined,
  load_balancing_weight: wrapped(weight),
});

/**
 * Reads the endpoints of a cluster.
 * @throws Refusal, in one line, for what the simulated Envoy cannot execute
 */
export const decodeEndpoints = (bytes: Uint8Array, onNote: OnNote = () => {}): ClusterLoadAssignment =>
  Fields.read(TYPES.endpoint, bytes, { harmless: HARMLESS, onNote }, readAssignment);

/** Reads the message, by itself or inside a cluster. */
export const readAssignment = (fields: Fields): ClusterLoadAssignment => ({
  clusterName: fields.string('cluster_name'),
  endpoints: fields.messages('endpoints', readLocality).flat(),
});

function readLocality(fields: Fields): LbEndpoint[] {
  const priority = fields.number('priority');
  const locality = fields.message('locality', it =>
    ['region', 'zone', 'sub_zone'].map(part => it.string(part)).join('/'),
  );
  const weight = fields.message('load_balancing_weight', uint32Of) ?? 0;
  const endpoints = fields.messages('lb_endpoints', readEndpoint);
  const place = {
    ...(priority !== 0 && { priority }),
    ...(locality !== undefined && locality !== NOWHERE && { locality }),
    ...(weight !== sumOf(endpoints) && { localityWeight: weight }),
  };
  return Object.keys(place).length === 0 ? endpoints : endpoints.map(it => ({ ...it, ...place }));
}

function readEndpoint(fields: Fields): LbEndpoint {
  const health = fields.number('health_status');
  if (health === DEGRADED) throw new Refusal(`${fields.type}: health_status DEGRADED is not simulated`);
  const isUnhealthy = health >= UNHEALTHY && health <= TIMEOUT;
  const address = fields.message('endpoint', endpoint => endpoint.message('address', readAddress));
  if (!address) throw new Refusal(`${fields.type}: an endpoint without an address is not simulated`);
  return {
    ...address,
    weight: fields.message('load_balancing_weight', uint32Of) ?? 1,
    tlsMode: fields.message('metadata', readTlsMode) ?? 'disabled',
    ...(isUnhealthy && { isHealthy: false }),
  };
}

function readTlsMode(metadata: Fields): LbEndpoint['tlsMode'] {
  metadata.pass('typed_filter_metadata', 'no extension here asks for it');
  let tlsMode: LbEndpoint['tlsMode'] = 'disabled';
  for (const [name, values] of metadata.mapOf('filter_metadata', objectOf)) {
    if (name !== SOCKET_MATCH) {
      metadata.note(`filter_metadata ${name}`, 'it is for telemetry');
      continue;
    }
    for (const [key, value] of Object.entries(values)) {
      if (key === 'tlsMode' && value === 'istio') tlsMode = value;
      else if (key !== 'tlsMode') metadata.note(`${name} ${key}`, 'no cluster matches by it');
    }
  }
  return tlsMode;
}
