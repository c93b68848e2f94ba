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

/** Lines in fewer characters than these leave as text. */
const FEW = 4096;
/** More bytes than these are not kept for the next one. */
const MOST_KEPT = 1024 * 1024;

let last: { readonly lines: readonly string[]; readonly bytes: Buffer } = {
  lines: [],
  bytes: Buffer.alloc(0),
};

/** Encodes lines: once for all clients that are sent the same ones in turn, as watches of one type are. */
function bytesOf(lines: readonly string[]): Buffer {
  const { lines: before, bytes } = last;
  if (lines.length === before.length && lines.every((line, index) => line === before[index])) return bytes;
  const made = Buffer.from(lines.join(''));
  if (made.length <= MOST_KEPT) last = { lines, bytes: made };
  return made;
}

/** Sends lines over HTTP: those of one turn leave in one piece. */
export class LineWriter implements LineSink {
  readonly #response: ServerResponse;
  #unsent: string[] = [];
  #characters = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  write(line: string): void {
    this.#characters += line.length;
    if (this.#unsent.push(line) === 1) queueMicrotask(() => this.#flush());
  }

  /** Sends what is written so far. A client that takes nothing is cut off. */
  #flush(): void {
    if (this.#unsent.length === 0 || this.#response.writableEnded) return;
    const lines = this.#unsent;
    const isShort = this.#characters < FEW;
    this.#unsent = [];
    this.#characters = 0;
    this.#response.write(isShort ? lines.join('') : bytesOf(lines));
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
