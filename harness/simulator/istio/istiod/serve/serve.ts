/** HTTP servers of istiod on ports of its pod, with and without TLS. */
import { constants } from 'node:crypto';
import http from 'node:http';
import https from 'node:https';
import { acceptAll } from '../../../network/accept-all.ts';
import type { NetworkNamespace } from '../../../network/interfaces.ts';

/** As node:http calls it. */
export type RequestHandler = (request: http.IncomingMessage, response: http.ServerResponse) => void;

/** A port of istiod's pod. */
export interface ServeOptions {
  readonly network: NetworkNamespace;
  readonly port: number;
  /** The serving certificate with its chain, and its key; without it the port is plaintext. */
  readonly tls?: { readonly certPem: string; readonly keyPem: string };
}

/** The virtual clock owns all timers: Node's own are turned off. */
const WITHOUT_TIMERS = {
  requestTimeout: 0,
  headersTimeout: 0,
  keepAliveTimeout: 0,
  connectionsCheckingInterval: 2 ** 31 - 1,
};

/**
 * Opens a port.
 * @returns a function that closes the port and all of its connections
 */
export function serve({ network, port, tls }: ServeOptions, onRequest: RequestHandler): () => void {
  const handler: RequestHandler = (request, response) => {
    response.sendDate = false; // it would be this machine's date, not the world's
    onRequest(request, response);
  };
  const server = tls
    ? https.createServer(
        {
          ...WITHOUT_TIMERS,
          handshakeTimeout: 2 ** 31 - 1,
          cert: tls.certPem,
          key: tls.keyPem,
          ALPNProtocols: ['http/1.1'],
          secureOptions: constants.SSL_OP_NO_TICKET, // an API server asks anew
        },
        handler,
      )
    : http.createServer(WITHOUT_TIMERS, handler);
  // A client may leave in the middle of a handshake or request; istiod ignores that.
  server.on('clientError', (_error, socket) => socket.destroy());
  server.on('tlsClientError', () => {});
  const close = acceptAll(network, port, socket => server.emit('connection', socket));
  return () => {
    close();
    server.close();
  };
}

/** Sends a whole answer. */
export function answer(
  response: http.ServerResponse,
  status: number,
  body: string,
  contentType = 'application/json',
): void {
  response.writeHead(status, { 'content-type': contentType, 'content-length': Buffer.byteLength(body) });
  response.end(body);
}

/** Sends a value as JSON, with a line break at its end. */
export const answerJson = (response: http.ServerResponse, status: number, value: unknown): void =>
  answer(response, status, `${JSON.stringify(value)}\n`);
