/** The answers of one connection, which leave in the order of their requests. */
import type { Duplex } from 'node:stream';
import type { MessageHead } from './message-head.ts';
import { sendOn } from './outgoing-message.ts';
import { type ResponseOutlet, ServerResponse } from './server-response.ts';

/** A response that is not over, and what it has written before its turn. */
interface Turn {
  readonly response: ServerResponse;
  readonly waiting: (string | Buffer)[];
  hasSent: boolean;
}

/** Lets the first response write; the others wait. */
export class ResponseQueue implements ResponseOutlet {
  readonly #stream: Duplex & { destroySoon?(): void };
  #turns: Turn[] = [];
  #waitingBytes = 0;

  constructor(stream: Duplex) {
    this.#stream = stream;
  }

  /** Whether the client sends requests faster than it takes answers. */
  get isFlooded(): boolean {
    return this.#stream.writableNeedDrain || this.#waitingBytes >= this.#stream.writableHighWaterMark;
  }

  /** Whether an answer is on its way, so that anything else would look like a part of it. */
  get isMidway(): boolean {
    return this.#turns[0]?.hasSent === true || this.#stream.writableLength > 0;
  }

  /** Makes the response to a request. */
  add(request: MessageHead): ServerResponse {
    const response = new ServerResponse(request, this);
    this.#turns.push({ response, waiting: [], hasSent: false });
    return response;
  }

  send(response: ServerResponse, data: string | Buffer, isLast: boolean): boolean {
    const [first] = this.#turns;
    if (first?.response === response) return this.#write(first, data, isLast);
    this.#turns.find(turn => turn.response === response)?.waiting.push(data);
    this.#waitingBytes += data.length;
    return this.#waitingBytes < this.#stream.writableHighWaterMark;
  }

  done(response: ServerResponse): void {
    if (this.#turns[0]?.response === response) this.#next();
  }

  destroy(): void {
    while (this.#stream.writableCorked > 0) this.#stream.uncork(); // what was written still leaves
    this.#stream.destroy();
  }

  /** Tells the first response that there is room again. */
  drained(): void {
    this.#turns[0]?.response.onDrain?.();
  }

  /** Tells all responses that the connection is gone. */
  close(): void {
    const turns = this.#turns;
    this.#turns = [];
    for (const { response } of turns) response.close();
  }

  #write(turn: Turn, data: string | Buffer, isLast: boolean): boolean {
    turn.hasSent = true;
    return sendOn(this.#stream, data, isLast);
  }

  #next(): void {
    for (let over = this.#turns.shift(); over; over = this.#turns.shift()) {
      if (over.response.closesConnection) {
        this.#endConnection();
        return;
      }
      const [first] = this.#turns;
      if (!first) return;
      this.#catchUp(first);
      if (first.response.hasEnded) continue;
      if (!this.#stream.writableNeedDrain) first.response.onDrain?.();
      return;
    }
  }

  #catchUp(turn: Turn): void {
    for (const data of turn.waiting.splice(0)) {
      this.#waitingBytes -= data.length;
      this.#write(turn, data, false);
    }
  }

  /** Whatever else was asked for gets no answer. */
  #endConnection(): void {
    if (this.#stream.destroySoon) this.#stream.destroySoon();
    else this.#stream.end();
  }
}
