/** The filter that passes bytes on, to tcp_proxy.v3.TcpProxy and back. */
import type { ProtoMessage } from '../proto/encode-message.ts';
import type { Fields } from '../proto/fields.ts';
import { Refusal } from '../proto/refusal.ts';
import { anyOf } from '../proto/well-known.ts';
import type { TcpProxy } from '../resources.ts';
import { TYPES } from './type-names.ts';

/** Returns listener.v3.Filter. */
export const tcpProxyOf = (proxy: TcpProxy): ProtoMessage => ({
  name: 'envoy.filters.network.tcp_proxy',
  typed_config: anyOf(TYPES.tcpProxy, {
    stat_prefix: proxy.statPrefix,
    ...('cluster' in proxy
      ? { cluster: proxy.cluster }
      : {
          weighted_clusters: {
            clusters: proxy.weightedClusters.map(({ cluster, weight }) => ({ name: cluster, weight })),
          },
        }),
    ...(proxy.hashesSource && { hash_policy: [{ source_ip: {} }] }),
  }),
});

/** Reads tcp_proxy.v3.TcpProxy. @throws Refusal for targets and hashes that are not simulated */
export function readTcpProxy(fields: Fields): TcpProxy {
  const hashes = fields.messages('hash_policy', readHash);
  const proxy = {
    type: 'tcp_proxy',
    statPrefix: fields.string('stat_prefix'),
    ...(hashes.length > 0 && ({ hashesSource: true } as const)),
  } as const;
  const weightedClusters = fields.message('weighted_clusters', it => it.messages('clusters', readWeight));
  // PGV in api/envoy/extensions/filters/network/tcp_proxy/v3/tcp_proxy.proto@v1.30
  if (weightedClusters?.length === 0)
    throw new Refusal('WeightedCluster.Clusters: value must contain at least 1 item(s)');
  if (weightedClusters) return { ...proxy, weightedClusters };
  if (!fields.has('cluster'))
    throw new Refusal(`${fields.type}: only cluster and weighted_clusters are simulated as a target`);
  return { ...proxy, cluster: fields.string('cluster') };
}

function readWeight(fields: Fields): { readonly cluster: string; readonly weight: number } {
  const weight = fields.number('weight');
  if (weight < 1) throw new Refusal('ClusterWeight.Weight: value must be greater than or equal to 1');
  return { cluster: fields.string('name'), weight };
}

function readHash(fields: Fields): true {
  const isSource = fields.message('source_ip', () => true as const);
  if (!isSource) throw new Refusal(`${fields.type}: only source_ip is simulated`);
  return isSource;
}
