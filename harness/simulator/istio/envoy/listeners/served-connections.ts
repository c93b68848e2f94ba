/** The connections of all listeners, and how those end whose listener or filter chain is gone. */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../../base/clock.ts';
import type { FilterChain } from '../../xds/resources.ts';
import type { RunningListener } from './accepted-connection.ts';

/**
 * How long the connections of a removed listener or chain live on (pilot-agent's `--drain-time-s`,
 * meshConfig's drainDuration of 45 s; envoyproxy/envoy source/server/listener_manager_impl.cc, drainListener
 * @v1.16.0).
 * Unlike Envoy, HTTP clients are not asked to close before it is over.
 */
const DRAIN_MS = 45_000;

/** Who serves a connection. */
interface Serving {
  readonly listener: RunningListener;
  /** Undefined until one is chosen. */
  chain: FilterChain | undefined;
}

/** Knows the listener and the filter chain that serve each connection. */
export class ServedConnections {
  readonly #clock: Clock;
  readonly #serving = new Map<Duplex, Serving>();
  readonly #drains = new Set<Timer>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  add(connection: Duplex, listener: RunningListener): void {
    this.#serving.set(connection, { listener, chain: undefined });
    connection.once('close', () => this.#serving.delete(connection));
  }

  /** Notes the chain by which a connection is served. */
  choose(connection: Duplex, chain: FilterChain): void {
    const serving = this.#serving.get(connection);
    if (serving) serving.chain = chain;
  }

  /**
   * Closes connections of a listener after the drain time: those that exist now, and by chains that are gone.
   */
  drain(listener: RunningListener, isGone: (chain: FilterChain | undefined) => boolean): void {
    const draining = [...this.#serving].flatMap(([connection, serving]) =>
      serving.listener === listener && isGone(serving.chain) ? [connection] : [],
    );
    if (draining.length === 0) return;
    const timer = this.#clock.setTimeout(() => {
      this.#drains.delete(timer);
      for (const connection of draining) connection.destroy();
    }, DRAIN_MS);
    this.#drains.add(timer);
  }

  /** Closes all of them, now. */
  close(): void {
    for (const timer of this.#drains) this.#clock.clearTimeout(timer);
    this.#drains.clear();
    for (const connection of this.#serving.keys()) connection.destroy();
  }
}
