/** Where a watch's lines go: over HTTP as they come, or one by one as the messages of a WebSocket. */
import type { ServerResponse } from 'node:http';
import type { WebSocket } from 'ws';

/** A client that takes nothing gets cut off at this much unsent text. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

/** Takes the lines of one client. */
export interface LineSink {
  write(line: string): void;
  /** Sends what is left, and ends the answer. */
  end(): void;
  /** Calls back once when the client is gone. */
  onGone(listener: () => void): void;
}

/** Sends lines over HTTP: those of one turn leave in one piece. */
export class LineWriter implements LineSink {
  readonly #response: ServerResponse;
  #unsent = '';
  #isFlushScheduled = false;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  write(line: string): void {
    this.#unsent += line;
    if (this.#isFlushScheduled) return;
    this.#isFlushScheduled = true;
    queueMicrotask(() => this.#flush());
  }

  /** Sends what is written so far. A client that takes nothing is cut off. */
  #flush(): void {
    this.#isFlushScheduled = false;
    if (this.#unsent === '' || this.#response.writableEnded) return;
    const text = this.#unsent;
    this.#unsent = '';
    this.#response.write(text);
    if (this.#response.writableLength > MAX_UNSENT_BYTES) this.#response.destroy();
  }

  end(): void {
    this.#flush();
    this.#response.end();
  }

  onGone(listener: () => void): void {
    this.#response.on('close', listener);
  }
}

/** Sends each line as a message of text; what the client sends is ignored. */
export class MessageWriter implements LineSink {
  readonly #client: WebSocket;

  constructor(client: WebSocket) {
    this.#client = client;
  }

  write(line: string): void {
    if (this.#client.readyState !== this.#client.OPEN) return;
    this.#client.send(line);
    if (this.#client.bufferedAmount > MAX_UNSENT_BYTES) this.#client.terminate();
  }

  end(): void {
    this.#client.close(1000);
  }

  onGone(listener: () => void): void {
    this.#client.on('close', listener);
  }
}
