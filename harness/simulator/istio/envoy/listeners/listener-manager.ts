/**
 * The listeners as they run: sockets, hand-over by original destination, choice of a filter chain, filters.
 */
import type { Duplex } from 'node:stream';
import { messageOf, unreachable } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { Listener as OpenPort, VirtualSocket } from '../../../network/interfaces.ts';
import type { FilterChain, Listener, NetworkFilter, RouteConfiguration } from '../../xds/resources.ts';
import { Counters } from '../environment/counters.ts';
import type { DownstreamConnection, EnvoyEnvironment, Worker } from '../environment/environment.ts';
import { HttpConnectionManager } from '../http/http-connection-manager.ts';
import type { UpstreamCluster } from '../upstream/upstream-cluster.ts';
import { inspectTls } from './client-hello.ts';
import { type ConnectionTraits, findFilterChain } from './filter-chain-match.ts';
import { peekFirstBytes } from './first-bytes.ts';
import { proxyTcp } from './tcp-proxy.ts';

/** A listener and what has happened to it. */
export interface RunningListener {
  /** As accepted last, and in use. */
  config: Listener;
  readonly counters: Counters;
}

/** What the filters look up when a connection or request comes, so that changes take effect at once. */
export interface FilterResources {
  clusterOf(name: string): UpstreamCluster | undefined;
  routesOf(name: string): RouteConfiguration | undefined;
}

/**
 * Where the traffic to the workload itself comes in (istio/istio
 * pilot/pkg/networking/core/v1alpha3/listener.go, VirtualInboundListenerName).
 */
const INBOUND_LISTENER = 'virtualInbound';

type HttpFilter = Extract<NetworkFilter, { type: 'http_connection_manager' }>;

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
   * @returns Envoy's message if its port can not be opened
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
    socket.on('error', () => {}); // whoever reads the socket learns of it by its close
    this.#connections.add(socket);
    const destination = socket.originalDestination ?? {
      address: socket.localAddress ?? listener.config.address,
      port: socket.localPort ?? listener.config.port,
    };
    const connection: DownstreamConnection = {
      // The kernel gives each connection to one of the threads that listen.
      worker: this.#workerChoice.pick(this.#workers),
      destination,
      remoteAddress: socket.remoteAddress ?? '',
    };
    const target = (listener.config.useOriginalDst && this.#listenerFor(destination)) || listener;
    const { counters } = target;
    counters.add('downstream_cx_total');
    counters.add('downstream_cx_active');
    socket.once('close', () => {
      this.#connections.delete(socket);
      counters.add('downstream_cx_active', -1);
    });
    this.#inspect(target, socket, connection);
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

  #inspect(listener: RunningListener, socket: VirtualSocket, connection: DownstreamConnection): void {
    const { config } = listener;
    const destinationPort = connection.destination.port;
    if (!config.tlsInspector) {
      const traits: ConnectionTraits = {
        destinationPort,
        serverName: undefined,
        transport: 'raw_buffer',
        protocols: [],
      };
      this.#serve(listener, findFilterChain(config.filterChains, traits), traits, socket, connection);
      return;
    }
    peekFirstBytes(socket, inspectTls, inspection => {
      if (!inspection) {
        socket.destroy();
        return;
      }
      const traits: ConnectionTraits = {
        destinationPort,
        serverName: inspection.transport === 'tls' ? inspection.serverName : undefined,
        transport: inspection.transport,
        protocols: inspection.transport === 'tls' ? inspection.protocols : [],
      };
      this.#serve(
        listener,
        findFilterChain(listener.config.filterChains, traits),
        traits,
        socket,
        connection,
      );
    });
  }

  #serve(
    listener: RunningListener,
    chain: FilterChain | undefined,
    traits: ConnectionTraits,
    socket: Duplex,
    connection: DownstreamConnection,
  ): void {
    if (!chain) {
      listener.counters.add('no_filter_chain_match');
      socket.destroy();
      return;
    }
    if (!chain.downstreamTls) {
      this.#filter(listener, chain.filter, traits, socket, connection);
      return;
    }
    const { alpn } = chain.downstreamTls;
    this.#environment.security.terminate(socket, alpn, listener.counters, (secured, peer) => {
      if (!secured) return;
      this.#filter(listener, chain.filter, traits, secured, peer ? { ...connection, peer } : connection);
    });
  }

  #filter(
    listener: RunningListener,
    filter: NetworkFilter,
    { serverName }: ConnectionTraits,
    stream: Duplex,
    connection: DownstreamConnection,
  ): void {
    switch (filter.type) {
      case 'http_connection_manager':
        this.#managerOf(listener, filter).accept(stream, connection);
        return;
      case 'tcp_proxy':
        proxyTcp(this.#resources.clusterOf(filter.cluster), stream, connection);
        return;
      case 'sni_cluster_tcp_proxy':
        proxyTcp(
          this.#resources.clusterOf(serverName ?? filter.fallbackCluster) ??
            this.#resources.clusterOf(filter.fallbackCluster),
          stream,
          connection,
        );
        return;
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
