/** A network namespace: the listeners, sockets, redirect rules and resolver of a pod, a node or a machine. */
import { isLoopback } from './addresses.ts';
import type { FlowEnd } from './faults.ts';
import type {
  ConnectOptions,
  DatagramAnswer,
  Listener,
  NetworkNamespace,
  ProcessNetwork,
  RedirectRules,
  ResolverConfig,
  SocketAddress,
} from './interfaces.ts';
import { type Accept, PortTable } from './port-table.ts';
import { ProcessScope } from './process-scope.ts';
import { resolveName } from './resolver.ts';
import { socketError } from './socket-errors.ts';
import { TcpSocket } from './tcp-socket.ts';
import type { WorldClock } from './world-clock.ts';

/** Linux's default `net.ipv4.ip_local_port_range`. */
const FIRST_EPHEMERAL_PORT = 32768;
const EPHEMERAL_PORTS = 60999 - FIRST_EPHEMERAL_PORT + 1;
/**
 * The connections that a host may have to one address and port, after which `connect` fails with
 * EADDRNOTAVAIL. Linux's range gives 28 232. Only a proxy that leads to itself needs so many, and here, where
 * a hop takes no time, that loop ends sooner.
 */
const MAX_CONNECTIONS_TO_ONE = 4096;

/** The kind of a host, and its place in the network. */
export interface Placement {
  readonly kind: 'pod' | 'node' | 'machine';
  readonly cluster: string | undefined;
  readonly network: string | undefined;
  /** The address of the node that a pod is on; a node's own. */
  readonly nodeAddress: string | undefined;
}

/** The network around a host, as far as the host needs it. */
export interface Wire {
  readonly clock: WorldClock;
  /** Connects `socket`, which may have been destroyed when the time comes. */
  dial(from: Host, socket: TcpSocket, to: SocketAddress, options: ConnectOptions): void;
  exchange(from: Host, to: SocketAddress, query: Buffer, timeoutMs: number, uid: number): Promise<Buffer>;
  /** Takes a host out of the network, so that its address is free again. */
  leave(host: Host): void;
}

/** A node, pod or machine on the network: its address, ports, redirects and resolver. */
export class Host implements NetworkNamespace {
  readonly name: string;
  readonly address: string;
  readonly placement: Placement;
  /** It as the end of a flow, for faults and records. */
  readonly end: FlowEnd;
  redirect: RedirectRules | undefined;
  /** Its address is off the network. */
  isGone = false;
  readonly #wire: Wire;
  readonly #streams = new PortTable<Accept>();
  readonly #datagrams = new PortTable<DatagramAnswer>();
  readonly #sockets = new Set<TcpSocket>();
  /** Destination → how many connections this host has to it, or tries to have. */
  readonly #dialled = new Map<string, number>();
  #resolver: ResolverConfig | undefined;
  #nextPort = 0;
  #nextQuery = 1;

  constructor(name: string, address: string, placement: Placement, wire: Wire) {
    this.name = name;
    this.address = address;
    this.placement = placement;
    const { kind, cluster, network } = placement;
    this.end = { name, address, kind, cluster, network };
    this.#wire = wire;
  }

  connect(address: string, port: number, options: ConnectOptions = {}): TcpSocket {
    const destination = `${address}:${port}`;
    const others = this.#dialled.get(destination) ?? 0;
    this.#dialled.set(destination, others + 1);
    const socket = this.openSocket(() => this.#hangUp(destination));
    this.#wire.clock.bump?.();
    if (others < MAX_CONNECTIONS_TO_ONE) this.#wire.dial(this, socket, { address, port }, options);
    else setImmediate(() => socket.fail(socketError('connect', 'EADDRNOTAVAIL', address, port)));
    return socket;
  }

  #hangUp(destination: string): void {
    const others = (this.#dialled.get(destination) ?? 0) - 1;
    if (others > 0) this.#dialled.set(destination, others);
    else this.#dialled.delete(destination);
  }

  /** Makes a socket of this host that is not connected yet. */
  openSocket(onGone?: () => void): TcpSocket {
    const socket: TcpSocket = new TcpSocket(this.#wire.clock, () => {
      this.#sockets.delete(socket);
      onGone?.();
    });
    this.#sockets.add(socket);
    return socket;
  }

  listen(port: number, onConnection: Accept, address = '0.0.0.0'): Listener {
    this.#mustBeMine(address, port);
    const chosen = port === 0 ? this.#freePort() : port;
    return { port: chosen, close: this.#streams.bind(chosen, address, onConnection) };
  }

  listenDatagram(port: number, answer: DatagramAnswer): Listener {
    return { port, close: this.#datagrams.bind(port, '0.0.0.0', answer) };
  }

  get nameserver(): string | undefined {
    return this.#resolver?.nameserver;
  }

  exchangeDatagram(
    address: string,
    port: number,
    query: Buffer,
    timeoutMs: number,
    uid = 0,
  ): Promise<Buffer> {
    this.#wire.clock.bump?.();
    return this.#wire.exchange(this, { address, port }, query, timeoutMs, uid);
  }

  resolve(name: string, uid?: number): Promise<readonly string[]> {
    return resolveName(
      name,
      this.#resolver,
      (address, port, query, timeoutMs) => this.exchangeDatagram(address, port, query, timeoutMs, uid),
      () => this.#nextQuery++,
    );
  }

  setRedirect(rules: RedirectRules | undefined): void {
    this.redirect = rules;
  }

  setResolver(config: ResolverConfig): void {
    this.#resolver = config;
  }

  forProcess(uid = 0): ProcessNetwork {
    return new ProcessScope(this, uid);
  }

  destroy(): void {
    if (this.isGone) return;
    this.isGone = true;
    this.#streams.clear();
    this.#datagrams.clear();
    for (const socket of [...this.#sockets]) socket.cut();
    this.#wire.leave(this);
    this.#wire.clock.bump?.();
  }

  // ---- for the network

  /**
   * Finds the listener that accepts a connection to that port; `address` is the host's own or a loopback one.
   */
  listenerOf(port: number, address: string): Accept | undefined {
    return this.#streams.find(port, address);
  }

  datagramListenerOf(port: number, address: string): DatagramAnswer | undefined {
    return this.#datagrams.find(port, address);
  }

  /** Returns the local port of the next connection. The kernel's are random; these go round. */
  ephemeralPort(): number {
    const port = FIRST_EPHEMERAL_PORT + (this.#nextPort % EPHEMERAL_PORTS);
    this.#nextPort++;
    return port;
  }

  #freePort(): number {
    for (let tried = 0; tried < EPHEMERAL_PORTS; tried++) {
      const port = this.ephemeralPort();
      if (!this.#streams.has(port)) return port;
    }
    throw socketError('listen', 'EADDRINUSE', '0.0.0.0', 0);
  }

  #mustBeMine(address: string, port: number): void {
    if (this.isGone || (address !== '0.0.0.0' && address !== this.address && !isLoopback(address))) {
      throw socketError('listen', 'EADDRNOTAVAIL', address, port);
    }
  }
}
