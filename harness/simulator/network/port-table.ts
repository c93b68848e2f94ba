/** The ports of a host: what is bound to them, for one protocol. */

import type { VirtualSocket } from './interfaces.ts';
import { socketError } from './socket-errors.ts';

/** A handler, and the one address that it listens at; 0.0.0.0 stands for all. */
interface Bound<T> {
  readonly address: string;
  readonly handler: T;
}

/** The handlers that are bound to the ports of one host, for one protocol. */
export class PortTable<T> {
  readonly #ports = new Map<number, Bound<T>[]>();

  /**
   * Takes a port.
   * @throws an Error with code EADDRINUSE
   */
  bind(port: number, address: string, handler: T): () => void {
    const bound = this.#ports.get(port) ?? [];
    if (
      bound.some(other => other.address === address || other.address === '0.0.0.0' || address === '0.0.0.0')
    ) {
      throw socketError('listen', 'EADDRINUSE', address, port);
    }
    const entry = { address, handler };
    this.#ports.set(port, [...bound, entry]);
    return () => {
      const left = (this.#ports.get(port) ?? []).filter(other => other !== entry);
      if (left.length === 0) this.#ports.delete(port);
      else this.#ports.set(port, left);
    };
  }

  find(port: number, address: string): T | undefined {
    return this.#ports.get(port)?.find(bound => bound.address === '0.0.0.0' || bound.address === address)
      ?.handler;
  }

  has(port: number): boolean {
    return this.#ports.has(port);
  }

  clear(): void {
    this.#ports.clear();
  }
}

/** Takes a new connection. */
export type Accept = (socket: VirtualSocket) => void;
