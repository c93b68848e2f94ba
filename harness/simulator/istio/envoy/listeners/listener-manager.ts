/**
 * The listeners as they run: sockets, hand-over by original destination, and the choice of a filter chain.
 */
import { messageOf } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { Listener as OpenPort, VirtualSocket } from '../../../network/interfaces.ts';
import type { Listener } from '../../xds/resources.ts';
import { Counters } from '../environment/counters.ts';
import type { EnvoyEnvironment, Worker } from '../environment/environment.ts';
import {
  type AcceptedConnection,
  acceptedFrom,
  inspected,
  type RunningListener,
  secured,
} from './accepted-connection.ts';
import { goneBy, WHOLE_LISTENER } from './changed-listener.ts';
import { inspectTls } from './client-hello.ts';
import { findFilterChain } from './filter-chain-match.ts';
import { peekFirstBytes } from './first-bytes.ts';
import { type FilterResources, NetworkFilters } from './network-filters.ts';
import { inspectHttp, inspectProtocol } from './plaintext-protocol.ts';
import { ServedConnections } from './served-connections.ts';

/** Opens the ports of bound listeners and leads their connections to filters. */
export class ListenerManager {
  readonly #environment: EnvoyEnvironment;
  readonly #filters: NetworkFilters;
  readonly #workers: readonly Worker[];
  readonly #workerChoice: Random;
  readonly #running = new Map<string, RunningListener>();
  readonly #ports = new Map<string, OpenPort>();
  readonly #connections: ServedConnections;

  constructor(environment: EnvoyEnvironment, resources: FilterResources, workers: number) {
    this.#environment = environment;
    this.#connections = new ServedConnections(environment);
    this.#workers = Array.from({ length: workers }, (_, index) => ({ index }));
    this.#workerChoice = environment.random.stream('workers');
    this.#filters = new NetworkFilters(environment, resources);
  }

  /** In the order in which they were added. */
  get listeners(): Iterable<RunningListener> {
    return this.#running.values();
  }

  find(name: string): RunningListener | undefined {
    return this.#running.get(name);
  }

  /**
   * Adds a listener, or gives a running one a new definition. Connections of what is gone by that go on under
   * the old one, for the drain time.
   * @returns Envoy's message if its port cannot be opened
   */
  set(config: Listener): string | undefined {
    const known = this.#running.get(config.name);
    if (known) {
      this.#connections.drain(known, goneBy(known.config, config));
      known.config = config;
      return undefined;
    }
    const running: RunningListener = { config, counters: new Counters() };
    if (config.bindToPort) {
      try {
        const port = this.#environment.network.listen(
          config.port,
          socket => this.#accept(running, socket),
          config.address === '127.0.0.1' ? config.address : '0.0.0.0',
        );
        this.#ports.set(config.name, port);
      } catch (error) {
        const reason = /EADDRINUSE/.test(messageOf(error)) ? 'Address already in use' : messageOf(error);
        return `error adding listener '${config.address}:${config.port}': cannot bind '${config.address}:${config.port}': ${reason}`;
      }
    }
    this.#running.set(config.name, running);
    return undefined;
  }

  /** Stops to listen at once; connections that exist live for the drain time. */
  remove(name: string): void {
    const running = this.#running.get(name);
    this.#ports.get(name)?.close();
    this.#ports.delete(name);
    this.#running.delete(name);
    if (running) this.#connections.drain(running, WHOLE_LISTENER);
  }

  close(): void {
    for (const name of [...this.#running.keys()]) this.remove(name);
    this.#connections.close();
  }

  #accept(listener: RunningListener, socket: VirtualSocket): void {
    socket.on('error', () => {}); // the close event is enough
    // The kernel gives each connection to one of the threads that listen.
    const connection = acceptedFrom(socket, listener, {
      worker: this.#workerChoice.pick(this.#workers),
      wantsClose: () => this.#connections.wantsClose(socket),
    });
    const { destination } = connection.downstream;
    const target = (listener.config.useOriginalDst && this.#listenerFor(destination)) || listener;
    this.#connections.add(socket, target);
    const { counters } = target;
    counters.add('downstream_cx_total');
    counters.add('downstream_cx_active');
    socket.on('close', () => {
      this.#connections.remove(socket);
      counters.add('downstream_cx_active', -1);
    });
    this.#inspect({ ...connection, listener: target });
  }

  /**
   * Finds the listener for exactly this destination, or else the one for its port at any address. Neither has
   * a socket of its own.
   */
  #listenerFor({ address, port }: { address: string; port: number }): RunningListener | undefined {
    let anyAddress: RunningListener | undefined;
    for (const running of this.#running.values()) {
      const { config } = running;
      if (config.bindToPort || config.port !== port) continue;
      if (config.address === address) return running;
      if (config.address === '0.0.0.0') anyAddress = running;
    }
    return anyAddress;
  }

  #inspect(connection: AcceptedConnection): void {
    const { tlsInspector, httpInspector } = connection.listener.config;
    if (!tlsInspector && !httpInspector) {
      this.#serve(connection);
      return;
    }
    const inspect = !httpInspector ? inspectTls : tlsInspector ? inspectProtocol : inspectHttp;
    peekFirstBytes(connection.stream, inspect, inspection => {
      if (inspection) this.#serve(inspected(connection, inspection));
      else connection.stream.destroy();
    });
  }

  #serve(connection: AcceptedConnection): void {
    const { listener, stream, traits } = connection;
    const { filterChains, defaultFilterChain } = listener.config;
    const chain = findFilterChain(filterChains, traits) ?? defaultFilterChain;
    if (!chain) {
      listener.counters.add('no_filter_chain_match');
      stream.destroy();
      return;
    }
    this.#connections.choose(stream, chain);
    if (!chain.downstreamTls) {
      this.#filters.serve(connection, chain.filter);
      return;
    }
    // BoringSSL goes on without a protocol if there is none in common; OpenSSL would end the handshake.
    const alpn = chain.downstreamTls.alpn.filter(protocol => traits.protocols.includes(protocol));
    this.#environment.security.terminate(
      stream,
      { ...chain.downstreamTls, alpn },
      listener.counters,
      (decrypted, peer) => {
        if (decrypted) this.#filters.serve(secured(connection, decrypted, peer), chain.filter);
      },
    );
  }
}
