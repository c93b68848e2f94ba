/** A connection on its way from a listener's socket to a filter. */
import type { Duplex } from 'node:stream';
import type { VirtualSocket } from '../../../network/interfaces.ts';
import type { Listener } from '../../xds/resources.ts';
import type { Counters } from '../environment/counters.ts';
import type { DownstreamConnection, Worker } from '../environment/environment.ts';
import type { PeerIdentity } from '../environment/workload-identity.ts';
import type { Inspection } from './client-hello.ts';
import type { ConnectionTraits } from './filter-chain-match.ts';

/** A listener and what has happened to it. */
export interface RunningListener {
  /** As accepted last, and in use. */
  config: Listener;
  readonly counters: Counters;
}

/** All that is known about a connection so far; each step makes a new one that knows more. */
export interface AcceptedConnection {
  /** The listener that serves it: the one of its original destination, if that takes over. */
  readonly listener: RunningListener;
  /** The socket, or the decrypted stream on it. */
  readonly stream: Duplex;
  readonly downstream: DownstreamConnection;
  readonly traits: ConnectionTraits;
}

/** Describes a connection of which nobody has read a byte. */
export function acceptedFrom(
  socket: VirtualSocket,
  listener: RunningListener,
  { worker, wantsClose }: { readonly worker: Worker; readonly wantsClose: () => boolean },
): AcceptedConnection {
  const destination = socket.originalDestination ?? {
    address: socket.localAddress ?? listener.config.address,
    port: socket.localPort ?? listener.config.port,
  };
  return {
    listener,
    stream: socket,
    downstream: { worker, destination, remoteAddress: socket.remoteAddress ?? '', wantsClose },
    traits: {
      destinationPort: destination.port,
      destinationAddress: destination.address,
      serverName: undefined,
      transport: 'raw_buffer',
      protocols: [],
    },
  };
}

/** Adds what the inspectors read. */
export function inspected(
  connection: AcceptedConnection,
  inspection: NonNullable<Inspection>,
): AcceptedConnection {
  if (inspection.transport !== 'tls') {
    const { protocols = [] } = inspection;
    return { ...connection, traits: { ...connection.traits, protocols } };
  }
  const { transport, serverName, protocols } = inspection;
  return {
    ...connection,
    traits: { ...connection.traits, transport, serverName, protocols },
    downstream: { ...connection.downstream, ...(serverName !== undefined && { serverName }) },
  };
}

/** Adds the decrypted stream and who is at its other end. */
export function secured(
  connection: AcceptedConnection,
  stream: Duplex,
  peer: PeerIdentity | undefined,
): AcceptedConnection {
  const downstream = peer ? { ...connection.downstream, peer } : connection.downstream;
  return { ...connection, stream, downstream };
}
