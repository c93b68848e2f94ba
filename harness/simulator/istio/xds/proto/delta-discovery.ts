/** The envelopes of ADS that tell differences only (envoy.service.discovery.v3, discovery.proto@v1.30). */
import {
  type AnyMessage,
  anyMessageOf,
  commonOf,
  type DiscoveryRequestMessage,
  encodeEnvelope,
  readAnyMessage,
  readCommon,
  readEnvelope,
} from './discovery.ts';
import type { Fields } from './fields.ts';
import type { OnNote } from './refusal.ts';

/** A proxy asks for resources by name, or answers a response. */
export interface DeltaDiscoveryRequestMessage
  extends Pick<DiscoveryRequestMessage, 'node' | 'typeUrl' | 'responseNonce' | 'errorDetail'> {
  readonly subscribe: readonly string[];
  readonly unsubscribe: readonly string[];
  /** Name → version of what a proxy has from an earlier stream. */
  readonly initialResourceVersions: Readonly<Record<string, string>>;
}

/** What changed, and the names of what is gone. */
export interface DeltaDiscoveryResponseMessage {
  readonly systemVersionInfo: string;
  readonly resources: readonly ResourceMessage[];
  readonly typeUrl: string;
  readonly removedResources: readonly string[];
  readonly nonce: string;
  readonly controlPlane: string;
}

/** A resource with its name and version. */
interface ResourceMessage {
  readonly name: string;
  readonly version: string;
  readonly resource?: AnyMessage | undefined;
}

/** Returns the bytes of a DeltaDiscoveryRequest. */
export const encodeDeltaDiscoveryRequest = (request: DeltaDiscoveryRequestMessage): Uint8Array =>
  encodeEnvelope('DeltaDiscoveryRequest', {
    ...commonOf(request),
    resource_names_subscribe: request.subscribe,
    resource_names_unsubscribe: request.unsubscribe,
    initial_resource_versions: request.initialResourceVersions,
  });

/** Reads a DeltaDiscoveryRequest. @throws Refusal for bytes that are none */
export const decodeDeltaDiscoveryRequest = (
  bytes: Uint8Array,
  onNote?: OnNote,
): DeltaDiscoveryRequestMessage =>
  readEnvelope(
    'DeltaDiscoveryRequest',
    bytes,
    fields => ({
      subscribe: fields.strings('resource_names_subscribe'),
      unsubscribe: fields.strings('resource_names_unsubscribe'),
      initialResourceVersions: fields.stringMap('initial_resource_versions'),
      ...readCommon(fields),
    }),
    onNote,
  );

/** Returns the bytes of a DeltaDiscoveryResponse. */
export const encodeDeltaDiscoveryResponse = (response: DeltaDiscoveryResponseMessage): Uint8Array =>
  encodeEnvelope('DeltaDiscoveryResponse', {
    system_version_info: response.systemVersionInfo,
    resources: response.resources.map(({ name, version, resource }) => ({
      name,
      version,
      resource: resource && anyMessageOf(resource),
    })),
    type_url: response.typeUrl,
    removed_resources: response.removedResources,
    nonce: response.nonce,
    control_plane: response.controlPlane === '' ? undefined : { identifier: response.controlPlane },
  });

/** Reads a DeltaDiscoveryResponse. @throws Refusal for bytes that are none */
export const decodeDeltaDiscoveryResponse = (
  bytes: Uint8Array,
  onNote?: OnNote,
): DeltaDiscoveryResponseMessage =>
  readEnvelope(
    'DeltaDiscoveryResponse',
    bytes,
    fields => ({
      systemVersionInfo: fields.string('system_version_info'),
      resources: fields.messages('resources', readResource),
      typeUrl: fields.string('type_url'),
      removedResources: fields.strings('removed_resources'),
      nonce: fields.string('nonce'),
      controlPlane: fields.message('control_plane', it => it.string('identifier')) ?? '',
    }),
    onNote,
  );

function readResource(fields: Fields): ResourceMessage {
  const resource = fields.message('resource', readAnyMessage);
  return {
    name: fields.string('name'),
    version: fields.string('version'),
    ...(resource && { resource }),
  };
}
