/** A server's end of a connection: requests as they come, answers in the same order. */
import type { Duplex } from 'node:stream';
import type { ParseError } from './errors.ts';
import { headerOf, joinedHeader, type MessageHead } from './message-head.ts';
import { type AfterHead, MessageParser, type MessageSink } from './message-parser.ts';
import { ResponseQueue } from './response-queue.ts';
import type { ServerResponse } from './server-response.ts';

/** Takes the body of a request. */
export interface BodyReader {
  onBody(bytes: Buffer): void;
  onEnd(): void;
}

/** A request that has come; its body may still be on its way. */
export interface ServerRequest {
  readonly head: MessageHead;
  /** To be called in the turn in which the request comes; a body without a reader is dropped. */
  read(reader: BodyReader): void;
  /** Stops reading from the connection; what has arrived already still comes. */
  pause(): void;
  resume(): void;
}

/** What a server does with its connections. */
export interface ServerHandlers {
  onRequest(request: ServerRequest, response: ServerResponse): void;
  /**
   * Called for bytes that are no HTTP/1.1, and again for what comes after them. Without this the client gets
   * the answer that node:http's server gives, and the connection ends.
   */
  onRefused?(error: ParseError, stream: Duplex): void;
}

const CONTINUE = 'HTTP/1.1 100 Continue\r\n\r\n';

/** Serves HTTP/1.1 on a connection, as long as it lasts. */
export function serveConnection(stream: Duplex, handlers: ServerHandlers): void {
  const connection = new ServerConnection(stream, handlers);
  stream.on('data', (chunk: Buffer) => connection.onData(chunk));
  stream.on('end', () => connection.onEndOfData());
  stream.on('drain', () => connection.onDrain());
  stream.on('error', () => {}); // the close event is enough
  stream.on('close', () => connection.onClose());
}

class ServerConnection implements MessageSink {
  readonly #stream: Duplex;
  readonly #handlers: ServerHandlers;
  readonly #parser: MessageParser;
  readonly #responses: ResponseQueue;
  #reader: BodyReader | undefined;
  #isBodyPaused = false;
  #isFlooded = false;
  /** The method of HTTP/2's first bytes, in a request that is none of HTTP/2. */
  #isPreface = false;

  constructor(stream: Duplex, handlers: ServerHandlers) {
    this.#stream = stream;
    this.#handlers = handlers;
    this.#responses = new ResponseQueue(stream);
    this.#parser = new MessageParser('request', this);
  }

  onData(chunk: Buffer): void {
    const error = this.#parser.execute(chunk);
    if (error) this.#refuse(error);
    else if (this.#isPreface) this.#stream.destroy();
  }

  onEndOfData(): void {
    const error = this.#parser.finish();
    if (error) this.#refuse(error);
    else this.#stream.end();
  }

  onDrain(): void {
    this.#responses.drained();
    if (!this.#isFlooded || this.#responses.isFlooded) return;
    this.#isFlooded = false;
    this.#resume();
  }

  onClose(): void {
    this.#reader = undefined;
    this.#responses.close();
  }

  // ---- for the parser

  onHead(head: MessageHead): AfterHead {
    if (this.#stream.destroyed) return 'other protocol';
    if (head.method === 'CONNECT') {
      this.#stream.destroy();
      return 'other protocol';
    }
    if (!this.#isFlooded && this.#responses.isFlooded) {
      this.#isFlooded = true;
      this.#stream.pause();
    }
    this.#isPreface = head.method === 'PRI';
    const response = this.#responses.add(head);
    if (head.major !== 1 || head.minor !== 1 || this.#isAcceptable(head, response))
      this.#handlers.onRequest(new IncomingRequest(head, this), response);
    return 'body';
  }

  /** Judges what only HTTP/1.1 has: a Host header must be there, and Expect may be. */
  #isAcceptable({ rawHeaders }: MessageHead, response: ServerResponse): boolean {
    if (headerOf(rawHeaders, 'host') === undefined) {
      response.writeHead({ status: 400, headers: ['Connection', 'close'], tellsConnection: true });
      response.end();
      return false;
    }
    const expected = joinedHeader(rawHeaders, 'expect');
    if (expected === undefined) return true;
    if (/(?:^|\W)100-continue(?:$|\W)/i.test(expected)) {
      this.#responses.send(response, CONTINUE, true);
      return true;
    }
    response.writeHead({ status: 417, headers: [], tellsConnection: true });
    response.end();
    return false;
  }

  onBody(bytes: Buffer): void {
    this.#reader?.onBody(bytes);
  }

  onEnd(): void {
    const reader = this.#reader;
    this.#reader = undefined;
    this.resumeBody();
    reader?.onEnd();
  }

  // ---- for the request

  read(reader: BodyReader): void {
    this.#reader = reader;
  }

  pauseBody(): void {
    this.#isBodyPaused = true;
    this.#stream.pause();
  }

  resumeBody(): void {
    if (!this.#isBodyPaused) return;
    this.#isBodyPaused = false;
    this.#resume();
  }

  #resume(): void {
    if (!this.#isFlooded && !this.#isBodyPaused) this.#stream.resume();
  }

  #refuse(error: ParseError): void {
    const { onRefused } = this.#handlers;
    if (onRefused) {
      onRefused(error, this.#stream);
      return;
    }
    if (this.#stream.writable && !this.#responses.isMidway) {
      const status = statusOf(error);
      this.#stream.write(`HTTP/1.1 ${status}\r\nConnection: close\r\n\r\n`, 'latin1');
    }
    this.#stream.destroy();
  }
}

/** A request as its server sees it. */
class IncomingRequest implements ServerRequest {
  readonly head: MessageHead;
  readonly #connection: ServerConnection;

  constructor(head: MessageHead, connection: ServerConnection) {
    this.head = head;
    this.#connection = connection;
  }

  read(reader: BodyReader): void {
    this.#connection.read(reader);
  }

  pause(): void {
    this.#connection.pauseBody();
  }

  resume(): void {
    this.#connection.resumeBody();
  }
}

function statusOf({ code }: ParseError): string {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return '431 Request Header Fields Too Large';
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return '413 Payload Too Large';
    default:
      return '400 Bad Request';
  }
}
