/**
 * What Envoy runs in the form of `/config_dump`: JSON with the field names of Envoy's protos. A resource is
 * written as it travels, so that nothing is shown that a proxy could not have been told, and nothing of what
 * it executes is left out.
 */
import { CODECS } from '../../xds/envoy-v3/resource-codecs.ts';
import { TYPES } from '../../xds/envoy-v3/type-names.ts';
import { type JsonObject, messageJson } from '../../xds/proto/message-json.ts';
import type { ResourcesByType, ResourceType } from '../../xds/resources.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { anyOf, socketAddress } from './protobuf-json.ts';

/** Writes a resource as a `google.protobuf.Any` of its type. */
export function resourceAny<T extends ResourceType>(
  type: T,
  resource: ResourcesByType[T][number],
): JsonObject {
  const codec: (typeof CODECS)[T] = CODECS[type];
  const name = TYPES[type];
  return { '@type': `type.googleapis.com/${name}`, ...messageJson(name, codec.encode(resource)) };
}

/** @returns an `envoy.config.endpoint.v3.ClusterLoadAssignment`; Envoy calls every host here healthy */
export function endpointsOf({ name, hosts }: UpstreamCluster) {
  return anyOf('config.endpoint.v3.ClusterLoadAssignment', {
    cluster_name: name,
    endpoints: [
      {
        locality: {},
        lb_endpoints: hosts.map(host => ({
          endpoint: { address: socketAddress(host.address, host.port) },
          health_status: 'HEALTHY',
          metadata: {
            filter_metadata: {
              ...(host.tlsMode === 'istio' && { 'envoy.transport_socket_match': { tlsMode: host.tlsMode } }),
            },
          },
          load_balancing_weight: host.weight,
        })),
      },
    ],
  });
}
