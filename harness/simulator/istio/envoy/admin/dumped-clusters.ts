/**
 * Clusters and their endpoints in the form of `/config_dump`: JSON with the field names of Envoy's protos.
 */
import type { Cluster, UpstreamTls } from '../../xds/resources.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { anyOf, seconds, socketAddress } from './protobuf-json.ts';

/** Writes a cluster as an `envoy.config.cluster.v3.Cluster`. */
export function clusterOf(cluster: Cluster) {
  return anyOf('config.cluster.v3.Cluster', {
    name: cluster.name,
    type: cluster.type,
    ...(cluster.type === 'EDS' && {
      eds_cluster_config: { eds_config: { ads: {} }, service_name: cluster.name },
    }),
    connect_timeout: seconds(cluster.connectTimeoutMs),
    lb_policy: cluster.lbPolicy,
    ...(cluster.sourceAddress !== undefined && {
      upstream_bind_config: { source_address: { address: cluster.sourceAddress, port_value: 0 } },
    }),
    ...(cluster.panicThreshold !== undefined && {
      common_lb_config: {
        healthy_panic_threshold: cluster.panicThreshold === 0 ? {} : { value: cluster.panicThreshold },
      },
    }),
    ...(cluster.loadAssignment &&
      cluster.loadAssignment.endpoints.length > 0 && {
        load_assignment: {
          cluster_name: cluster.name,
          endpoints: [
            {
              lb_endpoints: cluster.loadAssignment.endpoints.map(({ address, port, weight }) => ({
                endpoint: { address: socketAddress(address, port) },
                load_balancing_weight: weight,
              })),
            },
          ],
        },
      }),
    ...(cluster.transportSocketMatches && {
      transport_socket_matches: cluster.transportSocketMatches.map(({ name, match, tls }) => ({
        name,
        match: match.tlsMode === undefined ? {} : { tlsMode: match.tlsMode },
        transport_socket: tls ? upstreamTlsOf(tls) : RAW_BUFFER,
      })),
    }),
  });
}

const RAW_BUFFER = {
  name: 'envoy.transport_sockets.raw_buffer',
  typed_config: anyOf('extensions.transport_sockets.raw_buffer.v3.RawBuffer', {}),
};

const upstreamTlsOf = ({ sni, alpn, matchSubjectAltNames }: UpstreamTls) => ({
  name: 'envoy.transport_sockets.tls',
  typed_config: anyOf('extensions.transport_sockets.tls.v3.UpstreamTlsContext', {
    sni,
    common_tls_context: {
      alpn_protocols: alpn,
      tls_certificate_sds_secret_configs: [{ name: 'default' }],
      combined_validation_context: {
        default_validation_context: {
          match_subject_alt_names: matchSubjectAltNames.map(exact => ({ exact })),
        },
        validation_context_sds_secret_config: { name: 'ROOTCA' },
      },
    },
  }),
});

/** @returns an `envoy.config.endpoint.v3.ClusterLoadAssignment`; Envoy calls every host here healthy */
export function endpointsOf({ name, hosts }: UpstreamCluster) {
  return anyOf('config.endpoint.v3.ClusterLoadAssignment', {
    cluster_name: name,
    endpoints: [
      {
        locality: {},
        lb_endpoints: hosts.map(host => ({
          endpoint: { address: socketAddress(host.address, host.port) },
          health_status: host.isHealthy ? 'HEALTHY' : 'UNHEALTHY',
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
