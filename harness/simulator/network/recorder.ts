/** Keeps a note of every attempt to connect, for tests, reports and diagnosis. */
import type { SocketAddress } from './interfaces.ts';

/** How a connection attempt or a datagram ended; `abandoned`: the dialler gave up first. */
export type ConnectionOutcome = 'connected' | 'refused' | 'unreachable' | 'timed-out' | 'abandoned';

/** One attempt to connect, or one datagram. */
export interface ConnectionRecord {
  /** Milliseconds since the epoch, on the world's clock: when the outcome was known. */
  readonly atMs: number;
  readonly protocol: 'TCP' | 'UDP';
  /** The name of the namespace that dialled. */
  readonly from: string;
  readonly fromAddress: string;
  /** What it dialled. */
  readonly to: SocketAddress;
  /**
   * What happened to the packet on the way: `redirect:15001`, `service`, `load-balancer:172.18.255.1`,
   * `node:172.18.0.2`, `redirect-in:15006`.
   */
  readonly via: readonly string[];
  /** The name of the namespace where it arrived, if it did. */
  readonly arrivedAt: string | undefined;
  readonly outcome: ConnectionOutcome;
}

/** The last records, and a subscription to all. */
export class Recorder {
  readonly #capacity: number;
  readonly #listeners = new Set<(record: ConnectionRecord) => void>();
  #ring: ConnectionRecord[] = [];
  #start = 0;
  #total = 0;

  /** @param capacity - how many records are kept; older ones are forgotten */
  constructor(capacity = 4096) {
    this.#capacity = capacity;
  }

  /** The records that are kept, oldest first. */
  get records(): readonly ConnectionRecord[] {
    return [...this.#ring.slice(this.#start), ...this.#ring.slice(0, this.#start)];
  }

  /** How many there were in all. */
  get total(): number {
    return this.#total;
  }

  /**
   * Subscribes to the records.
   * @returns a function that ends the subscription
   */
  subscribe(listener: (record: ConnectionRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Forgets what was recorded. */
  clear(): void {
    this.#ring = [];
    this.#start = 0;
  }

  add(record: ConnectionRecord): void {
    this.#total++;
    if (this.#ring.length < this.#capacity) {
      this.#ring.push(record);
    } else {
      this.#ring[this.#start] = record;
      this.#start = (this.#start + 1) % this.#capacity;
    }
    for (const listener of this.#listeners) listener(record);
  }
}
