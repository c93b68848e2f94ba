/** A call as the server has it: the client's messages, the server's, and the status at the end. */
import type { ServerHttp2Stream } from 'node:http2';
import type { Timer } from '../clock.ts';
import { controllerForMany } from '../deadline.ts';
import { messageOf } from '../errors.ts';
import { encodeFrame, FrameDecoder } from './frames.ts';
import { metadataOf } from './metadata.ts';
import type { CallPeer, ServerCall, ServerStreamOptions } from './server-call.ts';
import { resetWhenSent } from './session.ts';
import { GrpcError, statusHeaders, textOf } from './status.ts';

/**
 * A bidirectional call. Messages flow from the moment that `onMessage` is set; set the others before it, or
 * in the same turn. What a callback throws ends the call with that as its status.
 */
export class ServerStream implements ServerCall {
  /** The client has sent its last message (half close). */
  onEnd: (() => void) | undefined;
  /** The call is over; called once. Undefined: ended with OK. A client that left is `Canceled`. */
  onClose: ((error: GrpcError | undefined) => void) | undefined;
  readonly path: string;
  readonly deadlineMs: number | undefined;
  readonly #options: ServerStreamOptions;
  readonly #stream: ServerHttp2Stream;
  readonly #timer: Timer | undefined;
  #onMessage: ((message: Buffer) => void) | undefined;
  #metadata: Record<string, string> | undefined;
  #controller: AbortController | undefined;
  #hasEnded = false;
  #isClosed = false;
  #outcome: GrpcError | undefined;

  constructor(options: ServerStreamOptions) {
    const { stream, headers, clock, timeoutMs } = options;
    this.#options = options;
    this.#stream = stream;
    this.path = textOf(headers[':path']) ?? '';
    if (timeoutMs !== undefined) {
      this.deadlineMs = clock.now() + timeoutMs;
      this.#timer = clock.setTimeout(() => this.#expire(), timeoutMs);
    }
    stream.once('aborted', () => this.#close());
    stream.once('close', () => this.#close());
    stream.once('wantTrailers', () => this.#sendTrailers());
  }

  get metadata(): Readonly<Record<string, string>> {
    this.#metadata ??= metadataOf(this.#options.headers);
    return this.#metadata;
  }

  get peer(): CallPeer {
    return this.#options.peer;
  }

  get signal(): AbortSignal {
    this.#controller ??= controllerForMany();
    if (this.#isOver && !this.#controller.signal.aborted) this.#controller.abort(this.#outcome);
    return this.#controller.signal;
  }

  get #isOver(): boolean {
    return this.#hasEnded || this.#isClosed;
  }

  get onMessage(): ((message: Buffer) => void) | undefined {
    return this.#onMessage;
  }

  set onMessage(onMessage: ((message: Buffer) => void) | undefined) {
    const isFirst = this.#onMessage === undefined;
    this.#onMessage = onMessage;
    if (isFirst && onMessage) this.#read();
  }

  /**
   * Sends a message, after those before it; what the client has no room for waits in memory.
   * @returns false if the call is over, and the message dropped
   */
  send(message: Buffer): boolean {
    const stream = this.#stream;
    if (this.#isOver || stream.destroyed || stream.closed) return false;
    if (!stream.headersSent) stream.respond(HEAD, WITH_TRAILERS);
    stream.write(encodeFrame(message));
    return true;
  }

  /** Ends the call after the messages that were sent. Undefined is OK. Ending twice changes nothing. */
  end(error?: GrpcError): void {
    if (this.#isOver) return;
    this.#hasEnded = true;
    this.#outcome = error;
    this.#options.clock.clearTimeout(this.#timer);
    this.#controller?.abort(error);
    const stream = this.#stream;
    if (stream.destroyed || stream.closed) return;
    if (stream.headersSent) stream.end();
    else {
      stream.respond({ ...HEAD, ...statusHeaders(error) }, { endStream: true });
      resetWhenSent(stream);
    }
  }

  /** Ends the call with what a handler threw: a `GrpcError` as it is, all else as `Unknown`. */
  fail(thrown: unknown): void {
    if (!(thrown instanceof GrpcError)) this.#options.onDefect(thrown);
    this.end(thrown instanceof GrpcError ? thrown : new GrpcError('Unknown', messageOf(thrown)));
  }

  #read(): void {
    const { maxMessageBytes, headers } = this.#options;
    const decoder = new FrameDecoder({ maxMessageBytes, encoding: textOf(headers['grpc-encoding']) });
    const deliver = (message: Buffer) => {
      if (!this.#isOver) this.#onMessage?.(message);
      return !this.#isOver;
    };
    this.#stream.on('data', (chunk: Buffer) => {
      if (!this.#isOver) this.#guard(() => decoder.push(chunk, deliver));
    });
    this.#stream.once('end', () => {
      if (this.#isOver || this.#stream.aborted) return;
      if (decoder.isWithinMessage) this.end(new GrpcError('Internal', 'unexpected EOF'));
      else this.#guard(() => this.onEnd?.());
    });
  }

  #guard(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.fail(error);
    }
  }

  #expire(): void {
    this.end(new GrpcError('DeadlineExceeded', 'context deadline exceeded'));
  }

  #sendTrailers(): void {
    if (this.#stream.destroyed || this.#stream.closed) return;
    this.#stream.sendTrailers(statusHeaders(this.#outcome));
    resetWhenSent(this.#stream);
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#options.clock.clearTimeout(this.#timer);
    if (!this.#hasEnded) this.#outcome = new GrpcError('Canceled', 'context canceled');
    this.#controller?.abort(this.#outcome);
    try {
      this.onClose?.(this.#outcome);
    } catch (error) {
      this.#options.onDefect(error);
    }
  }
}

const HEAD = { ':status': 200, 'content-type': 'application/grpc' };
const WITH_TRAILERS = { waitForTrailers: true };
