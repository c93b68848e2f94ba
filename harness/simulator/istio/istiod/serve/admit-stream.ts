/** Who may open a discovery stream, and how istiod refuses the others. */
import type http from 'node:http';
import type { Duplex } from 'node:stream';
import { messageOf } from '../../../../base/errors.ts';
import type { Log } from '../../log.ts';
import type { Metrics } from '../../metrics.ts';
import { DISCOVERY_PATH, DISCOVERY_PROTOCOL } from '../../xds/wire.ts';
import type { ProxyNode } from '../mesh/proxy-node.ts';
import type { Authenticator, Caller } from './authenticate.ts';

/** How to know a caller, and who hears of strangers. */
export interface AdmissionOptions {
  readonly log: Log;
  readonly metrics: Metrics;
  readonly authenticator: Authenticator;
}

const REASONS: Readonly<Record<number, string>> = { 401: 'Unauthorized', 404: 'Not Found' };

/**
 * Finds out who asks for a stream, and refuses a request that may not have one.
 * @param isSecure - false on the plaintext port, where the caller stays unknown
 * @returns undefined if it is refused
 */
export async function admitStream(
  { log, metrics, authenticator }: AdmissionOptions,
  request: http.IncomingMessage,
  socket: Duplex,
  isSecure: boolean,
): Promise<{ readonly caller: Caller | undefined } | undefined> {
  socket.on('error', () => {}); // its close is enough
  if (request.url !== DISCOVERY_PATH || request.headers.upgrade !== DISCOVERY_PROTOCOL) {
    refuse(socket, 404, `there is no ${request.url}`);
    return undefined;
  }
  let caller: Caller | undefined;
  try {
    if (isSecure) caller = await authenticator.authenticate(request.headers);
  } catch (error) {
    const address = request.socket.remoteAddress ?? 'unknown';
    metrics.add('pilot_xds_authentication_failures');
    log.error(`Failed to authenticate client from ${address}: ${messageOf(error)}`);
    refuse(socket, 401, 'authentication failure');
    return undefined;
  }
  return { caller };
}

/** Begins the stream that was asked for. */
export function consent(socket: Duplex): void {
  socket.write(
    `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${DISCOVERY_PROTOCOL}\r\n\r\n`,
  );
}

function refuse(socket: Duplex, status: number, message: string): void {
  const body = JSON.stringify({ message });
  socket.end(
    `HTTP/1.1 ${status} ${REASONS[status] ?? ''}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** @throws Error if a proxy gives itself out for one of another namespace than its token's */
export function checkNamespace({ namespace, podName }: ProxyNode, caller: Caller | undefined): void {
  if (caller && caller.namespace !== namespace)
    throw new Error(`no identities ([${caller.identity}]) matched ${namespace}/${podName}`);
}
