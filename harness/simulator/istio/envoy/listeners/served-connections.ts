/** The connections of all listeners, and how those of a removed listener end. */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../../base/clock.ts';
import type { RunningListener } from './accepted-connection.ts';

/**
 * How long the connections of a removed listener live on (pilot-agent's `--drain-time-s`, meshConfig's
 * drainDuration of 45 s; envoyproxy/envoy source/server/listener_manager_impl.cc, drainListener @v1.16.0).
 * Unlike Envoy, HTTP clients are not asked to close before it is over.
 */
const DRAIN_MS = 45_000;

/** Knows the listener that serves each connection. */
export class ServedConnections {
  readonly #clock: Clock;
  readonly #listeners = new Map<Duplex, RunningListener>();
  readonly #drains = new Set<Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: Duplex, listener: RunningListener): void {
    this.#listeners.set(connection, listener);
    connection.once('close', () => this.#listeners.delete(connection));
  }

  /** Closes the connections of a listener after the drain time. */
  drain(listener: RunningListener): void {
    if (![...this.#listeners.values()].includes(listener)) return;
    const timer = this.#clock.setTimeout(() => {
      this.#drains.delete(timer);
      for (const [connection, servedBy] of this.#listeners) if (servedBy === listener) connection.destroy();
    }, DRAIN_MS);
    this.#drains.add(timer);
  }

  /** Closes all of them, now. */
  close(): void {
    for (const timer of this.#drains) this.#clock.clearTimeout(timer);
    this.#drains.clear();
    for (const connection of this.#listeners.keys()) connection.destroy();
  }
}
