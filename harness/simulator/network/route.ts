/** A packet on its way, and the route that comes of it. */
import type { FlowEnd } from './faults.ts';
import type { Host } from './host.ts';
import type { SocketAddress } from './interfaces.ts';
import { isRedirectedIn } from './redirection.ts';
import type { ClusterSegment, Protocol } from './segments.ts';

/** What the kernel remembers of a connection: it draws an endpoint for the first packet, and keeps to it. */
export interface Tracked {
  endpoint?: SocketAddress;
  /** Where the last packet went when it left the sender's node: behind the Services of its cluster. */
  sentTo?: SocketAddress | undefined;
}

/** Where a packet ends, and on which way. */
export type Route =
  | {
      readonly kind: 'arrives';
      readonly host: Host;
      /** The address and port where it comes in at the host, after redirects. */
      readonly at: SocketAddress;
      /** Before the host's redirect: SO_ORIGINAL_DST. */
      readonly originalDestination: SocketAddress;
      /** What the host sees as the sender's address. */
      readonly source: string;
      readonly via: readonly string[];
      readonly end: FlowEnd;
    }
  | {
      /**
       * `refused`: somebody says no at once; `unreachable`: nobody answers ARP; `silence`: packets vanish.
       */
      readonly kind: 'refused' | 'unreachable' | 'silence';
      readonly via: readonly string[];
      readonly end: FlowEnd;
    };

/** A packet on its way: each hop makes a new one. */
export interface Packet {
  /** The host whose routing table decides where it goes next. */
  readonly from: Host;
  /** The sender's address, as the receiver will see it. */
  readonly source: string;
  readonly to: SocketAddress;
  readonly protocol: Protocol;
  /** What is remembered of its connection. */
  readonly tracked: Tracked;
  /** The redirects, Services, load balancers and nodes that it has passed. */
  readonly via: readonly string[];
  /** The number of Services that it has passed. */
  readonly hops: number;
}

/** Lets a packet in at the host's front door, where the inbound redirect stands. */
export function arrive({ to, source, via }: Packet, host: Host): Route {
  const rules = host.redirect;
  const { end } = host;
  if (!rules || !isRedirectedIn(rules, to.port))
    return { kind: 'arrives', host, at: to, originalDestination: to, source, via, end };
  const at = { address: to.address, port: rules.inboundPort };
  const passed = [...via, `redirect-in:${rules.inboundPort}`];
  return { kind: 'arrives', host, at, originalDestination: to, source, via: passed, end };
}

/**
 * Lets a packet stay in the host that it came from.
 * @param at - where it comes in, if a redirect changed that
 */
export function arriveLocally(
  { from: host, to, source, via }: Pick<Packet, 'from' | 'to' | 'source' | 'via'>,
  at: SocketAddress = to,
): Route {
  return { kind: 'arrives', host, at, originalDestination: to, source, via, end: host.end };
}

/** Names an address that no host has as an end of a flow. */
export function nobody(address: string, cluster?: ClusterSegment, network = cluster?.lan.name): FlowEnd {
  return { name: '', address, kind: 'nobody', cluster: cluster?.name, network };
}
