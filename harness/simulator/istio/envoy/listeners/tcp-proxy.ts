/** The filter that passes bytes on, both ways, without looking at them. */
import type { Duplex } from 'node:stream';
import type { Random } from '../../../../base/random.ts';
import { splice } from '../../../../base/splice.ts';
import { xxHash64 } from '../../../../base/xx-hash.ts';
import type { TcpProxy } from '../../xds/resources.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';

import { pickWeighted } from '../upstream/weighted-choice.ts';

/** What a proxy for TCP needs besides its definition. */
interface TcpContext {
  readonly clusterOf: (name: string) => UpstreamCluster | undefined;
  readonly random: Random;
}

/**
 * Passes a connection on to the cluster that its filter names, or to one of those that it names, by chance
 * (source/common/tcp_proxy/tcp_proxy.cc @v1.30, Config::getRouteFromEntries).
 */
export function serveTcp(
  { clusterOf, random }: TcpContext,
  proxy: TcpProxy,
  downstream: Duplex,
  connection: DownstreamConnection,
): void {
  const name = 'cluster' in proxy ? proxy.cluster : pickWeighted(random, proxy.weightedClusters)?.cluster;
  const hash = proxy.hashesSource ? xxHash64(connection.remoteAddress) : undefined;
  proxyTcp(name === undefined ? undefined : clusterOf(name), downstream, connection, hash);
}

/**
 * Connects to a host of the cluster and joins the two streams. One attempt is made; if it fails, or there is
 * no host, the client is closed (envoyproxy/envoy source/common/tcp_proxy/tcp_proxy.cc @v1.16.0:
 * max_connect_attempts is 1).
 * @param cluster - undefined if there is none of that name
 * @param hash - by which clusters with a ring or a table choose
 */
export function proxyTcp(
  cluster: UpstreamCluster | undefined,
  downstream: Duplex,
  { worker, destination }: DownstreamConnection,
  hash?: bigint,
): void {
  downstream.allowHalfOpen = true; // a client may be done with sending before the upstream is there
  const host = cluster?.pickHost(worker, { destination, hash });
  if (!cluster || !host || !cluster.resources.has('connections')) {
    if (host) cluster?.counters.add('upstream_cx_overflow');
    downstream.destroy();
    return;
  }
  const abandon = cluster.connect(host, (failure, upstream) => {
    downstream.off('close', abandon);
    cluster.record(host, failure ? 'connect-failure' : 200);
    if (failure || !upstream) downstream.destroy();
    else splice(downstream, upstream);
  });
  downstream.once('close', abandon);
}
