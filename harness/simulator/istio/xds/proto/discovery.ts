/**
 * The envelopes of ADS, state of the world and delta (envoy.service.discovery.v3, discovery.proto@v1.30).
 * What is absent is `''` or an empty list, as in protobuf.
 */

import { encodeMessage, type ProtoMessage } from './encode-message.ts';
import { Fields, type Reading } from './fields.ts';
import { type NodeMessage, nodeOf, readNode } from './node.ts';
import type { OnNote } from './refusal.ts';

const PACKAGE = 'envoy.service.discovery.v3';

/** google.rpc.Status: why a response is refused. */
interface StatusMessage {
  /** google.rpc.Code, as gRPC's: 13 is internal. */
  readonly code: number;
  readonly message: string;
}

/** google.protobuf.Any: a resource with its type. */
export interface AnyMessage {
  readonly typeUrl: string;
  readonly value: Uint8Array;
}

/** A proxy asks for all resources of a type, or answers a response. */
export interface DiscoveryRequestMessage {
  readonly versionInfo: string;
  readonly node?: NodeMessage | undefined;
  readonly resourceNames: readonly string[];
  readonly typeUrl: string;
  readonly responseNonce: string;
  readonly errorDetail?: StatusMessage | undefined;
}

/** All resources of a type. */
export interface DiscoveryResponseMessage {
  readonly versionInfo: string;
  readonly resources: readonly AnyMessage[];
  readonly typeUrl: string;
  readonly nonce: string;
  /** `identifier` of core.v3.ControlPlane: istiod says there who it is, in JSON. */
  readonly controlPlane: string;
}

/** Harmless here: what istiod and Envoy do not heed in each other's envelopes. */
const HARMLESS: Reading['harmless'] = {
  [`${PACKAGE}.DiscoveryRequest`]: { resource_locators: 'istiod heeds names only' },
  [`${PACKAGE}.DiscoveryResponse`]: { canary: 'Envoy does not heed it' },
  [`${PACKAGE}.DeltaDiscoveryRequest`]: {
    resource_locators_subscribe: 'istiod heeds names only',
    resource_locators_unsubscribe: 'istiod heeds names only',
  },
  [`${PACKAGE}.DeltaDiscoveryResponse`]: { removed_resource_names: 'istiod sends removed_resources' },
  [`${PACKAGE}.Resource`]: {
    aliases: 'resources are asked for by their names',
    resource_name: 'resources are asked for by their names',
    ttl: 'resources do not end by themselves',
    cache_control: 'there is no cache between istiod and a proxy',
    metadata: 'Envoy does not heed it',
  },
  'envoy.config.core.v3.Node': {
    user_agent_version: 'istiod heeds the metadata',
    user_agent_build_version: 'istiod heeds the metadata',
    extensions: 'istiod heeds the metadata',
    client_features: 'istiod heeds the metadata',
    listening_addresses: 'istiod heeds the metadata',
    dynamic_parameters: 'istiod heeds the metadata',
  },
  'google.rpc.Status': { details: 'the message says it' },
};

const reading = (onNote: OnNote = () => {}): Reading => ({ harmless: HARMLESS, onNote });

/** Returns google.protobuf.Any. */
export const anyMessageOf = ({ typeUrl, value }: AnyMessage): ProtoMessage => ({ type_url: typeUrl, value });
/** Reads google.protobuf.Any. */
export const readAnyMessage = (any: Fields): AnyMessage => ({
  typeUrl: any.string('type_url'),
  value: any.bytes('value'),
});

const statusOf = ({ code, message }: StatusMessage): ProtoMessage => ({ code, message });
const readStatus = (status: Fields): StatusMessage => ({
  code: status.number('code'),
  message: status.string('message'),
});

/** Returns what requests of both kinds have in common. */
export const commonOf = (
  request: Pick<DiscoveryRequestMessage, 'node' | 'typeUrl' | 'responseNonce' | 'errorDetail'>,
): ProtoMessage => ({
  node: request.node && nodeOf(request.node),
  type_url: request.typeUrl,
  response_nonce: request.responseNonce,
  error_detail: request.errorDetail && statusOf(request.errorDetail),
});

/** Reads what requests of both kinds have in common. */
export function readCommon(fields: Fields) {
  const node = fields.message('node', readNode);
  const errorDetail = fields.message('error_detail', readStatus);
  return {
    ...(node && { node }),
    typeUrl: fields.string('type_url'),
    responseNonce: fields.string('response_nonce'),
    ...(errorDetail && { errorDetail }),
  };
}

/** Reads a message of discovery.proto by its name in there. @throws Refusal for bytes that are none */
export const readEnvelope = <T>(
  name: string,
  bytes: Uint8Array,
  read: (fields: Fields) => T,
  onNote?: OnNote,
): T => Fields.read(`${PACKAGE}.${name}`, bytes, reading(onNote), read);

/** Encodes a message of discovery.proto by its name in there. */
export const encodeEnvelope = (name: string, message: ProtoMessage): Uint8Array =>
  encodeMessage(`${PACKAGE}.${name}`, message);

/** Returns the bytes of a DiscoveryRequest. */
export const encodeDiscoveryRequest = (request: DiscoveryRequestMessage): Uint8Array =>
  encodeEnvelope('DiscoveryRequest', {
    ...commonOf(request),
    version_info: request.versionInfo,
    resource_names: request.resourceNames,
  });

/** Reads a DiscoveryRequest. @throws Refusal for bytes that are none */
export const decodeDiscoveryRequest = (bytes: Uint8Array, onNote?: OnNote): DiscoveryRequestMessage =>
  readEnvelope(
    'DiscoveryRequest',
    bytes,
    fields => ({
      versionInfo: fields.string('version_info'),
      resourceNames: fields.strings('resource_names'),
      ...readCommon(fields),
    }),
    onNote,
  );

/** Returns the bytes of a DiscoveryResponse. */
export const encodeDiscoveryResponse = (response: DiscoveryResponseMessage): Uint8Array =>
  encodeEnvelope('DiscoveryResponse', {
    version_info: response.versionInfo,
    resources: response.resources.map(anyMessageOf),
    type_url: response.typeUrl,
    nonce: response.nonce,
    control_plane: response.controlPlane === '' ? undefined : { identifier: response.controlPlane },
  });

/** Reads a DiscoveryResponse. @throws Refusal for bytes that are none */
export const decodeDiscoveryResponse = (bytes: Uint8Array, onNote?: OnNote): DiscoveryResponseMessage =>
  readEnvelope(
    'DiscoveryResponse',
    bytes,
    fields => ({
      versionInfo: fields.string('version_info'),
      resources: fields.messages('resources', readAnyMessage),
      typeUrl: fields.string('type_url'),
      nonce: fields.string('nonce'),
      controlPlane: fields.message('control_plane', it => it.string('identifier')) ?? '',
    }),
    onNote,
  );
