/**
 * One connection to an upstream host: dial, connect timeout, mTLS if the cluster says so, and the host's
 * counters.
 */
import type { Duplex } from 'node:stream';
import { Outcome } from '../../../../base/outcome.ts';
import type { UpstreamTls } from '../../xds/resources.ts';
import type { Counters } from '../environment/counters.ts';
import { type EnvoyEnvironment, PROXY_UID } from '../environment/environment.ts';
import type { ClusterResources } from './cluster-resources.ts';
import type { Host } from './host.ts';

/** A failed connection attempt. */
export interface ConnectFailure {
  readonly reason: 'connect-failure' | 'connect-timeout' | 'overflow';
  /** Envoy's transport failure reason; empty where it has none, or does not tell. */
  readonly detail: string;
}

/** A host, and how its cluster connects to it. */
export interface UpstreamTarget {
  readonly host: Host;
  readonly tls: (UpstreamTls & { readonly hostName?: string | undefined }) | undefined;
  /** What the connection comes from, in place of the proxy's own address. */
  readonly sourceAddress: string | undefined;
  readonly connectTimeoutMs: number;
  /** The cluster's. */
  readonly counters: Counters;
  readonly resources: ClusterResources;
}

/**
 * Dials a host. The connect timeout covers the TLS handshake too, as in Envoy
 * (source/common/tcp/original_conn_pool.cc, connect_timer_ @v1.16.0).
 * @param done - called once
 * @returns a function that gives the attempt up
 */
export function connectUpstream(
  environment: EnvoyEnvironment,
  target: UpstreamTarget,
  done: (failure: ConnectFailure | undefined, stream?: Duplex) => void,
): () => void {
  const { host, tls, counters, resources, sourceAddress: localAddress } = target;
  const { clock, network, security } = environment;
  host.cxTotal++;
  host.cxActive++;
  counters.add('upstream_cx_total');
  resources.take('connections');
  const socket = network.connect(host.address, host.port, { uid: PROXY_UID, localAddress });
  const result = new Outcome(done);
  const settle = (failure: ConnectFailure | undefined, stream?: Duplex) => {
    const tell = result.take();
    if (!tell) return;
    clock.clearTimeout(timer);
    if (failure) {
      host.cxConnectFail++;
      counters.add('upstream_cx_connect_fail');
      if (failure.reason === 'connect-timeout') counters.add('upstream_cx_connect_timeout');
      socket.destroy();
    }
    tell(failure, stream);
  };
  const timer = clock.setTimeout(
    () => settle({ reason: 'connect-timeout', detail: '' }),
    target.connectTimeoutMs,
  );
  // Once the handshake has begun, the TLS socket tells how it ended; this one closes first, and does not know
  // why.
  let isHandshaking = false;
  socket.on('error', () => {
    if (!isHandshaking) settle({ reason: 'connect-failure', detail: '' });
  });
  socket.once('close', () => {
    host.cxActive--;
    resources.giveBack('connections');
    if (!isHandshaking) settle({ reason: 'connect-failure', detail: '' });
  });
  socket.once('connect', () => {
    if (result.isTaken) return;
    if (!tls) {
      settle(undefined, socket);
      return;
    }
    isHandshaking = true;
    security.originate(socket, tls, counters, (failure, secured) => {
      settle(failure === undefined ? undefined : { reason: 'connect-failure', detail: failure }, secured);
    });
  });
  return () => {
    if (!result.take()) return;
    clock.clearTimeout(timer);
    socket.destroy();
  };
}
