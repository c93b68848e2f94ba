/** What connection attempts and datagrams share: the network around them, and the record of their end. */
import type { FaultSet, Flow } from './faults.ts';
import type { Host } from './host.ts';
import type { SocketAddress } from './interfaces.ts';
import type { ConnectionOutcome, Recorder } from './recorder.ts';
import type { Route } from './route.ts';
import type { Routing } from './routing.ts';
import type { Protocol } from './segments.ts';
import type { WorldClock } from './world-clock.ts';

/** The parts of one network that all its connections and datagrams share. */
export interface Surroundings {
  readonly clock: WorldClock;
  readonly routing: Routing;
  readonly faults: FaultSet;
  readonly recorder: Recorder;
}

/** How a connection attempt or a datagram ended. */
interface Ending {
  readonly protocol: Protocol;
  readonly from: Host;
  readonly to: SocketAddress;
  /** Undefined if nothing was sent. */
  readonly route: Route | undefined;
  readonly outcome: ConnectionOutcome;
}

/** Notes an end, with the way of the last packet. */
export function record(
  { clock, recorder }: Surroundings,
  { protocol, from, to, route, outcome }: Ending,
): void {
  recorder.add({
    atMs: clock.now(),
    protocol,
    from: from.name,
    fromAddress: from.address,
    to,
    via: route?.via ?? [],
    arrivedAt: outcome === 'connected' ? route?.end.name : undefined,
    outcome,
  });
}

/** Describes a packet to the faults, which may drop, delay or refuse it. */
export function flowOf(protocol: Protocol, from: Host, dialled: SocketAddress, route: Route): Flow {
  const port = route.kind === 'arrives' ? route.originalDestination.port : dialled.port;
  return { protocol, from: from.end, dialled, to: route.end, port };
}

/** Routes what a host sends that is off the network: to nowhere. */
export const gone = (from: Host): Route => ({ kind: 'silence', via: [], end: from.end });
