/**
 * How discovery travels: gRPC with Envoy's messages, on istiod's port 15012 with TLS and 15010 in clear. The
 * headers `authorization: Bearer <token>` and `clusterid` say who calls.
 */
import { isObject } from '../../../../base/untyped.ts';
import type * as ads from '../ads/messages.ts';
import type { Dialect } from '../dialect.ts';
import { resourceName } from '../envoy-v3/resource-name.ts';
import type { XdsNode } from '../node.ts';
import * as delta from '../proto/delta-discovery.ts';
import * as sotw from '../proto/discovery.ts';
import type { NodeMessage } from '../proto/node.ts';
import type { Json } from '../proto/well-known.ts';

const SERVICE = '/envoy.service.discovery.v3.AggregatedDiscoveryService';

/** The method of each dialect (envoy/service/discovery/v3/ads.proto@v1.30). */
export const DISCOVERY_METHODS: Readonly<Record<Dialect, string>> = {
  'state-of-the-world': `${SERVICE}/StreamAggregatedResources`,
  delta: `${SERVICE}/DeltaAggregatedResources`,
};

/** The method that signs certificates (istio.io/api security/v1alpha1/ca.proto). */
export const CREATE_CERTIFICATE = '/istio.v1.auth.IstioCertificateService/CreateCertificate';

/** A message of one dialect to bytes and back; a resource's body is the bytes of its message. */
export interface WireCodec<Request, Response> {
  encodeRequest(request: Request): Buffer;
  /** @throws Refusal in one line, for bytes that are no such message */
  decodeRequest(bytes: Uint8Array): Request;
  encodeResponse(response: Response): Buffer;
  /** @throws Refusal in one line, for bytes that are no such message */
  decodeResponse(bytes: Uint8Array): Response;
}

/** Messages of the state of the world. Its resources have no names on the wire: the body tells. */
export const STATE_OF_THE_WORLD_CODEC: WireCodec<ads.DiscoveryRequest, ads.DiscoveryResponse<Uint8Array>> = {
  encodeRequest: request =>
    bufferOf(sotw.encodeDiscoveryRequest({ ...request, node: request.node && messageOfNode(request.node) })),
  decodeRequest: bytes => {
    const { node, ...rest } = sotw.decodeDiscoveryRequest(bytes);
    return { ...rest, ...(node && { node: nodeOfMessage(node) }) };
  },
  encodeResponse: ({ resources, ...head }) =>
    bufferOf(
      sotw.encodeDiscoveryResponse({
        ...head,
        resources: resources.map(({ body, typeUrl = head.typeUrl }) => ({ typeUrl, value: body })),
        controlPlane: head.controlPlane ?? '',
      }),
    ),
  decodeResponse: bytes => {
    const { resources, controlPlane: _, ...head } = sotw.decodeDiscoveryResponse(bytes);
    return {
      ...head,
      resources: resources.map(({ value }) => ({ name: resourceName(value), version: '', body: value })),
    };
  },
};

/** Messages of delta. */
export const DELTA_CODEC: WireCodec<ads.DeltaDiscoveryRequest, ads.DeltaDiscoveryResponse<Uint8Array>> = {
  encodeRequest: ({ resourceNamesSubscribe, resourceNamesUnsubscribe, node, ...rest }) =>
    bufferOf(
      delta.encodeDeltaDiscoveryRequest({
        ...rest,
        node: node && messageOfNode(node),
        subscribe: resourceNamesSubscribe,
        unsubscribe: resourceNamesUnsubscribe,
      }),
    ),
  decodeRequest: bytes => {
    const { node, subscribe, unsubscribe, ...rest } = delta.decodeDeltaDiscoveryRequest(bytes);
    return {
      ...rest,
      resourceNamesSubscribe: subscribe,
      resourceNamesUnsubscribe: unsubscribe,
      ...(node && { node: nodeOfMessage(node) }),
    };
  },
  encodeResponse: ({ resources, ...head }) =>
    bufferOf(
      delta.encodeDeltaDiscoveryResponse({
        ...head,
        resources: resources.map(({ name, version, body, typeUrl = head.typeUrl }) => ({
          name,
          version,
          resource: { typeUrl, value: body },
        })),
        controlPlane: head.controlPlane ?? '',
      }),
    ),
  decodeResponse: bytes => {
    const { resources, controlPlane: _, ...head } = delta.decodeDeltaDiscoveryResponse(bytes);
    return {
      ...head,
      resources: resources.map(({ name, version, resource }) => ({
        name,
        version,
        body: resource?.value ?? new Uint8Array(),
      })),
    };
  },
};

/** The metadata's member that holds the pod's labels (pkg/model/proxy.go @1.30.3, NodeMetadata). */
const LABELS = 'LABELS';
/** That by which istiod tells proxies from questions (pilot/pkg/xds/statusgen.go @1.30.3, isProxy). */
const PROXY_CONFIG = 'PROXY_CONFIG';

function messageOfNode({ id, metadata, labels, proxyConfig }: XdsNode): NodeMessage {
  const [, , pod = ''] = id.split('~');
  const namespace = pod.slice(pod.lastIndexOf('.') + 1);
  return {
    id,
    cluster: `${labels['app'] ?? 'istio-proxy'}.${namespace}`,
    // Both were read from YAML or JSON.
    metadata: {
      ...metadata,
      [LABELS]: labels,
      ...(proxyConfig && { [PROXY_CONFIG]: proxyConfig as Readonly<Record<string, Json>> }),
    },
  };
}

/** A real agent's metadata has members that are no texts: their JSON stands for them. */
function nodeOfMessage({ id, metadata }: NodeMessage): XdsNode {
  const { [LABELS]: labels, [PROXY_CONFIG]: proxyConfig, ...rest } = metadata;
  return {
    id,
    metadata: textsOf(rest),
    labels: textsOf(labels),
    ...(isObject(proxyConfig) && { proxyConfig }),
  };
}

function textsOf(value: unknown): Readonly<Record<string, string>> {
  if (!isObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, typeof item === 'string' ? item : JSON.stringify(item)]),
  );
}

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
