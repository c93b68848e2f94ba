/** One request on a client's connection, and the response to it. */
import type { Duplex } from 'node:stream';
import { ConnectionEndedError } from './errors.ts';
import type { MessageHead } from './message-head.ts';
import { type AfterHead, MessageParser, type MessageSink } from './message-parser.ts';
import { type BodyFraming, OutgoingMessage, sendOn } from './outgoing-message.ts';

/** A request to send. */
export interface OutgoingRequest {
  readonly method: string;
  /** All of it, with the empty line. */
  readonly head: string;
  readonly framing: BodyFraming;
  /** Whether another exchange may come after this one, if the server lets it. */
  readonly keepsAlive: boolean;
}

/** Who is told of the response. After `onEnd` or `onFail` nothing comes but `onClose`. */
export interface ExchangeHandlers {
  onHead(head: MessageHead): void;
  onBody(bytes: Buffer): void;
  /** The response is whole. @param leftover - what is wrong with bytes that came after it */
  onEnd(leftover: Error | undefined): void;
  /** @param error - ConnectionEndedError if the connection just ended, else the socket's or the parser's */
  onFail(error: Error): void;
  /** There is room again after `write` returned false. */
  onDrain?(): void;
  /** The exchange is over, however it ended; a connection that can be used again is free. */
  onClose?(): void;
}

/** The connection of an exchange. */
export interface ExchangeOwner {
  readonly stream: Duplex;
  /** Called once, before `onClose` of the handlers. */
  onOver(isReusable: boolean): void;
}

/** An exchange that is under way. */
export class ClientExchange implements MessageSink {
  readonly #stream: Duplex;
  readonly #request: OutgoingRequest;
  readonly #handlers: ExchangeHandlers;
  readonly #parser: MessageParser;
  readonly #message: OutgoingMessage;
  readonly #owner: ExchangeOwner;
  #head: MessageHead | undefined;
  /** The server lets the connection stand; judged by the head alone, as in Node. */
  #isKept = false;
  #hasResponse = false;
  /** The response has told its end. */
  #isAnswered = false;
  #isOver = false;

  constructor(owner: ExchangeOwner, request: OutgoingRequest, handlers: ExchangeHandlers) {
    const { stream } = owner;
    this.#owner = owner;
    this.#stream = stream;
    this.#request = request;
    this.#handlers = handlers;
    this.#message = new OutgoingMessage((data, isLast) => sendOn(stream, data, isLast));
    this.#message.begin(request.head, request.framing);
    this.#parser = new MessageParser('response', this);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** @returns false if the next bytes should wait for `onDrain` */
  write(bytes: Buffer): boolean {
    return this.#isOver || this.#message.write(bytes);
  }

  end(body?: Buffer | string): void {
    if (this.#isOver || this.#message.hasEnded) return;
    this.#message.end(body);
    if (this.#isAnswered) this.#finish(true);
  }

  /** Stops reading; what has arrived already still comes. */
  pause(): void {
    if (!this.#isOver) this.#stream.pause();
  }

  resume(): void {
    if (!this.#isOver && this.#stream.isPaused()) this.#stream.resume();
  }

  /** Gives the exchange up, and the connection with it. */
  destroy(): void {
    if (this.#isOver) return;
    this.#stream.destroy();
    this.#finish(false);
  }

  // ---- for the connection

  onData(chunk: Buffer): void {
    if (this.#isAnswered) return;
    const error = this.#parser.execute(chunk);
    if (this.#isOver) return;
    if (this.#hasResponse) {
      if (error) this.#stream.destroy();
      this.#answered(error);
    } else if (error) {
      this.#stream.destroy();
      this.onFailure(error);
    }
  }

  onEndOfData(): void {
    if (this.#isAnswered) return;
    if (!this.#head) {
      this.#stream.destroy();
      this.onFailure(new ConnectionEndedError('socket hang up'));
      return;
    }
    this.#parser.finish();
    this.#stream.destroy();
    if (this.#hasResponse) this.#answered(undefined);
  }

  onDrain(): void {
    this.#handlers.onDrain?.();
  }

  onFailure(error: Error): void {
    if (this.#isOver) return;
    if (!this.#isAnswered) this.#handlers.onFail(error);
    this.#finish(false);
  }

  onClose(): void {
    this.onFailure(new ConnectionEndedError(this.#head ? 'aborted' : 'socket hang up'));
  }

  // ---- for the parser

  onHead(head: MessageHead): AfterHead {
    if (this.#isOver) return 'other protocol';
    if (this.#head) {
      // A second response: nobody asked for it. It is read all the same, for what may be wrong with it.
      this.#stream.destroy();
      return 'body';
    }
    if (head.isUpgrade || this.#request.method === 'CONNECT') {
      // Nobody here speaks another protocol.
      this.#stream.destroy();
      return 'other protocol';
    }
    if (head.status >= 100 && head.status < 200 && head.status !== 101) return 'no body';
    this.#head = head;
    this.#isKept = head.keepsAlive;
    this.#handlers.onHead(head);
    return this.#request.method === 'HEAD' || head.status === 304 ? 'no body' : 'body';
  }

  onBody(bytes: Buffer): void {
    if (!this.#isOver && !this.#hasResponse) this.#handlers.onBody(bytes);
  }

  onEnd(): void {
    if (this.#head) this.#hasResponse = true;
  }

  #answered(leftover: Error | undefined): void {
    this.#isAnswered = true;
    this.#handlers.onEnd(leftover);
    if (this.#message.hasEnded || !this.#mayKeep) this.#finish(true);
  }

  get #mayKeep(): boolean {
    return this.#request.keepsAlive && this.#isKept && !this.#stream.destroyed;
  }

  #finish(isWhole: boolean): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#owner.onOver(isWhole && this.#mayKeep);
    this.#handlers.onClose?.();
  }
}
