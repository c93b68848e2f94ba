/** A connection on which writing never waits for the other side to read: HTTP/2 of node needs that. */
import { Duplex } from 'node:stream';

/** Writes of a turn are joined up to this size: a TLS record's. */
const COALESCE_BYTES = 16 * 1024;

/**
 * Stands between node:http2 and a socket. A session of node:http2 reads nothing while a write is under way
 * (src/node_http2.cc@v20 MaybeStopReading). If the write of each side waits until the other reads, as on
 * pipes and virtual sockets, and on kernel sockets with full buffers, both wait for ever. So a write is over
 * at once here. What waits in the socket is bounded by HTTP/2's own windows.
 *
 * The socket gets the bytes when the caller's stack is gone: an answer that came before node:http2 has
 * returned from its write would end the process (OnDataChunkReceived: `Assertion failed:
 * session->is_reading_stopped()`).
 */
class DecoupledSocket extends Duplex {
  readonly #socket: Duplex;
  /** Written in this turn, and not yet in the socket. */
  #waiting: Buffer[] = [];

  constructor(socket: Duplex) {
    super({ allowHalfOpen: true });
    this.#socket = socket;
    // As node:http2 does with sockets that it is handed itself.
    if ('setNoDelay' in socket && typeof socket.setNoDelay === 'function') socket.setNoDelay(true);
    socket.on('data', chunk => {
      if (!this.push(chunk)) socket.pause();
    });
    socket.once('end', () => this.push(null));
    socket.once('close', () => this.destroy());
  }

  override _read(): void {
    this.#socket.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.#take(chunk);
    done();
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    for (const { chunk } of chunks) this.#take(chunk);
    done();
  }

  override _final(done: () => void): void {
    this.#flush();
    this.#socket.end();
    done();
  }

  override _destroy(_error: Error | null, done: (error?: Error | null) => void): void {
    this.#flush();
    this.#socket.destroy();
    done();
  }

  #take(chunk: Buffer): void {
    if (this.#waiting.length === 0) process.nextTick(() => this.#flush());
    this.#waiting.push(chunk);
  }

  #flush(): void {
    const chunks = this.#waiting;
    if (chunks.length === 0) return;
    this.#waiting = [];
    if (!this.#socket.writable) return;
    let batch: Buffer[] = [];
    let length = 0;
    for (const chunk of chunks) {
      if (batch.length > 0 && length + chunk.length > COALESCE_BYTES) {
        this.#socket.write(joined(batch, length));
        batch = [];
        length = 0;
      }
      batch.push(chunk);
      length += chunk.length;
    }
    this.#socket.write(joined(batch, length));
  }
}

const joined = (batch: readonly Buffer[], length: number): Buffer =>
  batch.length === 1 && batch[0] ? batch[0] : Buffer.concat(batch, length);

/**
 * Returns a stream to give to node:http2 in place of a socket. It ends, closes and is destroyed with the
 * socket, and the socket with it; errors are the socket's to tell.
 */
export const decouple = (socket: Duplex): Duplex => new DecoupledSocket(socket);
