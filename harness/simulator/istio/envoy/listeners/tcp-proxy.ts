/** The filter that passes bytes on, both ways, without looking at them. */
import type { Duplex } from 'node:stream';
import { splice } from '../../../../base/splice.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';

/**
 * Connects to a host of the cluster and joins the two streams. One attempt is made; if it fails, or there is
 * no host, the client is closed (envoyproxy/envoy source/common/tcp_proxy/tcp_proxy.cc @v1.16.0:
 * max_connect_attempts is 1).
 * @param cluster - undefined if there is none of that name
 */
export function proxyTcp(
  cluster: UpstreamCluster | undefined,
  downstream: Duplex,
  { worker, destination }: DownstreamConnection,
): void {
  downstream.allowHalfOpen = true; // a client may be done with sending before the upstream is there
  const host = cluster?.pickHost(worker, { destination });
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
