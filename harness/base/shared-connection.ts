/**
 * One HTTP/2 connection for all requests of one identity to one API server, watches included, as client-go
 * keeps it.
 */
import http2 from 'node:http2';
import type { Readable } from 'node:stream';
import type tls from 'node:tls';
import { reasonOf, unlessAborted } from './abort.ts';
import { OPENING_TURNS, RESET_TURNS, turns } from './turns.ts';

/** The head of an answer, and its body as it comes. */
export interface Answer {
  readonly statusCode: number;
  /** The headers `Warning`, one after the other with a comma between; undefined if there are none. */
  readonly warning?: string | undefined;
  readonly body: Readable;
}

/**
 * Go's window: this many bytes of an answer may be under way before its reader has taken the first one
 * (golang/net http2/transport.go).
 */
const STREAM_WINDOW_BYTES = 4 * 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 1024 * 1024 * 1024;
/** nghttp2's own limit is 10, which a list of many objects reaches. */
const MAX_SESSION_MEGABYTES = 1024;
/** node:http2's own limit is 128, which the warnings about one object reach: each is a header. */
const MAX_HEADERS = 1000;

/** Makes the error that node:http gives for a connection that ended before the answer. */
const hangUp = (message: string): Error => Object.assign(new Error(message), { code: 'ECONNRESET' });

export class SharedConnection {
  readonly #dial: () => tls.TLSSocket;
  #socket: tls.TLSSocket | undefined;
  #session: Promise<http2.ClientHttp2Session> | undefined;
  /** Until a reset has left. */
  #rest: Promise<void> | undefined;

  /** @param dial - begins a TLS connection that offers `h2` */
  constructor(dial: () => tls.TLSSocket) {
    this.#dial = dial;
  }

  /**
   * Connects if no connection stands, and sends a request.
   * @param headers - with the pseudo-headers of HTTP/2
   * @throws the error of the connection; the signal's reason when it aborts, which also breaks off the body
   */
  async request(
    headers: http2.OutgoingHttpHeaders,
    payload: Buffer | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> {
    const session = await (signal ? unlessAborted(this.#connected(), signal) : this.#connected());
    return new Promise((resolve, reject) => {
      const stream = session.request(headers, { endStream: payload === undefined });
      let hasAnswered = false;
      const onAbort = () => {
        stream.destroy(signal && reasonOf(signal));
        this.#rest = turns(RESET_TURNS);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      stream.once('response', ({ ':status': statusCode = 0, warning: warnings }) => {
        hasAnswered = true;
        const warning = warnings === undefined ? undefined : [warnings].flat().join(', ');
        resolve({ statusCode, warning, body: stream });
      });
      stream.on('error', error => reject(signal?.aborted ? signal.reason : error));
      stream.once('end', () => signal?.removeEventListener('abort', onAbort));
      stream.once('close', () => {
        signal?.removeEventListener('abort', onAbort);
        if (!hasAnswered) reject(hangUp('socket hang up'));
      });
      if (payload) stream.end(payload);
    });
  }

  /** Breaks off whatever is under way. */
  close(): void {
    this.#session = undefined;
    this.#socket?.destroy();
  }

  async #connected(): Promise<http2.ClientHttp2Session> {
    for (;;) {
      this.#session ??= this.#open();
      const opening = this.#session;
      const session = await opening;
      while (this.#rest) await this.#resting(this.#rest);
      if (!session.destroyed && !session.closed) return session;
      // Of those who find it gone together the first forgets it, and all take the next.
      if (this.#session === opening) this.#session = undefined;
    }
  }

  async #resting(rest: Promise<void>): Promise<void> {
    await rest;
    if (this.#rest === rest) this.#rest = undefined;
  }

  #open(): Promise<http2.ClientHttp2Session> {
    const socket = this.#dial();
    this.#socket = socket;
    const opened = new Promise<http2.ClientHttp2Session>((resolve, reject) => {
      const onClose = () =>
        reject(hangUp('Client network socket disconnected before secure TLS connection was established'));
      socket.once('error', reject);
      socket.once('close', onClose);
      socket.once('secureConnect', () => {
        socket.off('error', reject);
        socket.off('close', onClose);
        const session = http2.connect('https://api-server', {
          createConnection: () => socket,
          settings: { enablePush: false, initialWindowSize: STREAM_WINDOW_BYTES },
          maxSessionMemory: MAX_SESSION_MEGABYTES,
          maxHeaderListPairs: MAX_HEADERS,
        });
        session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
        let failure: Error | undefined;
        session.on('error', error => (failure = error)); // each request learns of it by its own stream
        void turns(OPENING_TURNS).then(() =>
          session.destroyed ? reject(failure ?? hangUp('socket hang up')) : resolve(session),
        );
      });
    });
    // The next request tries anew.
    opened.catch(() => {
      if (this.#session === opened) this.#session = undefined;
    });
    return opened;
  }
}

/**
 * Returns the error of a body that was reset. A stream of HTTP/2 emits `end` also when its connection is
 * gone; the reset code shows that it was cut off.
 */
export function resetOf(body: Readable): Error | undefined {
  const wasReset = 'rstCode' in body && body.rstCode !== http2.constants.NGHTTP2_NO_ERROR;
  return wasReset ? (body.errored ?? hangUp('aborted')) : undefined;
}

/** Returns the error of a closed body; undefined if the body is whole. */
export function endOf(body: Readable): Error | undefined {
  return body.readableEnded ? resetOf(body) : (body.errored ?? hangUp('aborted'));
}
