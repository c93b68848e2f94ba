/** One HTTP request of curl's over a connection that is there, and the answer to it. */
import http from 'node:http';
import type { Duplex } from 'node:stream';
import type { Connections } from './connection.ts';
import { CurlError, type CurlRelease, codeOf } from './errors.ts';
import { errorOf, httpError, partialBody, receiveFailed } from './exchange-errors.ts';
import { type CurlOptions, methodOf } from './options.ts';
import { requestHeaders } from './request-headers.ts';
import { lengthOf, noteHead } from './response-head.ts';
import type { Target } from './target.ts';
import type { TransferReport } from './write-out.ts';

/** Where a transfer's bytes go. */
export interface Sink {
  /** Takes the head of the answer, as it came. */
  head(text: string): void;
  body(text: string): void;
  /** Takes a line of `-v`, with its mark (`* `, `> `, `< `). */
  verbose(line: string): void;
}

/** A request to send, and the callbacks for its progress. */
export interface HttpRequestOptions {
  readonly options: CurlOptions;
  readonly release: CurlRelease;
  readonly connections: Connections;
  readonly target: Target;
  readonly report: TransferReport;
  readonly sink: Sink;
  /** Ends the request; its reason is what `run` throws then. */
  readonly signal: AbortSignal;
  /** The connection was kept from the transfer before; if it turns out to be dead, that is no error. */
  readonly isReused: boolean;
  /** @param bytes - what the answer's Content-Length says */
  onLength(bytes: number): void;
  onFirstByte(): void;
}

/** Sends one request and reads its answer. */
export class HttpRequest {
  readonly #use: HttpRequestOptions;
  readonly #method: string;
  readonly #body: string | undefined;
  readonly #headers: readonly (readonly [name: string, value: string])[];
  readonly #outgoing: http.ClientRequest;
  readonly #onAbort = () => this.#fail(this.#use.signal.reason);
  /** Why the request was given up. */
  #failure: unknown;
  #connectionError: unknown;
  #hasAnswer = false;
  #isDone = false;
  #expected: number | undefined;

  constructor(use: HttpRequestOptions) {
    const { options, release, connections, target } = use;
    this.#use = use;
    this.#method = methodOf(options);
    this.#body = options.data.length > 0 ? options.data.join('&') : undefined;
    this.#headers = requestHeaders(options, release, target, this.#body);
    const agent = connections.agentOf(target);
    this.#outgoing = http.request({ agent, method: this.#method, path: target.path, setHost: false });
    for (const [name, value] of this.#headers) this.#outgoing.appendHeader(name, value);
    // curl does not send these; Node would add them of its own.
    for (const name of ['Connection', 'Transfer-Encoding', 'Content-Length']) {
      if (!this.#outgoing.hasHeader(name)) this.#outgoing.removeHeader(name);
    }
  }

  /**
   * @returns `dead` if a kept connection was closed before the answer began
   * @throws CurlError; the signal's reason
   */
  run(): Promise<'done' | 'dead'> {
    const outgoing = this.#outgoing;
    this.#use.signal.addEventListener('abort', this.#onAbort, { once: true });
    outgoing.on('socket', stream => this.#onSocket(stream));
    outgoing.on('response', response => this.#onResponse(response));
    outgoing.on('error', error => {
      this.#failure ??= error;
    });
    const end = new Promise<'done' | 'dead'>((resolve, reject) => {
      // `close` comes last, after the connection went back to the agent; so the next transfer finds it there.
      outgoing.on('close', () => {
        this.#use.signal.removeEventListener('abort', this.#onAbort);
        try {
          resolve(this.#outcome());
        } catch (error) {
          reject(error);
        }
      });
    });
    if (this.#body !== undefined) this.#use.report.uploadedBytes = Buffer.byteLength(this.#body);
    outgoing.end(this.#body);
    return end;
  }

  #fail(error: unknown): void {
    this.#failure ??= error;
    this.#outgoing.destroy();
  }

  #onSocket(stream: Duplex): void {
    const { connections, target, report, sink } = this.#use;
    const onError = (error: unknown) => {
      this.#connectionError = error;
    };
    stream.on('error', onError);
    // The next transfer may have the same connection.
    this.#outgoing.once('close', () => stream.off('error', onError));
    const socket = connections.socketTo(target);
    report.localAddress = socket?.localAddress ?? '';
    report.localPort = socket?.localPort ?? 0;
    report.remoteAddress = socket?.remoteAddress ?? '';
    report.remotePort = socket?.remotePort ?? 0;
    sink.verbose(`> ${this.#method} ${target.path} HTTP/1.1`);
    for (const [name, value] of this.#headers) sink.verbose(`> ${name}: ${value}`);
    sink.verbose('>');
  }

  #onResponse(response: http.IncomingMessage): void {
    const { options, release, report, sink, onLength, onFirstByte } = this.#use;
    this.#hasAnswer = true;
    onFirstByte();
    const head = noteHead(response, report);
    for (const line of head.trimEnd().split('\r\n')) sink.verbose(`< ${line}`);
    sink.verbose('<');
    this.#expected = lengthOf(response);
    if (this.#expected !== undefined) onLength(this.#expected);
    const error =
      report.status >= 400 && (options.fail || options.failWithBody)
        ? httpError(release, report.status, response.statusMessage ?? '')
        : undefined;
    if (error && options.fail) {
      // curl reads no body then, and does not use the connection again.
      this.#fail(error);
      return;
    }
    sink.head(head);
    response.setEncoding('utf8');
    response.on('data', (text: string) => {
      report.downloadedBytes += Buffer.byteLength(text);
      sink.body(text);
    });
    response.on('end', () => {
      this.#isDone = true;
      this.#failure ??= error;
    });
    // Node says ECONNRESET whatever ended the answer too soon; the connection itself knows.
    response.on('error', () => {});
  }

  /** Says how it ended, once the connection is closed or back with its agent. @throws what `run` throws */
  #outcome(): 'done' | 'dead' {
    const { signal, isReused, report } = this.#use;
    if (this.#failure === undefined && this.#isDone) return 'done';
    if (signal.aborted) throw signal.reason;
    if (this.#failure instanceof CurlError) throw this.#failure;
    if (this.#hasAnswer) {
      const code = codeOf(this.#connectionError);
      throw code === '' ? partialBody(this.#expected, report.downloadedBytes) : receiveFailed(code);
    }
    if (isReused) return 'dead';
    throw errorOf(this.#failure);
  }
}
