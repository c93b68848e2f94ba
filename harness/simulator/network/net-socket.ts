/** What users of a `net.Socket`, such as node:http, ask of it besides the stream: addresses, idle time. */
import type { DuplexOptions } from 'node:stream';
import type { Timer } from '../../base/clock.ts';
import type { SocketAddress } from './interfaces.ts';
import { SocketDuplex } from './socket-duplex.ts';
import type { WorldClock } from './world-clock.ts';

/** The addresses of a connection as one end sees them. */
export interface Addresses {
  readonly local: SocketAddress;
  readonly remote: SocketAddress;
  /** Where the client wanted to go, before any redirect (SO_ORIGINAL_DST). */
  readonly originalDestination: SocketAddress;
}

/** The part of a `net.Socket` that is no stream; who extends it moves the bytes. */
export abstract class NetSocket extends SocketDuplex {
  connecting = true;
  /** The idle time that was set with `setTimeout`, in milliseconds; 0: none. */
  timeout = 0;
  bytesRead = 0;
  bytesWritten = 0;
  originalDestination: SocketAddress | undefined;
  protected readonly clock: WorldClock;
  #local: SocketAddress | undefined;
  #remote: SocketAddress | undefined;
  #idle: Timer | undefined;
  #lastActivity = 0;

  constructor(clock: WorldClock, options: DuplexOptions) {
    super(options);
    this.clock = clock;
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

  protected setConnected({ local, remote, originalDestination }: Addresses): void {
    this.#local = local;
    this.#remote = remote;
    this.originalDestination = originalDestination;
    this.connecting = false;
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

  /** Emits `timeout` after so many milliseconds of the world's clock without traffic; 0 turns it off. */
  setTimeout(ms: number, callback?: () => void): this {
    this.stopIdleTimer();
    this.timeout = ms;
    if (ms > 0) {
      if (callback) this.once('timeout', callback);
      this.touch();
    } else if (callback) {
      this.off('timeout', callback);
    }
    return this;
  }

  /** Notes traffic. That costs next to nothing: the timer itself only looks at it when it is due. */
  protected touch(): void {
    if (this.timeout <= 0 || this.destroyed) return;
    this.#lastActivity = this.clock.now();
    if (!this.#idle) this.#armIdle(this.timeout);
  }

  protected stopIdleTimer(): void {
    this.clock.clearTimeout(this.#idle);
    this.#idle = undefined;
  }

  #armIdle(ms: number): void {
    this.#idle = this.clock.setTimeout(() => {
      this.#idle = undefined;
      const left = this.#lastActivity + this.timeout - this.clock.now();
      if (left > 0) this.#armIdle(left);
      else this.emit('timeout');
    }, ms);
  }
}
