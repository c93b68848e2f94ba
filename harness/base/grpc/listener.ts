/** The connections of a gRPC server: each socket that it is handed becomes a session of HTTP/2. */
import http2 from 'node:http2';
import type { Duplex } from 'node:stream';
import { decouple } from './decouple.ts';
import type { GrpcServer } from './server.ts';
import { peerOf } from './server-call.ts';
import { NO_ERROR, SERVER_SESSION, widen } from './session.ts';

/** No call that is on its way is refused (RFC 9113, 6.8). */
const LAST_STREAM = 2 ** 31 - 1;

/** Takes connections: TCP in clear, or TLS after its handshake with the protocol `h2`. */
export class GrpcListener {
  readonly #server: GrpcServer;
  readonly #sockets = new Map<Duplex, http2.Http2Session>();
  #isClosed = false;

  constructor(server: GrpcServer) {
    this.#server = server;
  }

  /** How many connections are open. */
  get connections(): number {
    return this.#sockets.size;
  }

  /**
   * Speaks HTTP/2 on a connection; what goes wrong on it ends it, and nothing else.
   * @param address - who calls, as `CallPeer.address`: a TLS socket over a virtual one does not know it
   */
  accept(socket: Duplex, address?: string): void {
    socket.on('error', () => {}); // its close is enough
    if (this.#isClosed || socket.destroyed) {
      socket.destroy();
      return;
    }
    const session = http2.performServerHandshake(decouple(socket), SERVER_SESSION);
    const peer = address === undefined ? peerOf(socket) : { socket, address };
    this.#sockets.set(socket, session);
    socket.once('close', () => this.#sockets.delete(socket));
    session.on('error', () => socket.destroy()); // no HTTP/2
    // A client that has left leaves nothing to wait for.
    session.once('close', () => socket.destroy());
    socket.once('end', () => session.destroy());
    session.on('stream', (stream, headers) => this.#server.handle(stream, headers, peer));
    widen(session);
  }

  /** Asks all clients to make no new calls here, as grpc-go's GracefulStop does; those under way go on. */
  drain(): void {
    for (const session of this.#sockets.values()) {
      if (!session.closed && !session.destroyed)
        session.goaway(NO_ERROR, LAST_STREAM, Buffer.from('graceful_stop'));
    }
  }

  /** Breaks all connections off, and takes no more. */
  close(): void {
    this.#isClosed = true;
    for (const socket of this.#sockets.keys()) socket.destroy();
  }
}
