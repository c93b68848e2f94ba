/** A client's end of a connection: one exchange after the other. */
import type { Duplex } from 'node:stream';
import {
  ClientExchange,
  type ExchangeHandlers,
  type ExchangeOwner,
  type OutgoingRequest,
} from './client-exchange.ts';

/** Whom a connection tells what becomes of it between exchanges. */
interface ConnectionOwner {
  /** Another exchange may begin. */
  onFree?(connection: ClientConnection): void;
  onGone?(connection: ClientConnection): void;
}

/** Carries requests to a server. What arrives between two exchanges is dropped, as with node:http. */
export class ClientConnection implements ExchangeOwner {
  readonly stream: Duplex & { destroySoon?(): void };
  readonly #owner: ConnectionOwner;
  #exchange: ClientExchange | undefined;

  /** @param stream - connected; nobody else reads it */
  constructor(stream: Duplex, owner: ConnectionOwner) {
    this.stream = stream;
    this.#owner = owner;
    stream.on('data', (chunk: Buffer) => this.#exchange?.onData(chunk));
    stream.on('end', () => this.#exchange?.onEndOfData());
    stream.on('drain', () => this.#exchange?.onDrain());
    stream.on('error', (error: Error) => this.#exchange?.onFailure(error));
    stream.on('close', () => {
      this.#exchange?.onClose();
      owner.onGone?.(this);
    });
  }

  /** Whether an exchange may begin. */
  get isFree(): boolean {
    return this.#exchange === undefined && !this.stream.destroyed && this.stream.writable;
  }

  /** Begins an exchange; the connection must be free. */
  begin(request: OutgoingRequest, handlers: ExchangeHandlers): ClientExchange {
    const exchange = new ClientExchange(this, request, handlers);
    this.#exchange = exchange;
    return exchange;
  }

  // ---- for its exchange

  onOver(isReusable: boolean): void {
    this.#exchange = undefined;
    const { stream } = this;
    if (isReusable && stream.writable) {
      if (stream.isPaused()) stream.resume();
      this.#owner.onFree?.(this);
    } else if (stream.writable && stream.destroySoon) {
      stream.destroySoon();
    } else if (stream.writable) {
      stream.end();
    }
  }
}
