/** One HTTP request of curl's over a connection that is there, and the answer to it. */
import { StringDecoder } from 'node:string_decoder';
import type { ClientConnection } from '../../../base/http1/client-connection.ts';
import type { ClientExchange, ExchangeHandlers } from '../../../base/http1/client-exchange.ts';
import type { MessageHead } from '../../../base/http1/message-head.ts';
import { latin1Of } from '../../../base/http1/outgoing-message.ts';
import type { VirtualSocket } from '../../network/interfaces.ts';
import type { CurlProcess } from './curl-process.ts';
import { CurlError } from './errors.ts';
import { brokenOff, errorOf, httpError } from './exchange-errors.ts';
import { methodOf } from './options.ts';
import type { RequestHeaders } from './request-headers.ts';
import { lengthOf, noteHead } from './response-head.ts';
import type { Target } from './target.ts';
import type { TransferReport } from './write-out.ts';

/** Where a transfer's bytes go. */
export interface Sink {
  /** Takes the head of the answer, as it came. */
  head(text: string): void;
  body(text: string): void;
  /** Takes a line of `-v`, with its mark (`* `, `> `, `< `); undefined without that option. */
  readonly verbose: ((line: string) => void) | undefined;
}

/** A request to send. */
export interface HttpRequestOptions {
  readonly process: CurlProcess;
  readonly target: Target;
  readonly report: TransferReport;
  readonly sink: Sink;
  /** The connection was kept from the transfer before; if it turns out to be dead, that is no error. */
  readonly isReused: boolean;
  readonly progress: Progress;
}

/** Who is told how a request goes on. */
interface Progress {
  /** @param bytes - what the answer's Content-Length says */
  onLength(bytes: number): void;
  onFirstByte(): void;
}

/** Sends one request and reads its answer. */
export class HttpRequest implements ExchangeHandlers {
  readonly #use: HttpRequestOptions;
  readonly #method: string;
  readonly #body: string | undefined;
  readonly #headers: ReturnType<RequestHeaders['of']>;
  readonly #decoder = new StringDecoder('utf8');
  #exchange: ClientExchange | undefined;
  /** Why the request was given up. */
  #failure: unknown;
  /** What `-f` says of the answer. */
  #refusal: CurlError | undefined;
  #hasAnswer = false;
  #isDone = false;
  #expected: number | undefined;
  #settle: (() => void) | undefined;

  constructor(use: HttpRequestOptions) {
    const { options, headers } = use.process;
    this.#use = use;
    this.#method = methodOf(options);
    this.#body = options.data.length > 0 ? options.data.join('&') : undefined;
    this.#headers = headers.of(use.target.authority, this.#body);
  }

  /**
   * @returns `dead` if a kept connection was closed before the answer began
   * @throws CurlError; the reason of the process's cancellation
   */
  async run(): Promise<'done' | 'dead'> {
    const { process, report, target } = this.#use;
    const { cancellation } = process;
    const connection = process.connections.connectionTo(target);
    if (!connection?.http.isFree) return this.#outcome();
    const onCancel = () => this.#fail(cancellation.reason);
    cancellation.onCancel = onCancel;
    if (this.#body !== undefined) report.uploadedBytes = Buffer.byteLength(this.#body);
    this.#tell(connection.socket);
    const over = new Promise<void>(resolve => {
      this.#settle = resolve;
    });
    this.#send(connection.http);
    if (cancellation.isCancelled) onCancel();
    await over;
    cancellation.onCancel = undefined;
    return this.#outcome();
  }

  onHead(head: MessageHead): void {
    const { process, report, sink, progress } = this.#use;
    const { options, release } = process;
    this.#hasAnswer = true;
    progress.onFirstByte();
    const text = noteHead(head, report);
    if (sink.verbose) {
      for (const line of text.trimEnd().split('\r\n')) sink.verbose(`< ${line}`);
      sink.verbose('<');
    }
    this.#expected = lengthOf(head);
    if (this.#expected !== undefined) progress.onLength(this.#expected);
    if (report.status >= 400 && (options.fail || options.failWithBody))
      this.#refusal = httpError(release, report.status, head.reason);
    // curl reads no body then, and does not use the connection again.
    if (this.#refusal && options.fail) this.#fail(this.#refusal);
    else sink.head(text);
  }

  onBody(bytes: Buffer): void {
    this.#receive(this.#decoder.write(bytes));
  }

  /** What comes after a whole answer is no error (curl 7.88.1: `Excess found in a read`, exit code 0). */
  onEnd(): void {
    this.#receive(this.#decoder.end());
    this.#isDone = true;
    this.#failure ??= this.#refusal;
  }

  onFail(error: Error): void {
    this.#failure ??= error;
  }

  onClose(): void {
    this.#settle?.();
  }

  #receive(text: string): void {
    if (text === '') return;
    this.#use.report.downloadedBytes += Buffer.byteLength(text);
    this.#use.sink.body(text);
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#exchange?.destroy();
  }

  #tell(socket: VirtualSocket): void {
    const { target, report, sink } = this.#use;
    report.localAddress = socket.localAddress ?? '';
    report.localPort = socket.localPort ?? 0;
    report.remoteAddress = socket.remoteAddress ?? '';
    report.remotePort = socket.remotePort ?? 0;
    if (!sink.verbose) return;
    sink.verbose(`> ${this.#method} ${target.path} HTTP/1.1`);
    const { fields } = this.#headers;
    for (let at = 0; at < fields.length; at += 2) sink.verbose(`> ${fields[at]}: ${fields[at + 1]}`);
    sink.verbose('>');
  }

  #send(connection: ClientConnection): void {
    const { text, isChunked, closes } = this.#headers;
    this.#exchange = connection.begin(
      {
        method: this.#method,
        head: latin1Of(`${this.#method} ${this.#use.target.path} HTTP/1.1${text}`),
        framing: isChunked ? 'chunked' : 'plain',
        keepsAlive: !closes,
      },
      this,
    );
    this.#exchange.end(this.#body);
  }

  /** Says how it ended, once the connection is closed or free. @throws what `run` throws */
  #outcome(): 'done' | 'dead' {
    const { process, isReused, report } = this.#use;
    if (this.#failure === undefined && this.#isDone) return 'done';
    process.cancellation.throwIfCancelled();
    if (this.#failure instanceof CurlError) throw this.#failure;
    if (this.#hasAnswer) throw brokenOff(this.#failure, this.#expected, report.downloadedBytes);
    if (isReused) return 'dead';
    throw errorOf(this.#failure);
  }
}
