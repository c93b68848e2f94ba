/** A call as the client has it: its messages, the server's, and the status that comes last. */
import type { ClientHttp2Stream, IncomingHttpHeaders } from 'node:http2';
import { encodeFrame, FrameDecoder } from './frames.ts';
import { httpFailure, resetFailure } from './http-status.ts';
import { CANCEL, NO_ERROR } from './session.ts';
import { GrpcError, readStatus, textOf } from './status.ts';

/** The last header of a message: the answer has no body. */
const END_STREAM = 1;

/** What a client's stream is made of. */
interface ClientStreamOptions {
  /** Undefined if the call could not begin: `failure` says why. */
  readonly stream: ClientHttp2Stream | undefined;
  readonly failure?: GrpcError | undefined;
  readonly maxMessageBytes: number | undefined;
  /** Why the connection is gone; undefined while it stands. */
  readonly lossOf: () => GrpcError | undefined;
}

/**
 * A bidirectional call. Set the callbacks in the turn in which the call begins: they are called in later
 * ones.
 */
export class ClientStream {
  onMessage: ((message: Buffer) => void) | undefined;
  /** The call is over; called once, and nothing after it. Undefined is OK. */
  onClose: ((error: GrpcError | undefined) => void) | undefined;
  readonly #stream: ClientHttp2Stream | undefined;
  readonly #options: ClientStreamOptions;
  readonly #undos: (() => void)[] = [];
  #decoder: FrameDecoder | undefined;
  #trailers: IncomingHttpHeaders | undefined;
  #hasRead = false;
  #hasEnded = false;
  #isOver = false;

  constructor(options: ClientStreamOptions) {
    this.#options = options;
    this.#stream = options.stream;
    const stream = this.#stream;
    if (!stream) {
      queueMicrotask(() => this.#finish(options.failure));
      return;
    }
    stream.on('error', () => {}); // its close is enough
    stream.once('response', (headers, flags) => this.#onResponse(headers, (flags & END_STREAM) !== 0));
    stream.once('trailers', headers => this.#onTrailers(headers));
    stream.once('end', () => this.#onEnd());
    stream.once('close', () => this.#onStreamClose());
  }

  /** Says whether `onClose` was called, or would have been. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /**
   * Sends a message, after those before it; what the server has no room for waits in memory.
   * @returns false if the call is over or ended, and the message dropped
   */
  send(message: Buffer): boolean {
    const stream = this.#stream;
    if (!stream || this.#isOver || this.#hasEnded || stream.destroyed || stream.closed) return false;
    stream.write(encodeFrame(message));
    return true;
  }

  /** Sends no more (half close); the server's messages go on. @param last - a message to send before */
  end(last?: Buffer): void {
    if (this.#isOver || this.#hasEnded) return;
    this.#hasEnded = true;
    if (last) this.#stream?.end(encodeFrame(last));
    else this.#stream?.end();
  }

  /** Gives the call up; the server is told. @param error - what `onClose` gets; `Canceled` by default */
  cancel(error = new GrpcError('Canceled', 'context canceled')): void {
    if (this.#isOver) return;
    this.#stream?.close(CANCEL);
    this.#finish(error);
  }

  /** Registers what is undone when the call is over; at once if it is. */
  atEnd(undo: () => void): void {
    if (this.#isOver) undo();
    else this.#undos.push(undo);
  }

  #onResponse(headers: IncomingHttpHeaders, isAll: boolean): void {
    const failure = httpFailure(headers);
    if (failure) {
      this.#stream?.close(CANCEL);
      this.#finish(failure);
      return;
    }
    if (isAll) this.#onTrailers(headers);
    const { maxMessageBytes } = this.#options;
    this.#decoder = new FrameDecoder({ maxMessageBytes, encoding: textOf(headers['grpc-encoding']) });
    // Not before: node:http2 gives data that came with the head before it tells of the head.
    this.#stream?.on('data', (chunk: Buffer) => this.#onData(chunk));
  }

  #onTrailers(headers: IncomingHttpHeaders): void {
    this.#trailers = headers;
    if (this.#hasRead) this.#finish(this.#status(headers));
  }

  #onData(chunk: Buffer): void {
    if (this.#isOver || !this.#decoder) return;
    try {
      this.#decoder.push(chunk, this.#deliver);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error; // a callback's
      this.cancel(error);
    }
  }

  readonly #deliver = (message: Buffer): boolean => {
    this.onMessage?.(message);
    return !this.#isOver;
  };

  #onEnd(): void {
    this.#hasRead = true;
    if (this.#trailers) this.#finish(this.#status(this.#trailers));
  }

  #onStreamClose(): void {
    if (this.#isOver) return;
    const rstCode = this.#stream?.rstCode ?? NO_ERROR;
    if (this.#trailers) this.#finish(this.#status(this.#trailers));
    else this.#finish(this.#options.lossOf() ?? withoutTrailers(rstCode, this.#hasRead));
  }

  #status(trailers: IncomingHttpHeaders): GrpcError | undefined {
    const error = readStatus(trailers);
    if (!error && this.#decoder?.isWithinMessage) return new GrpcError('Internal', 'unexpected EOF');
    return error;
  }

  #finish(error: GrpcError | undefined): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const undo of this.#undos) undo();
    const stream = this.#stream;
    // The server has said all: what is still to be sent is of no use.
    if (stream && !stream.closed && !stream.writableFinished) stream.close(NO_ERROR);
    this.onClose?.(error);
  }
}

/** A stream that ended without a status (grpc-go internal/transport/http2_client.go@v1.66 handleData). */
function withoutTrailers(rstCode: number, hasRead: boolean): GrpcError {
  if (rstCode === NO_ERROR && hasRead)
    return new GrpcError('Internal', 'server closed the stream without sending trailers');
  return resetFailure(rstCode);
}
