/** Where a log goes: plain text over HTTP, or the messages of a WebSocket. */

import type { WebSocket } from 'ws';
import { sendHead } from '../answer-head.ts';
import { sendText } from '../call.ts';
import type { Exchange, UpgradeExchange } from '../exchange.ts';
import { acceptWebSocket, protocolFor, refuseWebSocket } from './accept-websocket.ts';

const clientIsGone = (): Error => new Error('the client went away');

/** Sends a log as text: at once if it is followed, else in one piece at its end. */
export class LogText {
  readonly #exchange: Exchange;
  readonly #follows: boolean;
  readonly #gone = new AbortController();
  #whole = '';

  constructor(exchange: Exchange, follows: boolean) {
    this.#exchange = exchange;
    this.#follows = follows;
    exchange.response.on('close', () => this.#gone.abort(clientIsGone()));
  }

  /** Aborts when the client goes. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Sends the headers, unless they are out. */
  start(): void {
    const { response } = this.#exchange;
    if (response.headersSent) return;
    sendHead(this.#exchange, 200, { 'Content-Type': 'text/plain', 'Cache-Control': 'no-cache, private' });
    response.flushHeaders();
  }

  write(text: string): void {
    if (!this.#follows) {
      this.#whole += text;
      return;
    }
    this.start();
    this.#exchange.response.write(text);
  }

  end(): void {
    if (!this.#follows) {
      sendText(this.#exchange, 200, this.#whole, 'text/plain');
      return;
    }
    this.start();
    this.#exchange.response.end();
  }
}

/** The subprotocols of a single stream (apimachinery pkg/util/httpstream/wsstream/stream.go @v1.34). */
const PROTOCOLS = ['', 'binary.k8s.io', 'base64.binary.k8s.io'];
const TEXT_PROTOCOL = 'base64.binary.k8s.io';
/** How much a message carries, in bytes. */
const MESSAGE_BYTES = 2048;

/** Sends a log as messages, of bytes or of base64; the first one is empty. */
export class LogMessages {
  readonly #exchange: UpgradeExchange;
  readonly #gone = new AbortController();
  #client: WebSocket | undefined;
  #isStarted = false;
  #isText = false;
  #waiting: string[] = [];

  constructor(exchange: UpgradeExchange) {
    this.#exchange = exchange;
    exchange.upgrade.socket.on('close', () => this.#gone.abort(clientIsGone()));
  }

  /** Aborts when the client goes. */
  get gone(): AbortSignal {
    return this.#gone.signal;
  }

  /** Accepts the connection, unless that is done; until then nothing is sent, for it may be refused yet. */
  start(): void {
    if (this.#isStarted) return;
    this.#isStarted = true;
    const protocol = protocolFor(this.#exchange.request, PROTOCOLS);
    if (protocol === undefined) {
      refuseWebSocket(this.#exchange, 403);
      return;
    }
    this.#isText = protocol === TEXT_PROTOCOL;
    acceptWebSocket(this.#exchange, protocol, client => {
      this.#client = client;
      client.send(this.#isText ? '' : Buffer.alloc(0));
      for (const text of this.#waiting) this.#send(text);
      this.#waiting = [];
    });
  }

  write(text: string): void {
    if (this.#client) this.#send(text);
    else this.#waiting.push(text);
  }

  #send(text: string): void {
    const bytes = Buffer.from(text);
    for (let start = 0; start < bytes.length; start += MESSAGE_BYTES) {
      const part = bytes.subarray(start, start + MESSAGE_BYTES);
      if (this.#client?.readyState === this.#client?.OPEN)
        this.#client?.send(this.#isText ? part.toString('base64') : part);
    }
  }

  end(): void {
    this.start();
    this.#client?.close(1000);
  }
}
