/** A connection that leaves HTTP. */
import { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Upgrade, UpgradeExchange } from '../exchange.ts';

/** Returns the protocol asked for in lower case: `websocket`, `spdy/3.1`. */
export function transportOf({ request }: Upgrade): string {
  return (request.headers.upgrade ?? '').toLowerCase();
}

/**
 * Makes the answer to a request for an upgrade: what is no stream is answered over HTTP, and so is a refusal.
 * The connection ends with it.
 */
export function plainResponse({ request, socket }: Upgrade): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  response.assignSocket(socket as Socket); // the server only ever has TLS connections
  response.on('finish', () => socket.end());
  return response;
}

/** Takes the connection from HTTP: nothing more is answered on it. */
export function takeOver({ response, upgrade }: UpgradeExchange): void {
  response.detachSocket(upgrade.socket as Socket); // as it was assigned
  response.statusCode = 101;
}
