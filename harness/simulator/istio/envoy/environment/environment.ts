/** The things that every part of one Envoy stand-in uses. */
import type { Clock } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { NetworkNamespace, SocketAddress } from '../../../network/interfaces.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { TransportSecurity } from './transport-security.ts';
import type { PeerIdentity } from './workload-identity.ts';

/** The user that Envoy and the agent run as; redirect rules let its traffic through. */
export const PROXY_UID = 1337;

/** The world around one Envoy, and what its parts have in common. */
export interface EnvoyEnvironment {
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  readonly random: Random;
  readonly wording: EnvoyWording;
  /**
   * Says whose `server` header replies carry: a sidecar's outbound listeners say `envoy`, a gateway's
   * `istio-envoy`.
   */
  readonly kind: 'sidecar' | 'router';
  readonly security: TransportSecurity;
}

/**
 * One of the threads among which connections are shared; each has balancers and connection pools of its own.
 */
export interface Worker {
  readonly index: number;
}

/** A connection that a listener accepted. */
export interface DownstreamConnection {
  readonly worker: Worker;
  /** Where the client wanted to go, before any redirect. */
  readonly destination: SocketAddress;
  readonly remoteAddress: string;
  /** What the client calls the server in TLS. */
  readonly serverName?: string;
  /** Whether the next answer is to be the last, since the listener or its chain is gone. */
  readonly wantsClose?: () => boolean;
  /** The client's mesh identity, on connections whose mTLS ends here. */
  readonly peer?: PeerIdentity;
}
