/** A request's body, sent on as it comes and remembered for another attempt. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Writable } from 'node:stream';

/**
 * More is not remembered (Envoy's per_connection_buffer_limit_bytes, 1 MiB): then there is no other attempt.
 */
const MAX_REMEMBERED_BYTES = 1024 * 1024;

/** Keeps a body until it is clear that no other attempt will need it. */
export class RequestBody {
  readonly #source: IncomingMessage;
  #chunks: Buffer[] = [];
  #bytes = 0;
  #remembers = true;
  #hasEnded = false;
  #target: Writable | undefined;

  constructor(source: IncomingMessage) {
    this.#source = source;
    source.on('data', (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#remembers && this.#bytes > MAX_REMEMBERED_BYTES) this.forget();
      if (this.#remembers) this.#chunks.push(chunk);
      this.#write(chunk);
    });
    source.once('end', () => {
      this.#hasEnded = true;
      this.#target?.end();
    });
    source.on('error', () => {}); // the response's `close` tells of it
  }

  get canBeSentAgain(): boolean {
    return this.#remembers;
  }

  /** Sends what has come so far, then the rest as it comes. An earlier target gets nothing further. */
  sendTo(target: Writable): void {
    this.#target = target;
    for (const chunk of this.#chunks) target.write(chunk);
    if (this.#hasEnded) target.end();
    else this.#source.resume();
  }

  /** Drops the remembered bytes: there will be no other attempt. */
  forget(): void {
    this.#remembers = false;
    this.#chunks = [];
  }

  #write(chunk: Buffer): void {
    const target = this.#target;
    if (!target || target.destroyed) return;
    if (target.write(chunk)) return;
    this.#source.pause();
    target.once('drain', () => this.#source.resume());
    target.once('close', () => this.#source.resume());
  }
}

/** Tells from a request's headers whether a body follows. */
export function hasBody(headers: IncomingHttpHeaders): boolean {
  const length = headers['content-length'];
  return headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}
