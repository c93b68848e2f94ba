/** A call: what its handler sees of it, and what it is made of. */
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';

/** Who calls. */
export interface CallPeer {
  /** The connection, whose certificates may be asked; undefined if it is gone. */
  readonly socket: Duplex | undefined;
  /** What `GrpcListener.accept` was told; else the socket's address and port, if it knows them. */
  readonly address: string | undefined;
}

/** What a handler may ask about a call. */
export interface ServerCall {
  /** `/package.Service/Method` */
  readonly path: string;
  /** The request's headers by lower-case name, without pseudo-headers but `:authority`. */
  readonly metadata: Readonly<Record<string, string>>;
  readonly peer: CallPeer;
  /** When the client stops waiting, in milliseconds since the epoch on the server's clock. */
  readonly deadlineMs: number | undefined;
  /** Aborts when the call is over: cancelled, late, ended. The reason is its `GrpcError`, if it has one. */
  readonly signal: AbortSignal;
}

/** What a server's stream is made of. */
export interface ServerStreamOptions {
  /** Somebody listens to its errors. */
  readonly stream: ServerHttp2Stream;
  readonly headers: IncomingHttpHeaders;
  readonly clock: Clock;
  /** How long the client waits, in milliseconds; undefined is for ever. */
  readonly timeoutMs: number | undefined;
  readonly peer: CallPeer;
  readonly maxMessageBytes: number | undefined;
  /** Hears of what a handler threw that is no `GrpcError`. */
  readonly onDefect: (error: unknown) => void;
}

/** A socket that may know where it leads to. */
type Addressed = Duplex & {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
};

/** Returns the peer of a socket. (Of a session's socket `in` says nothing: it is a proxy of the session.) */
export function peerOf(socket: Addressed | undefined): CallPeer {
  const { remoteAddress, remotePort } = socket ?? {};
  return { socket, address: remoteAddress ? `${remoteAddress}:${remotePort}` : undefined };
}
