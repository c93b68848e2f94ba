/**
 * One end of a TCP connection of the virtual network: a `Duplex` that node:tls, node:http and ws take for a
 * `net.Socket`.
 */
import type { ReadsInPieces } from '../../base/tls-pieces.ts';
import type { VirtualSocket } from './interfaces.ts';
import { type Addresses, NetSocket } from './net-socket.ts';
import { socketError } from './socket-errors.ts';
import { type Path, type Segment, Transmission } from './transmission.ts';
import type { WorldClock } from './world-clock.ts';

/** A connection as one end sees it, and how to get to the other. */
export interface Established extends Addresses {
  readonly path: Path;
}

type WriteCallback = (error?: Error | null) => void;

/** Up to this size what was written in pieces travels as one: a request's head with its body. */
const COALESCE_BYTES = 64 * 1024;
/**
 * Each direction buffers this many bytes before a writer must wait, like a kernel's buffers once they have
 * grown (net.ipv4.tcp_rmem allows 6 MiB). With 64 KiB node:http2 came to a standstill, on any Duplex: two
 * ends that both send more than that read nothing until they have written.
 */
const BUFFER_BYTES = 1024 * 1024;
const STREAM_OPTIONS = {
  // Like net.Socket, an end that sees the other's FIN ends itself, unless its user sets this.
  allowHalfOpen: false,
  readableHighWaterMark: BUFFER_BYTES,
  writableHighWaterMark: BUFFER_BYTES,
};

/**
 * The stream of one end. It calls a write's callback when the other end has room for more, which is what
 * gives backpressure.
 */
export class TcpSocket extends NetSocket implements VirtualSocket, ReadsInPieces {
  /** Called when the socket has ended, for any reason; its namespace sets it. */
  #onGone: (() => void) | undefined;
  /** What this end sends; undefined until the connection stands. */
  #transmission: Transmission | undefined;
  /** The callback of the one write that the stream has under way. */
  #inFlight: WriteCallback | undefined;
  #peer: TcpSocket | undefined;
  /** The other end's write waits until this end reads. */
  #keepsPeerWaiting = false;
  #pieceBytes = Number.POSITIVE_INFINITY;

  constructor(clock: WorldClock, onGone?: () => void) {
    super(clock, STREAM_OPTIONS);
    this.#onGone = onGone;
  }

  // ---- for the network

  /**
   * Joins two ends. The listener's side comes first, as a connection is in the backlog before the client's
   * `connect` returns.
   */
  static join(client: TcpSocket, clientSide: Established, server: TcpSocket, serverSide: Established): void {
    client.#establish(server, clientSide);
    server.#establish(client, serverSide);
  }

  /** Announces the connection to whoever dialled, and sends what was written meanwhile. */
  announce(): void {
    this.clock.bump?.();
    this.emit('connect');
    this.emit('ready');
  }

  /** Ends an attempt to connect. */
  fail(error: Error): void {
    this.clock.bump?.();
    this.destroy(error);
  }

  /**
   * Ends the socket of a host that is gone: nothing that it had under way arrives, and the other end sees a
   * reset.
   */
  cut(): void {
    this.#transmission?.clear();
    this.resetAndDestroy();
  }

  #establish(peer: TcpSocket, side: Established): void {
    this.#peer = peer;
    this.#transmission = new Transmission(this.clock, side.path, this, peer);
    this.setConnected(side);
    this.touch();
  }

  // ---- the stream

  override _write(chunk: Buffer, _encoding: BufferEncoding, callback: WriteCallback): void {
    this.#transmit(chunk, chunk.length, callback);
  }

  override _writev(chunks: { chunk: Buffer; encoding: BufferEncoding }[], callback: WriteCallback): void {
    const buffers = chunks.map(({ chunk }) => chunk);
    const length = buffers.reduce((sum, buffer) => sum + buffer.length, 0);
    this.#transmit(length <= COALESCE_BYTES ? Buffer.concat(buffers, length) : buffers, length, callback);
  }

  #transmit(data: Buffer | readonly Buffer[], length: number, callback: WriteCallback): void {
    this.clock.bump?.();
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
    this.touch();
    this.#transmission?.send(data);
  }

  /** The other end has room for more. */
  acknowledge(): void {
    const callback = this.#inFlight;
    this.#inFlight = undefined;
    callback?.();
  }

  override _final(callback: WriteCallback): void {
    this.clock.bump?.();
    if (this.connecting) {
      this.once('connect', () => this._final(callback));
      return;
    }
    this.#transmission?.finish();
    callback();
  }

  override _read(): void {
    if (!this.#keepsPeerWaiting) return;
    this.#keepsPeerWaiting = false;
    this.clock.bump?.();
    setImmediate(() => this.#peer?.acknowledge()); // not on the reader's stack: the ends are two processes
  }

  override _destroy(error: Error | null, callback: WriteCallback): void {
    this.clock.bump?.();
    this.connecting = false;
    this.stopIdleTimer();
    const inFlight = this.#inFlight;
    this.#inFlight = undefined;
    this.#transmission?.close(this.readableLength > 0);
    this._read(); // lets a waiting writer go on
    this.#onGone?.();
    this.#onGone = undefined;
    callback(error);
    inFlight?.(error ?? socketError('write', 'ECANCELED'));
  }

  resetAndDestroy(): this {
    if (this.destroyed) return this;
    if (!this.connecting) this.#transmission?.reset();
    return this.destroy();
  }

  /** Nothing that was sent gets through. */
  giveUp(): void {
    this.destroy(socketError('read', 'ETIMEDOUT'));
  }

  /** Takes what the other end has sent. */
  receive(segment: Segment): void {
    if (segment === 'rst') {
      if (this.destroyed) return;
      this.#transmission?.abandon();
      this.destroy(socketError('read', 'ECONNRESET'));
      return;
    }
    if (segment === 'fin') {
      if (this.destroyed) return;
      this.touch();
      this.push(null);
      this.read(0); // lets `end` come even if nobody reads, as net.Socket does
      return;
    }
    if (this.destroyed) {
      // The socket is closed: the kernel takes no more data and answers with a reset.
      this.#peer?.acknowledge();
      this.#transmission?.reset();
      return;
    }
    this.touch();
    const hasRoom = Buffer.isBuffer(segment) ? this.#pushInPieces(segment) : this.#pushAll(segment);
    if (hasRoom || this.destroyed) this.#peer?.acknowledge();
    else this.#keepsPeerWaiting = true;
  }

  #pushAll(chunks: readonly Buffer[]): boolean {
    let hasRoom = true;
    for (const chunk of chunks) {
      hasRoom = this.#pushInPieces(chunk);
      if (this.destroyed) break;
    }
    return hasRoom;
  }

  readInPieces(bytes: number): void {
    this.#pieceBytes = bytes;
  }

  /** @returns whether there is room for more */
  #pushInPieces(chunk: Buffer): boolean {
    this.bytesRead += chunk.length;
    if (chunk.length <= this.#pieceBytes) return chunk.length === 0 || this.#hand(chunk);
    let hasRoom = true;
    for (let from = 0; from < chunk.length && !this.destroyed; from += this.#pieceBytes)
      hasRoom = this.#hand(chunk.subarray(from, from + this.#pieceBytes));
    return hasRoom;
  }

  /**
   * Gives a reader that takes whatever comes its chunk as `push` does (nodejs/node lib/internal/streams/
   * readable.js @v20, addChunk), which would then ask for more, in a tick of its own for each chunk.
   * @returns whether there is room for more
   */
  #hand(chunk: Buffer): boolean {
    const isTaken =
      this.readableFlowing === true &&
      this.readableLength === 0 &&
      this.readableEncoding === null &&
      this.listenerCount('data') > 0;
    if (!isTaken) return this.push(chunk);
    this.emit('data', chunk);
    return true;
  }
}
