/** The filter that speaks HTTP/1.1 with clients. */
import type { Duplex } from 'node:stream';
import { headerOf } from '../../../../base/http1/message-head.ts';
import { serveConnection } from '../../../../base/http1/server-connection.ts';
import type { DownstreamConnection } from '../environment/environment.ts';
import { DownstreamResponse } from './downstream-response.ts';
import { UPGRADE_NOT_SIMULATED } from './local-reply.ts';
import type { ManagerContext } from './manager-context.ts';
import { routeRequest } from './route-request.ts';

/** Envoy's answer to bytes that are not HTTP/1.1. */
const BAD_REQUEST = [
  'HTTP/1.1 400 Bad Request',
  'content-length: 11',
  'content-type: text/plain',
  'connection: close',
  '',
  'Bad Request',
].join('\r\n');

/** Serves the connections of one filter. */
export class HttpConnectionManager {
  readonly #context: ManagerContext;

  constructor(context: ManagerContext) {
    this.#context = context;
  }

  /** Takes over a connection, with whatever was read from it put back. */
  accept(stream: Duplex, connection: DownstreamConnection): void {
    const context = this.#context;
    serveConnection(stream, {
      onRequest: (request, response) => {
        const upgrade = headerOf(request.head.rawHeaders, 'upgrade');
        if (upgrade !== undefined && upgrade !== 'h2c')
          new DownstreamResponse(context, connection, response).reply(UPGRADE_NOT_SIMULATED);
        else routeRequest(context, connection, request, response);
      },
      onRefused: () => {
        if (stream.writable) stream.end(BAD_REQUEST);
        else stream.destroy();
      },
    });
  }
}
