/** A small HTTP server on a port of the proxy's own: for its status, its statistics, its administration. */
import http from 'node:http';
import type { Clock } from '../../../../base/clock.ts';
import { acceptAll } from '../../../network/accept-all.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';

/** A request without its body. */
export interface ServiceRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
}

/** The whole answer; its length and date are added. */
export interface ServiceAnswer {
  readonly status: number;
  readonly body: string;
  /** `text/plain; charset=UTF-8` by default. */
  readonly contentType?: string;
}

/** @returns undefined for a path that there is not (404) */
export type ServiceHandler = (
  request: ServiceRequest,
) => ServiceAnswer | undefined | Promise<ServiceAnswer | undefined>;

/** Where the service listens. */
export interface HttpServiceOptions {
  readonly network: NetworkNamespace;
  readonly clock: Clock;
  readonly port: number;
  /** `0.0.0.0` by default. */
  readonly address?: string;
  /** The `server` header. */
  readonly server?: string;
}

/** @throws an Error with code EADDRINUSE */
export function openHttpService(options: HttpServiceOptions, handler: ServiceHandler): { close(): void } {
  const { network, clock, port, address, server: name } = options;
  const server = http.createServer({
    keepAliveTimeout: 0,
    requestTimeout: 0,
    headersTimeout: 0,
    connectionsCheckingInterval: 2 ** 31 - 1,
  });
  server.on('request', (request, response) => {
    const [path = '/', query = ''] = (request.url ?? '/').split(/\?(.*)/s);
    const send = (answer: ServiceAnswer | undefined) => {
      const { status, body, contentType } = answer ?? { status: 404, body: 'not found\n' };
      response.sendDate = false;
      response.removeHeader('connection'); // neither Envoy nor Go says keep-alive, which node:http would
      response.writeHead(status, [
        'content-type',
        contentType ?? 'text/plain; charset=UTF-8',
        'content-length',
        String(Buffer.byteLength(body)),
        'date',
        new Date(clock.now()).toUTCString(),
        ...(name === undefined ? [] : ['server', name]),
      ]);
      response.end(body);
    };
    const answer = handler({ method: request.method ?? 'GET', path, query: new URLSearchParams(query) });
    if (answer instanceof Promise) {
      answer.then(send, error => send({ status: 500, body: `${String(error)}\n` }));
    } else {
      send(answer);
    }
  });
  const close = acceptAll(network, port, socket => server.emit('connection', socket), address ?? '0.0.0.0');
  return { close };
}
