/** The connections of all listeners, and how those end whose listener or filter chain is gone. */
import type { Duplex } from 'node:stream';
import type { Clock, Timer } from '../../../../base/clock.ts';
import type { Random } from '../../../../base/random.ts';
import type { EnvoyWording } from '../../behaviour.ts';
import type { FilterChain } from '../../xds/resources.ts';
import type { RunningListener } from './accepted-connection.ts';
import type { GoneChains } from './changed-listener.ts';

/**
 * How long the connections of a removed listener or chain live on (pilot-agent's `--drain-time-s`,
 * meshConfig's drainDuration of 45 s; envoyproxy/envoy source/server/listener_manager_impl.cc, drainListener
 * @v1.16.0).
 */
const DRAIN_MS = 45_000;

/** Who serves a connection. */
interface Serving {
  readonly listener: RunningListener;
  /** Undefined until one is chosen. */
  chain: FilterChain | undefined;
  /** When the listener went, milliseconds since the epoch; 0 for a chain that is gone. */
  drainsSinceMs?: number;
}

/** What a drain goes by. */
interface DrainEnvironment {
  readonly clock: Clock;
  readonly random: Random;
  readonly wording: Pick<EnvoyWording, 'drainStrategy'>;
}

/** Knows the listener and the filter chain that serve each connection. */
export class ServedConnections {
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #strategy: EnvoyWording['drainStrategy'];
  readonly #serving = new Map<Duplex, Serving>();
  readonly #drains = new Set<Timer>();

  constructor({ clock, random, wording }: DrainEnvironment) {
    this.#clock = clock;
    this.#random = random.stream('drains');
    this.#strategy = wording.drainStrategy;
  }

  /** Takes note of a connection; whoever adds it removes it when it is closed. */
  add(connection: Duplex, listener: RunningListener): void {
    this.#serving.set(connection, { listener, chain: undefined });
  }

  remove(connection: Duplex): void {
    this.#serving.delete(connection);
  }

  /** Notes the chain by which a connection is served. */
  choose(connection: Duplex, chain: FilterChain): void {
    const serving = this.#serving.get(connection);
    if (serving) serving.chain = chain;
  }

  /**
   * Says whether the next answer is to be the last of a connection. A chain that is gone wants that at once;
   * a listener at once or by a chance that grows with time, by `--drain-strategy` (source/server/
   * drain_manager_impl.cc, drainClose, and PerFilterChainFactoryContextImpl::drainClose @v1.30).
   */
  wantsClose(connection: Duplex): boolean {
    const sinceMs = this.#serving.get(connection)?.drainsSinceMs;
    if (sinceMs === undefined) return false;
    if (sinceMs === 0 || this.#strategy === 'immediate') return true;
    return this.#random.integer(DRAIN_MS) < this.#clock.now() - sinceMs;
  }

  /**
   * Closes connections of a listener after the drain time: those that exist now, and by chains that are gone.
   */
  drain(listener: RunningListener, { isWhole, isGone }: GoneChains): void {
    const draining: Duplex[] = [];
    for (const [connection, serving] of this.#serving) {
      if (serving.listener !== listener || !isGone(serving.chain)) continue;
      serving.drainsSinceMs ??= isWhole ? this.#clock.now() : 0;
      draining.push(connection);
    }
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
