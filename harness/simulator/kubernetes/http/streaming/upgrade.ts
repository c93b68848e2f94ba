/** A connection that leaves HTTP. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request for another protocol, and the connection to speak it on. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** The bytes that came behind the request's head already. */
  readonly head: Buffer;
}

/** Returns the protocol asked for in lower case: `websocket`, `spdy/3.1`. */
export function transportOf({ request }: Upgrade): string {
  return (request.headers.upgrade ?? '').toLowerCase();
}
