/** Sends lines over HTTP as they come, and cuts off a client that takes none. */
import type { ServerResponse } from 'node:http';

/** A client that takes nothing gets cut off at this much unsent text. */
const MAX_UNSENT_BYTES = 64 * 1024 * 1024;

/** Sends lines: those of one turn leave in one piece. */
export class LineWriter {
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
    queueMicrotask(() => this.flush());
  }

  /** Sends what is written so far. A client that takes nothing is cut off. */
  flush(): void {
    this.#isFlushScheduled = false;
    if (this.#unsent === '' || this.#response.writableEnded) return;
    const text = this.#unsent;
    this.#unsent = '';
    this.#response.write(text);
    if (this.#response.writableLength > MAX_UNSENT_BYTES) this.#response.destroy();
  }
}
