/** The filter that passes bytes on, both ways, without looking at them. */
import type { Duplex } from 'node:stream';
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
  const host = cluster?.pickHost(worker, destination);
  if (!cluster || !host) {
    downstream.destroy();
    return;
  }
  const abandon = cluster.connect(host, (failure, upstream) => {
    downstream.off('close', abandon);
    if (failure || !upstream) downstream.destroy();
    else splice(downstream, upstream);
  });
  downstream.once('close', abandon);
}

/**
 * Joins two streams: backpressure and half-closed connections included. A stream that breaks takes the other
 * with it.
 */
export function splice(one: Duplex, other: Duplex): void {
  one.allowHalfOpen = true;
  other.allowHalfOpen = true;
  one.pipe(other);
  other.pipe(one);
  one.on('error', () => other.destroy());
  other.on('error', () => one.destroy());
  one.once('close', () => closeAfter(one, other));
  other.once('close', () => closeAfter(other, one));
}

/**
 * Ends the other stream after one has closed. A stream that closed before it ended was cut off, and so is the
 * other. After an end, `pipe` lets the other finish.
 */
function closeAfter(closed: Duplex, other: Duplex): void {
  if (closed.readableEnded && closed.writableFinished) return;
  other.destroy();
}
