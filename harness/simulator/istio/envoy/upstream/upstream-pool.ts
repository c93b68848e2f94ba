/** The HTTP/1.1 connections of one worker to one host, kept open from request to request. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { ConnectFailure } from './upstream-connection.ts';

/** What a request's `error` event carries when there was no connection to send it on. */
export class UpstreamConnectError extends Error {
  readonly failure: ConnectFailure;
  constructor(failure: ConnectFailure) {
    super(failure.detail);
    this.failure = failure;
  }
}

type Connect = (done: (failure: ConnectFailure | undefined, stream?: Duplex) => void) => () => void;

/**
 * An agent that dials through the cluster. Everything in it goes to one host, so connections need no names.
 * Unlike Envoy, which closes an upstream connection that was idle for an hour, it keeps them as long as the
 * host is in the cluster.
 */
export class UpstreamPool extends http.Agent {
  /** Node's own, which its types leave out: whether a connection is kept when a request has ended. */
  declare keepAlive: boolean;
  readonly #connect: Connect;

  constructor(connect: Connect) {
    super({ keepAlive: true, maxFreeSockets: 1024, scheduling: 'lifo' });
    this.#connect = connect;
  }

  /** Node calls it for a request that finds no idle connection. */
  override createConnection(
    _options: unknown,
    callback: (error: Error | null, stream?: Duplex) => void,
  ): undefined {
    this.#connect((failure, stream) => callback(failure ? new UpstreamConnectError(failure) : null, stream));
    return undefined;
  }

  override getName(): string {
    return '';
  }

  /** Lets requests that are under way end, and closes each connection when it is idle. */
  drain(): void {
    this.keepAlive = false;
    for (const sockets of Object.values(this.freeSockets))
      for (const socket of sockets ?? []) socket.destroy();
  }

  /** Documented for overriding: nothing to set on a socket of the virtual network. */
  override keepSocketAlive(): boolean {
    return true;
  }
}
