/** The filter that speaks HTTP/1.1 with clients: a node:http server that is handed connections. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { DownstreamConnection } from '../environment/environment.ts';
import { downstreamHeaders } from './http-headers.ts';
import { UPGRADE_NOT_SIMULATED } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { routeRequest } from './route-request.ts';

/**
 * Where a stream carries its connection. In a WeakMap every connection outlived the collections of young
 * garbage: with that alone twice as much grew old, and had to be collected as a whole.
 */
const CONNECTION = Symbol('downstream connection');
type Accepted = Duplex & { [CONNECTION]?: DownstreamConnection };

/** Serves the connections of one filter. */
export class HttpConnectionManager {
  readonly #server: http.Server;

  constructor(context: ManagerContext) {
    // Node's own timers would be real ones; a connection may be idle for as long as it likes.
    this.#server = http.createServer({
      keepAliveTimeout: 0,
      requestTimeout: 0,
      headersTimeout: 0,
      connectionsCheckingInterval: 2 ** 31 - 1,
    });
    this.#server.on('request', (request, response) => {
      const connection = (request.socket as Accepted)[CONNECTION]; // what `accept` got
      if (!connection) {
        response.destroy();
        return;
      }
      if (request.headers.upgrade !== undefined && request.headers.upgrade !== 'h2c') {
        response.sendDate = false;
        response.removeHeader('connection');
        response.writeHead(
          UPGRADE_NOT_SIMULATED.status,
          downstreamHeaders(context, UPGRADE_NOT_SIMULATED.body),
        );
        response.end(UPGRADE_NOT_SIMULATED.body);
        return;
      }
      routeRequest(context, connection, request, response);
    });
    this.#server.on('clientError', (_error, socket) => {
      // Envoy answers bytes that are not HTTP/1.1 with 400.
      if (socket.writable)
        socket.end(
          'HTTP/1.1 400 Bad Request\r\ncontent-length: 11\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\nBad Request',
        );
      else socket.destroy();
    });
  }

  /** Takes over a connection, with whatever was read from it put back. */
  accept(stream: Accepted, connection: DownstreamConnection): void {
    stream[CONNECTION] = connection;
    this.#server.emit('connection', stream);
  }
}
