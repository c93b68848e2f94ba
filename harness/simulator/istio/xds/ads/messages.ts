/**
 * The messages of aggregated discovery, without bytes (envoy/service/discovery/v3/discovery.proto). A field
 * that protobuf would leave out is empty here, except where absence has a meaning.
 */
import type { XdsNode } from '../node.ts';

/** One resource as it travels. */
export interface Resource<B> {
  readonly name: string;
  /**
   * Another text for another body: a hash of the content, or a counter that never goes back within one
   * stream. On the wire only delta has it; a client of the state of the world reads an empty text.
   */
  readonly version: string;
  /** The wire decides what this is: bytes there. The protocol never looks inside. */
  readonly body: B;
  /** The type of the body, where it is another than the response's: so it is with debug types. */
  readonly typeUrl?: string;
}

/** google.rpc.Status, of a refusal. */
export interface ErrorDetail {
  /** A gRPC code; Envoy gives 13 (`INTERNAL`). */
  readonly code: number;
  readonly message: string;
}

/** What requests of both dialects have. */
interface AnyRequest {
  /** `type.googleapis.com/envoy.config.cluster.v3.Cluster` */
  readonly typeUrl: string;
  /** In the first request of a stream only (`set_node_on_first_message_only` in Istio's bootstrap). */
  readonly node?: XdsNode | undefined;
  /** Of the response that this answers; the last one of the type in a state of the world. */
  readonly responseNonce: string;
  /** Present: the response is refused (NACK). */
  readonly errorDetail?: ErrorDetail | undefined;
}

/** A proxy's message in the state of the world: the whole subscription of a type, each time. */
export interface DiscoveryRequest extends AnyRequest {
  /** What the proxy runs: the version of the last response that it accepted, over all streams. */
  readonly versionInfo: string;
  /** Empty for all of a wildcard type; empty for none of another. */
  readonly resourceNames: readonly string[];
}

/** istiod's message in the state of the world. */
export interface DiscoveryResponse<B> {
  readonly typeUrl: string;
  readonly versionInfo: string;
  readonly nonce: string;
  readonly resources: readonly Resource<B>[];
  /** Who answers, in JSON; absent with most types. */
  readonly controlPlane?: string;
}

/** A proxy's message in delta: changes of its subscription, or an answer to a response. */
export interface DeltaDiscoveryRequest extends AnyRequest {
  /** In the first request of a type, none means all; so does `*`. */
  readonly resourceNamesSubscribe: readonly string[];
  readonly resourceNamesUnsubscribe: readonly string[];
  /** In the first request of a type on a new stream: what the proxy still has, name → version. */
  readonly initialResourceVersions: Readonly<Record<string, string>>;
}

/** istiod's message in delta: what is new or different, and what is gone. */
export interface DeltaDiscoveryResponse<B> {
  readonly typeUrl: string;
  /** For people only: versions of delta belong to resources. */
  readonly systemVersionInfo: string;
  readonly nonce: string;
  readonly resources: readonly Resource<B>[];
  /** Names that were subscribed to and do not exist, or no longer. */
  readonly removedResources: readonly string[];
  /** Who answers, in JSON; absent with most types. */
  readonly controlPlane?: string;
}
