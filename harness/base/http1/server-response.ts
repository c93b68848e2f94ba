/** The answer to one request, in its turn on the connection. */
import { STATUS_CODES } from 'node:http';
import { headerOf, joinedHeader, type MessageHead } from './message-head.ts';
import { type BodyFraming, headText, OutgoingMessage, saysChunked } from './outgoing-message.ts';

/** What the connection does for its responses. */
export interface ResponseOutlet {
  /** @returns false if the next bytes should wait */
  send(response: ServerResponse, data: string | Buffer, isLast: boolean): boolean;
  /** The response has ended. */
  done(response: ServerResponse): void;
  /** Breaks the connection off. */
  destroy(): void;
}

/** The head of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** The usual words of the status by default. */
  readonly reason?: string | undefined;
  /** Names and values in turn. */
  readonly headers: readonly string[];
  /** Adds a `Connection` header that says what becomes of the connection. */
  readonly tellsConnection?: boolean;
}

/** Written by whoever answers; what is written before its turn waits. */
export class ServerResponse {
  /** Called once, when the response has ended or the connection is gone. */
  onClose: (() => void) | undefined;
  /** Called when there is room again after `write` returned false. */
  onDrain: (() => void) | undefined;
  readonly #request: MessageHead;
  readonly #outlet: ResponseOutlet;
  readonly #message: OutgoingMessage;
  #closesConnection: boolean;
  #isClosed = false;

  constructor(request: MessageHead, outlet: ResponseOutlet) {
    this.#request = request;
    this.#outlet = outlet;
    this.#message = new OutgoingMessage((data, isLast) => outlet.send(this, data, isLast));
    this.#closesConnection = !request.keepsAlive;
  }

  /** Whether it is too late for another head. */
  get hasHead(): boolean {
    return this.#message.hasHead;
  }

  get hasEnded(): boolean {
    return this.#message.hasEnded;
  }

  /** Whether the connection ends with this response. */
  get closesConnection(): boolean {
    return this.#closesConnection;
  }

  /** Makes it the last of its connection; to be called before the head is written. */
  closeAfter(): void {
    this.#closesConnection = true;
  }

  /** Begins the answer. It leaves with the first bytes of the body, or at the end. */
  writeHead({
    status,
    reason = STATUS_CODES[status] ?? 'unknown',
    headers,
    tellsConnection,
  }: ResponseHead): void {
    const all = [...headers];
    const framing = this.#framingOf(status, headers);
    if (tellsConnection) this.#tellConnection(all);
    if (framing === 'chunked' && headerOf(headers, 'transfer-encoding') === undefined)
      all.push('Transfer-Encoding', 'chunked');
    this.#message.begin(headText(`HTTP/1.1 ${status} ${reason}`, all), framing);
  }

  /** @returns false if the next bytes should wait for `onDrain` */
  write(bytes: Buffer): boolean {
    if (this.#isClosed) return true;
    return this.#message.write(bytes);
  }

  /** Ends the answer. */
  end(body?: Buffer | string): void {
    if (this.#isClosed || this.hasEnded) return;
    this.#message.end(body);
    this.#outlet.done(this);
    this.close();
  }

  /** Breaks off: the connection ends. */
  destroy(): void {
    if (!this.#isClosed) this.#outlet.destroy();
  }

  /** Takes note that nothing more can be written. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.onClose?.();
  }

  /** An old client is sent no chunks unless it says that it takes them. */
  #framingOf(status: number, headers: readonly string[]): BodyFraming {
    const isBodiless = (status >= 100 && status < 200) || status === 204 || status === 304;
    if (isBodiless || this.#request.method === 'HEAD') return 'none';
    if (headerOf(headers, 'transfer-encoding') !== undefined)
      return saysChunked(headers) ? 'chunked' : 'plain';
    if (headerOf(headers, 'content-length') !== undefined) return 'plain';
    if (this.#takesChunks) return 'chunked';
    this.#closesConnection = true;
    return 'plain';
  }

  get #takesChunks(): boolean {
    const { major, minor, rawHeaders } = this.#request;
    return (
      (major >= 1 && minor >= 1) || /(?:^|\W)chunked(?:$|\W)/i.test(joinedHeader(rawHeaders, 'te') ?? '')
    );
  }

  #tellConnection(headers: string[]): void {
    const said = headerOf(headers, 'connection');
    if (said !== undefined) {
      if (/(?:^|\W)close(?:$|\W)/i.test(said)) this.#closesConnection = true;
      return;
    }
    const hasLength = headerOf(headers, 'content-length') !== undefined;
    if (!hasLength && !this.#takesChunks) this.#closesConnection = true;
    headers.push('Connection', this.#closesConnection ? 'close' : 'keep-alive');
  }
}
