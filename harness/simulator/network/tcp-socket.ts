/**
 * One end of a TCP connection of the virtual network: a `Duplex` that node:tls, node:http and ws take for a
 * `net.Socket`.
 */
import { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../base/clock.ts';
import type { SocketAddress, VirtualSocket } from './interfaces.ts';
import { socketError } from './socket-errors.ts';

/** A clock that wants to hear of all activity; a plain `Clock` will do too. */
export interface WorldClock extends Clock {
  bump?(): void;
}

/** What the way between two ends does to a segment: a delay in milliseconds, or `drop`. */
export interface Path {
  readonly verdict: () => number | 'drop';
}

/** The four numbers of a connection as one end sees them, and how to get to the other. */
export interface Established {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  readonly originalDestination: SocketAddress;
  readonly path: Path;
}

type Segment = { readonly data: Buffer | readonly Buffer[]; readonly taken: () => void } | 'fin' | 'rst';

/** Up to this size what was written in pieces travels as one: a request's head with its body. */
const COALESCE_BYTES = 64 * 1024;
/**
 * Each direction buffers so much before a writer has to wait, as a kernel's do once they have grown
 * (net.ipv4.tcp_rmem allows 6 MiB). With 64 KiB node:http2 came to a standstill, on any Duplex: two ends that
 * both send more than that read nothing until they have written.
 */
const BUFFER_BYTES = 1024 * 1024;
/**
 * Linux sends a lost segment again after 200 ms, doubles that up to 120 s, and gives up after 15 times
 * (tcp_retries2).
 */
const FIRST_RETRANSMISSION_MS = 200;
const MAX_RETRANSMISSION_MS = 120_000;
const RETRANSMISSIONS = 15;

/**
 * Segments travel one at a time and in order, each with one `setImmediate`: a turn of the event loop lies
 * between a write and its arrival, so a busy connection starves neither the pump of the clock nor signals,
 * and arrivals are in the order of the writes all over the world. A write's callback is called when the other
 * end has room for more, which is what gives backpressure.
 */
export class TcpSocket extends Duplex implements VirtualSocket {
  connecting = true;
  /** The idle time that was set with `setTimeout`, in milliseconds; 0: none. */
  timeout = 0;
  bytesRead = 0;
  bytesWritten = 0;
  originalDestination: SocketAddress | undefined;
  readonly #clock: WorldClock;
  #local: SocketAddress | undefined;
  #remote: SocketAddress | undefined;
  #peer: TcpSocket | undefined;
  #path: Path | undefined;
  /** Called when the socket is no more, however it ended; set by its namespace. */
  #onGone: (() => void) | undefined;
  readonly #outbox: Segment[] = [];
  #travelling = false;
  /** The callback of the one write that the stream has under way. */
  #inFlight: ((error?: Error | null) => void) | undefined;
  /** The other end's write that waits until this end reads. */
  #waitingWriter: (() => void) | undefined;
  #finSent = false;
  #resetSent = false;
  #wasReset = false;
  #idle: Timer | undefined;
  #lastActivity = 0;

  constructor(clock: WorldClock, onGone?: () => void) {
    // Like net.Socket, an end that sees the other's FIN ends itself, unless `allowHalfOpen` is set to true on
    // it.
    super({ allowHalfOpen: false, readableHighWaterMark: BUFFER_BYTES, writableHighWaterMark: BUFFER_BYTES });
    this.#clock = clock;
    this.#onGone = onGone;
  }

  get remoteAddress(): string | undefined {
    return this.#remote?.address;
  }
  get remotePort(): number | undefined {
    return this.#remote?.port;
  }
  get remoteFamily(): string | undefined {
    return this.#remote && 'IPv4';
  }
  get localAddress(): string | undefined {
    return this.#local?.address;
  }
  get localPort(): number | undefined {
    return this.#local?.port;
  }
  get localFamily(): string | undefined {
    return this.#local && 'IPv4';
  }
  get pending(): boolean {
    return this.connecting;
  }
  get readyState(): string {
    if (this.connecting) return 'opening';
    if (this.readable) return this.writable ? 'open' : 'readOnly';
    return this.writable ? 'writeOnly' : 'closed';
  }
  address(): { address: string; family: string; port: number } | Record<string, never> {
    return this.#local ? { ...this.#local, family: 'IPv4' } : {};
  }

  // ---- for the network

  /**
   * Joins two ends. The listener's side is told first, as a connection is in the backlog before the client's
   * `connect` returns.
   */
  static join(client: TcpSocket, clientSide: Established, server: TcpSocket, serverSide: Established): void {
    client.#establish(server, clientSide);
    server.#establish(client, serverSide);
  }

  /** Announces the connection to whoever dialled, and sends what was written meanwhile. */
  announce(): void {
    this.#clock.bump?.();
    this.emit('connect');
    this.emit('ready');
  }

  /** Ends an attempt to connect. */
  fail(error: Error): void {
    this.#clock.bump?.();
    this.destroy(error);
  }

  /** The end's host is gone: nothing it had under way arrives any more, and the other end sees a reset. */
  cut(): void {
    this.#outbox.length = 0;
    this.resetAndDestroy();
  }

  #establish(peer: TcpSocket, { local, remote, originalDestination, path }: Established): void {
    this.#peer = peer;
    this.#local = local;
    this.#remote = remote;
    this.originalDestination = originalDestination;
    this.#path = path;
    this.connecting = false;
    this.#touch();
  }

  // ---- the stream

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: (error?: Error | null) => void): void {
    this.#transmit(chunk, chunk.length, callback);
  }

  override _writev(
    chunks: { chunk: Buffer; encoding: BufferEncoding }[],
    callback: (error?: Error | null) => void,
  ): void {
    const buffers = chunks.map(({ chunk }) => chunk);
    const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    this.#transmit(length <= COALESCE_BYTES ? Buffer.concat(buffers, length) : buffers, length, callback);
  }

  #transmit(
    data: Buffer | readonly Buffer[],
    length: number,
    callback: (error?: Error | null) => void,
  ): void {
    this.#clock.bump?.();
    if (length === 0) {
      // node:http ends each message with an empty write; the kernel makes no segment of it.
      callback();
      return;
    }
    this.#inFlight = callback;
    if (this.connecting) {
      this.once('connect', () => this.#transmit(data, length, callback));
      return;
    }
    this.bytesWritten += length;
    this.#touch();
    this.#send({ data, taken: () => this.#acknowledge() });
  }

  #acknowledge(): void {
    const callback = this.#inFlight;
    this.#inFlight = undefined;
    callback?.();
  }

  override _final(callback: (error?: Error | null) => void): void {
    this.#clock.bump?.();
    if (this.connecting) {
      this.once('connect', () => this._final(callback));
      return;
    }
    this.#sendFin();
    callback();
  }

  override _read(): void {
    const writer = this.#waitingWriter;
    if (!writer) return;
    this.#waitingWriter = undefined;
    this.#clock.bump?.();
    setImmediate(writer); // never on the reader's stack: the two ends are different processes
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.#clock.bump?.();
    this.connecting = false;
    this.#clock.clearTimeout(this.#idle);
    this.#idle = undefined;
    const unread = this.readableLength > 0;
    const inFlight = this.#inFlight;
    this.#inFlight = undefined;
    if (this.#peer && !this.#wasReset && !this.#resetSent) {
      // Linux (tcp_close): data that nobody read makes it a reset; else a FIN, also when the program gave up
      // with an error of its own.
      if (unread) this.#sendReset();
      else if (!this.#finSent) this.#sendFin();
    }
    const writer = this.#waitingWriter;
    this.#waitingWriter = undefined;
    if (writer) setImmediate(writer);
    this.#onGone?.();
    this.#onGone = undefined;
    callback(error);
    inFlight?.(error ?? socketError('write', 'ECANCELED'));
  }

  resetAndDestroy(): this {
    if (this.destroyed) return this;
    if (this.connecting) return this.destroy();
    if (this.#peer && !this.#wasReset) this.#sendReset();
    return this.destroy();
  }

  /**
   * Ends the writable side, and destroys the socket once everything is written. node:http asks for it after
   * the last response.
   */
  destroySoon(): void {
    if (this.writable) this.end();
    if (this.writableFinished) this.destroy();
    else this.once('finish', () => this.destroy());
  }

  // ---- segments

  #sendFin(): void {
    this.#finSent = true;
    this.#send('fin');
  }

  #sendReset(): void {
    if (this.#resetSent) return;
    this.#resetSent = true;
    this.#send('rst');
  }

  #send(segment: Segment): void {
    this.#outbox.push(segment);
    if (!this.#travelling) this.#travel(0);
  }

  #travel(attempt: number): void {
    this.#travelling = true;
    const verdict = this.#path?.verdict() ?? 0;
    if (verdict === 0) {
      setImmediate(this.#arrive);
    } else if (verdict !== 'drop') {
      this.#clock.setTimeout(this.#arrive, verdict);
    } else if (this.#outbox[0] === 'rst' || this.destroyed) {
      // A reset is never sent again; and whoever has closed does not see to it that the rest arrives (orphans
      // live for a minute at most).
      this.#outbox.length = 0;
      this.#travelling = false;
    } else if (attempt >= RETRANSMISSIONS) {
      this.#outbox.length = 0;
      this.#travelling = false;
      this.#wasReset = true; // nothing gets through: closing must not try again
      this.destroy(socketError('read', 'ETIMEDOUT'));
    } else {
      const delay = Math.min(FIRST_RETRANSMISSION_MS * 2 ** attempt, MAX_RETRANSMISSION_MS);
      this.#clock.setTimeout(() => this.#travel(attempt + 1), delay);
    }
  }

  readonly #arrive = (): void => {
    this.#clock.bump?.();
    const segment = this.#outbox.shift();
    const peer = this.#peer;
    if (segment !== undefined && peer) peer.#receive(segment);
    if (this.#outbox.length > 0) this.#travel(0);
    else this.#travelling = false;
  };

  #receive(segment: Segment): void {
    if (segment === 'rst') {
      if (this.destroyed) return;
      this.#wasReset = true;
      this.#outbox.length = 0;
      this.destroy(socketError('read', 'ECONNRESET'));
      return;
    }
    if (segment === 'fin') {
      if (this.destroyed) return;
      this.#touch();
      this.push(null);
      this.read(0); // lets `end` come even if nobody reads, as net.Socket does
      return;
    }
    if (this.destroyed) {
      // The socket is closed: the kernel takes no more data and answers with a reset.
      segment.taken();
      if (!this.#wasReset) this.#sendReset();
      return;
    }
    this.#touch();
    let hasRoom = true;
    for (const chunk of Buffer.isBuffer(segment.data) ? [segment.data] : segment.data) {
      this.bytesRead += chunk.length;
      hasRoom = this.push(chunk);
      if (this.destroyed) break;
    }
    if (hasRoom || this.destroyed) segment.taken();
    else this.#waitingWriter = segment.taken;
  }

  // ---- what node:http and others set

  /** Emits `timeout` after so many milliseconds of the world's clock without traffic; 0 turns it off. */
  setTimeout(ms: number, callback?: () => void): this {
    this.#clock.clearTimeout(this.#idle);
    this.#idle = undefined;
    this.timeout = ms;
    if (ms > 0) {
      if (callback) this.once('timeout', callback);
      this.#touch();
    } else if (callback) {
      this.off('timeout', callback);
    }
    return this;
  }

  /** Notes traffic; the timer itself is only looked at when it is due, so traffic costs next to nothing. */
  #touch(): void {
    if (this.timeout <= 0 || this.destroyed) return;
    this.#lastActivity = this.#clock.now();
    if (!this.#idle) this.#armIdle(this.timeout);
  }

  #armIdle(ms: number): void {
    this.#idle = this.#clock.setTimeout(() => {
      this.#idle = undefined;
      const left = this.#lastActivity + this.timeout - this.#clock.now();
      if (left > 0) this.#armIdle(left);
      else this.emit('timeout');
    }, ms);
  }

  setNoDelay(): this {
    return this;
  }
  setKeepAlive(): this {
    return this;
  }
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}
