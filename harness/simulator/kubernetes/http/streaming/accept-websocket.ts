/** The handshake of a WebSocket, with the subprotocols of Kubernetes. */

import type { IncomingMessage } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import { sendHead } from '../answer-head.ts';
import type { Exchange, UpgradeExchange } from '../exchange.ts';
import { takeOver } from './upgrade.ts';

/** Subprotocols that were agreed on. */
const agreed = new WeakMap<IncomingMessage, string>();

/**
 * `ws` compares no subprotocols here, and refuses names with a slash in them: they are hidden from it, and
 * answered by hand.
 */
const server = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
server.on('headers', (headers, request) => {
  const protocol = agreed.get(request);
  if (protocol !== undefined && protocol !== '') headers.push(`Sec-WebSocket-Protocol: ${protocol}`);
});

/** Returns the subprotocols that a client offers, in its order. */
export function offered({ headers }: IncomingMessage): string[] {
  return (headers['sec-websocket-protocol'] ?? '')
    .split(',')
    .map(part => part.trim())
    .filter(part => part !== '');
}

/**
 * Finds the first offered subprotocol that is spoken; one who offers none is content with the empty one
 * (apimachinery pkg/util/httpstream/wsstream/conn.go @v1.34, handshake).
 */
export function protocolFor(request: IncomingMessage, spoken: readonly string[]): string | undefined {
  const names = offered(request);
  return (names.length === 0 ? [''] : names).find(name => spoken.includes(name));
}

/** Takes the connection over with this subprotocol; the empty one goes without a name. */
export function acceptWebSocket(
  exchange: UpgradeExchange,
  protocol: string,
  onOpen: (client: WebSocket) => void,
): void {
  const { request, socket, head } = exchange.upgrade;
  takeOver(exchange);
  agreed.set(request, protocol);
  delete request.headers['sec-websocket-protocol'];
  server.handleUpgrade(request, socket, head, client => {
    client.on('error', () => client.terminate());
    onOpen(client);
  });
}

/** Refuses the handshake without a word: 403 for subprotocols that nobody speaks, 400 for too many. */
export function refuseWebSocket(exchange: Exchange, code: 400 | 403): void {
  sendHead(exchange, code, { 'Content-Length': 0 }).end();
}

/** Returns the bytes of a message, in whatever form `ws` hands them over. */
export function bytesOf(data: Buffer | ArrayBuffer | Buffer[]): Buffer {
  return Buffer.isBuffer(data) ? data : Buffer.concat(Array.isArray(data) ? data : [Buffer.from(data)]);
}
