/** A client of gRPC over one connection, which it is handed: no dialling, no balancing, no second try. */
import http2 from 'node:http2';
import type { Duplex } from 'node:stream';
import type { Clock } from '../clock.ts';
import { messageOf } from '../errors.ts';
import { ClientStream } from './client-stream.ts';
import { connectionLoss, farewellText } from './connection-loss.ts';
import { decouple } from './decouple.ts';
import { metadataHeaders } from './metadata.ts';
import { CLIENT_SESSION, widen } from './session.ts';
import { GrpcError } from './status.ts';
import { encodeTimeout } from './timeout.ts';

/** What a client is made of. */
interface GrpcClientOptions {
  /** The `:authority` of all calls: host, and port if it is not the scheme's. */
  readonly authority: string;
  /** `https` on TLS, the default is `http`. */
  readonly scheme?: 'http' | 'https';
  readonly userAgent?: string;
  /** The most bytes of a message that is received; 4 MiB by default. */
  readonly maxMessageBytes?: number;
}

/** What a call may have besides its path. */
interface CallOptions {
  /** Headers by name; those of gRPC itself cannot be replaced. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Cancels the call when it aborts. */
  readonly signal?: AbortSignal | undefined;
  /** How long the call may take; the server is told. */
  readonly timeout?: { readonly clock: Clock; readonly timeoutMs: number } | undefined;
}

/** Makes calls on a connection; when that is lost, calls fail with `Unavailable`. */
export class GrpcClient {
  /** The connection is gone: by `close` (`Canceled`), or lost (`Unavailable`). Called once. */
  onClose: ((error: GrpcError) => void) | undefined;
  readonly #options: GrpcClientOptions;
  readonly #session: http2.ClientHttp2Session;
  readonly #socket: Duplex;
  #loss: GrpcError | undefined;
  /** What the server's GOAWAY said. */
  #farewell: string | undefined;

  /** @param socket - connected, TLS with its handshake done */
  constructor(socket: Duplex, options: GrpcClientOptions) {
    const { scheme = 'http', authority } = options;
    this.#options = options;
    this.#socket = socket;
    socket.on('error', error => this.#lose(this.#lossBy(error)));
    socket.once('end', () => this.#lose(this.#lossBy(undefined)));
    socket.once('close', () => this.#lose(this.#lossBy(undefined)));
    const session = http2.connect(`${scheme}://${authority}`, {
      ...CLIENT_SESSION,
      createConnection: () => decouple(socket),
    });
    this.#session = session;
    session.on('goaway', (code, _lastStream, data) => {
      this.#farewell ??= farewellText(code, data);
    });
    session.on('error', error => this.#lose(this.#lossBy(error)));
    session.once('close', () => this.#lose(this.#lossBy(undefined)));
    if (socket.destroyed) this.#lose(this.#lossBy(undefined));
    else if (session.connecting) session.once('connect', () => widen(session));
    else widen(session);
  }

  /** Says whether calls can be made. */
  get isOpen(): boolean {
    return this.#loss === undefined && !this.#session.closed && !this.#session.destroyed;
  }

  /**
   * Makes a call of one message each way.
   * @returns the answer
   * @throws GrpcError with the call's status
   */
  unary(path: string, message: Buffer, options: CallOptions = {}): Promise<Buffer> {
    return new Promise((resolve, reject) => {
      const stream = this.stream(path, options);
      let answer: Buffer | undefined;
      stream.onMessage = response => {
        if (answer) stream.cancel(violation('expected <EOF> for non server-streaming RPCs'));
        answer = response;
      };
      stream.onClose = error => {
        if (error) reject(error);
        else if (answer) resolve(answer);
        else reject(violation('received no response message from non-server-streaming RPC'));
      };
      stream.end(message);
    });
  }

  /** Begins a call; how it goes, if it cannot begin too, is told by its callbacks. */
  stream(path: string, { metadata, signal, timeout }: CallOptions = {}): ClientStream {
    const { maxMessageBytes } = this.#options;
    // A session that ends closes its streams before it tells why.
    const lossOf = () => this.#loss ?? (this.#session.destroyed ? this.#lossBy(undefined) : undefined);
    if (signal?.aborted) {
      const failure = new GrpcError('Canceled', 'context canceled');
      return new ClientStream({ stream: undefined, failure, maxMessageBytes, lossOf });
    }
    const call = new ClientStream({ ...this.#begin(path, metadata, timeout), maxMessageBytes, lossOf });
    if (signal) {
      const onAbort = () => call.cancel();
      signal.addEventListener('abort', onAbort, { once: true });
      call.atEnd(() => signal.removeEventListener('abort', onAbort));
    }
    if (timeout) {
      const late = () => call.cancel(new GrpcError('DeadlineExceeded', 'context deadline exceeded'));
      const timer = timeout.clock.setTimeout(late, timeout.timeoutMs);
      call.atEnd(() => timeout.clock.clearTimeout(timer));
    }
    return call;
  }

  /** Breaks the connection off: calls that are under way fail as grpc-go's do (ErrClientConnClosing). */
  close(): void {
    this.#lose(new GrpcError('Canceled', 'grpc: the client connection is closing'));
  }

  #begin(
    path: string,
    metadata: CallOptions['metadata'],
    timeout: CallOptions['timeout'],
  ): { readonly stream: http2.ClientHttp2Stream | undefined; readonly failure?: GrpcError } {
    if (this.#loss) return { stream: undefined, failure: this.#loss };
    if (!this.isOpen)
      return { stream: undefined, failure: new GrpcError('Unavailable', 'the connection is draining') };
    const { userAgent } = this.#options;
    try {
      const stream = this.#session.request({
        ...(metadata && metadataHeaders(metadata)),
        ':method': 'POST',
        ':path': path,
        'content-type': 'application/grpc',
        te: 'trailers',
        ...(userAgent !== undefined && { 'user-agent': userAgent }),
        ...(timeout && { 'grpc-timeout': encodeTimeout(timeout.timeoutMs) }),
      });
      return { stream };
    } catch (error) {
      const failure =
        error instanceof GrpcError ? error : new GrpcError('Unavailable', messageOf(error), { cause: error });
      return { stream: undefined, failure };
    }
  }

  #lossBy(error: Error | undefined): GrpcError {
    return connectionLoss(error, this.#farewell);
  }

  #lose(error: GrpcError): void {
    if (this.#loss) return;
    this.#loss = error;
    this.#session?.destroy();
    this.#socket.destroy();
    this.onClose?.(error);
  }
}

const violation = (what: string) => new GrpcError('Internal', `cardinality violation: ${what}`);
