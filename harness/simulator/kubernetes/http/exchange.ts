/** One request and where its answer goes, before anything is known of it. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

/** A request for another protocol, and the connection to speak it on. */
export interface Upgrade {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  /** The bytes that came behind the request's head already. */
  readonly head: Buffer;
}

/** A request and the answer that it waits for. */
export interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** The request's id: the client's own, or a new one. */
  readonly auditId: string;
  /** Present if the client wants to speak another protocol. */
  readonly upgrade?: Upgrade | undefined;
}

/** An exchange that may leave HTTP. */
export type UpgradeExchange = Exchange & { readonly upgrade: Upgrade };
