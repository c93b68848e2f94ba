/** The HTTP/1.1 connections of one worker to one host, kept open from request to request. */
import type { Duplex } from 'node:stream';
import { ClientConnection } from '../../../../base/http1/client-connection.ts';
import type { ConnectFailure } from './upstream-connection.ts';

type Connect = (done: (failure: ConnectFailure | undefined, stream?: Duplex) => void) => () => void;

/**
 * Hands out the connection that was used last, or dials through the cluster. Unlike Envoy, which closes an
 * upstream connection that was idle for an hour, it keeps them as long as the host is in the cluster.
 */
export class UpstreamPool {
  readonly #connect: Connect;
  readonly #free: ClientConnection[] = [];
  readonly #all = new Set<ClientConnection>();
  #isClosed = false;

  constructor(connect: Connect) {
    this.#connect = connect;
  }

  /**
   * Finds a connection for a request.
   * @param done - called once, at once if a connection is free; it begins an exchange or ends the connection
   */
  acquire(done: (failure: ConnectFailure | undefined, connection?: ClientConnection) => void): void {
    for (let kept = this.#free.pop(); kept; kept = this.#free.pop()) {
      if (!kept.isFree) continue;
      done(undefined, kept);
      return;
    }
    this.#connect((failure, stream) => done(failure, stream && this.#open(stream)));
  }

  /** Lets requests that are under way end, and closes each connection when it is idle. */
  drain(): void {
    this.#isClosed = true;
    for (const { stream } of this.#free.splice(0)) stream.destroy();
  }

  /** Ends all connections, those in use too. */
  close(): void {
    this.#isClosed = true;
    for (const { stream } of this.#all) stream.destroy();
  }

  #open(stream: Duplex): ClientConnection {
    const connection = new ClientConnection(stream, {
      onFree: freed => this.#keep(freed),
      onGone: gone => this.#forget(gone),
    });
    this.#all.add(connection);
    return connection;
  }

  #keep(connection: ClientConnection): void {
    if (this.#isClosed) connection.stream.destroy();
    else this.#free.push(connection);
  }

  #forget(connection: ClientConnection): void {
    this.#all.delete(connection);
    const index = this.#free.indexOf(connection);
    if (index >= 0) this.#free.splice(index, 1);
  }
}
