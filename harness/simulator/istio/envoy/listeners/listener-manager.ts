/**
 * The listeners as they run: sockets, hand-over by original destination, choice of a filter chain, filters.
 */
import type { Duplex } from 'node:stream';
import { messageOf, unreachable } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { Listener as OpenPort, VirtualSocket } from '../../../network/interfaces.ts';
import type { Listener, NetworkFilter, RouteConfiguration } from '../../xds/resources.ts';
import { Counters } from '../environment/counters.ts';
import type { EnvoyEnvironment, Worker } from '../environment/environment.ts';
import { HttpConnectionManager } from '../http/http-connection-manager.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import {
  type AcceptedConnection,
  acceptedFrom,
  inspected,
  type RunningListener,
  secured,
} from './accepted-connection.ts';
import { inspectTls } from './client-hello.ts';
import { findFilterChain } from './filter-chain-match.ts';
import { peekFirstBytes } from './first-bytes.ts';
import { proxyTcp } from './tcp-proxy.ts';

/** What the filters look up when a connection or request comes, so that changes take effect at once. */
export interface FilterResources {
  readonly clusterOf: (name: string) => UpstreamCluster | undefined;
  readonly routesOf: (name: string) => RouteConfiguration | undefined;
}

/**
 * Where the traffic to the workload itself comes in (istio/istio
 * pilot/pkg/networking/core/v1alpha3/listener.go, VirtualInboundListenerName).
 */
const INBOUND_LISTENER = 'virtualInbound';

type HttpFilter = Extract<NetworkFilter, { type: 'http_connection_manager' }>;

/** Opens the ports of bound listeners and leads their connections to filters. */
export class ListenerManager {
  readonly #environment: EnvoyEnvironment;
  readonly #resources: FilterResources;
  readonly #workers: readonly Worker[];
  readonly #workerChoice: Random;
  readonly #requestIds: Random;
  readonly #running = new Map<string, RunningListener>();
  readonly #ports = new Map<string, OpenPort>();
  readonly #managers = new WeakMap<HttpFilter, HttpConnectionManager>();
  readonly #connections = new Set<Duplex>();

  constructor(environment: EnvoyEnvironment, resources: FilterResources, workers: number) {
    this.#environment = environment;
    this.#resources = resources;
    this.#workers = Array.from({ length: workers }, (_, index) => ({ index }));
    this.#workerChoice = environment.random.stream('workers');
    this.#requestIds = environment.random.stream('request-ids');
  }

  /** In the order in which they were added. */
  get listeners(): Iterable<RunningListener> {
    return this.#running.values();
  }

  find(name: string): RunningListener | undefined {
    return this.#running.get(name);
  }

  /**
   * Adds a listener, or gives one that runs a new definition; connections that it has go on under the old
   * one.
   * @returns Envoy's message if its port cannot be opened
   */
  set(config: Listener): string | undefined {
    const known = this.#running.get(config.name);
    if (known) {
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

  remove(name: string): void {
    this.#ports.get(name)?.close();
    this.#ports.delete(name);
    this.#running.delete(name);
  }

  close(): void {
    for (const name of [...this.#running.keys()]) this.remove(name);
    for (const connection of this.#connections) connection.destroy();
  }

  #accept(listener: RunningListener, socket: VirtualSocket): void {
    socket.on('error', () => {}); // the close event is enough
    this.#connections.add(socket);
    // The kernel gives each connection to one of the threads that listen.
    const connection = acceptedFrom(socket, listener, this.#workerChoice.pick(this.#workers));
    const { destination } = connection.downstream;
    const target = (listener.config.useOriginalDst && this.#listenerFor(destination)) || listener;
    const { counters } = target;
    counters.add('downstream_cx_total');
    counters.add('downstream_cx_active');
    socket.once('close', () => {
      this.#connections.delete(socket);
      counters.add('downstream_cx_active', -1);
    });
    this.#inspect({ ...connection, listener: target });
  }

  /**
   * The one for exactly this destination before the one for its port at any address; both stand for no socket
   * of their own.
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
    if (!connection.listener.config.tlsInspector) {
      this.#serve(connection);
      return;
    }
    peekFirstBytes(connection.stream, inspectTls, inspection => {
      if (inspection) this.#serve(inspected(connection, inspection));
      else connection.stream.destroy();
    });
  }

  #serve(connection: AcceptedConnection): void {
    const { listener, stream, traits } = connection;
    const chain = findFilterChain(listener.config.filterChains, traits);
    if (!chain) {
      listener.counters.add('no_filter_chain_match');
      stream.destroy();
      return;
    }
    if (!chain.downstreamTls) {
      this.#filter(connection, chain.filter);
      return;
    }
    const { alpn } = chain.downstreamTls;
    this.#environment.security.terminate(stream, alpn, listener.counters, (decrypted, peer) => {
      if (decrypted) this.#filter(secured(connection, decrypted, peer), chain.filter);
    });
  }

  #filter({ listener, stream, downstream, traits }: AcceptedConnection, filter: NetworkFilter): void {
    const { clusterOf } = this.#resources;
    switch (filter.type) {
      case 'http_connection_manager':
        this.#managerOf(listener, filter).accept(stream, downstream);
        return;
      case 'tcp_proxy':
        proxyTcp(clusterOf(filter.cluster), stream, downstream);
        return;
      case 'sni_cluster_tcp_proxy': {
        const { fallbackCluster } = filter;
        const cluster = clusterOf(traits.serverName ?? fallbackCluster) ?? clusterOf(fallbackCluster);
        proxyTcp(cluster, stream, downstream);
        return;
      }
      default:
        unreachable(filter);
    }
  }

  #managerOf({ config }: RunningListener, filter: HttpFilter): HttpConnectionManager {
    let manager = this.#managers.get(filter);
    if (!manager) {
      const isInbound = config.name === INBOUND_LISTENER;
      const { rds, routeConfig } = filter;
      manager = new HttpConnectionManager({
        environment: this.#environment,
        isInbound,
        serverName: isInbound || this.#environment.kind === 'router' ? 'istio-envoy' : 'envoy',
        requestIds: this.#requestIds,
        routes: rds === undefined ? () => routeConfig : () => this.#resources.routesOf(rds),
        clusterOf: name => this.#resources.clusterOf(name),
      });
      this.#managers.set(filter, manager);
    }
    return manager;
  }
}
