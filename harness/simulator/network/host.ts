/** A network namespace: the listeners, sockets, redirect rules and resolver of a pod, a node or a machine. */
import { isLoopback } from './addresses.ts';
import type {
  ConnectOptions,
  Listener,
  NetworkNamespace,
  ProcessNetwork,
  RedirectRules,
  ResolverConfig,
  SocketAddress,
  VirtualSocket,
} from './interfaces.ts';
import { resolveName } from './resolver.ts';
import { socketError } from './socket-errors.ts';
import { TcpSocket, type WorldClock } from './tcp-socket.ts';

/** Linux's default `net.ipv4.ip_local_port_range`. */
const FIRST_EPHEMERAL_PORT = 32768;
const EPHEMERAL_PORTS = 60999 - FIRST_EPHEMERAL_PORT + 1;

/** What a host is and where it stands. */
export interface Placement {
  readonly kind: 'pod' | 'node' | 'machine';
  readonly cluster: string | undefined;
  readonly network: string | undefined;
  /** The address of the node that a pod is on; a node's own. */
  readonly nodeAddress: string | undefined;
}

type Accept = (socket: VirtualSocket) => void;
type Answer = (query: Buffer, from: SocketAddress) => Buffer | undefined;

interface Bound<T> {
  readonly address: string;
  readonly handler: T;
}

/** What a host needs of the network around it. */
export interface Wire {
  readonly clock: WorldClock;
  /** Connects `socket`, which may have been destroyed when the time comes. */
  dial(from: Host, socket: TcpSocket, to: SocketAddress, uid: number): void;
  exchange(from: Host, to: SocketAddress, query: Buffer, timeoutMs: number): Promise<Buffer>;
  /** The host's address is free again. */
  leave(host: Host): void;
}

/** The handlers that are bound to the ports of one host, for one protocol. */
class PortTable<T> {
  readonly #ports = new Map<number, Bound<T>[]>();

  /** @throws an Error with code EADDRINUSE */
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

/** A node, pod or machine on the network: its address, ports, redirects and resolver. */
export class Host implements NetworkNamespace {
  readonly name: string;
  readonly address: string;
  readonly placement: Placement;
  redirect: RedirectRules | undefined;
  /** Its address is off the network. */
  isGone = false;
  readonly #wire: Wire;
  readonly #streams = new PortTable<Accept>();
  readonly #datagrams = new PortTable<Answer>();
  readonly #sockets = new Set<TcpSocket>();
  #resolver: ResolverConfig | undefined;
  #nextPort = 0;
  #nextQuery = 1;

  constructor(name: string, address: string, placement: Placement, wire: Wire) {
    this.name = name;
    this.address = address;
    this.placement = placement;
    this.#wire = wire;
  }

  connect(address: string, port: number, options: ConnectOptions = {}): TcpSocket {
    const socket = this.openSocket();
    this.#wire.clock.bump?.();
    this.#wire.dial(this, socket, { address, port }, options.uid ?? 0);
    return socket;
  }

  /** A socket of this host that is not connected yet. */
  openSocket(): TcpSocket {
    const socket: TcpSocket = new TcpSocket(this.#wire.clock, () => this.#sockets.delete(socket));
    this.#sockets.add(socket);
    return socket;
  }

  listen(port: number, onConnection: Accept, address = '0.0.0.0'): Listener {
    this.#mustBeMine(address, port);
    const chosen = port === 0 ? this.#freePort() : port;
    return { port: chosen, close: this.#streams.bind(chosen, address, onConnection) };
  }

  listenDatagram(port: number, answer: Answer): Listener {
    return { port, close: this.#datagrams.bind(port, '0.0.0.0', answer) };
  }

  exchangeDatagram(address: string, port: number, query: Buffer, timeoutMs: number): Promise<Buffer> {
    this.#wire.clock.bump?.();
    return this.#wire.exchange(this, { address, port }, query, timeoutMs);
  }

  resolve(name: string): Promise<readonly string[]> {
    return resolveName(
      name,
      this.#resolver,
      (address, port, query, timeoutMs) => this.exchangeDatagram(address, port, query, timeoutMs),
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

  /** Who accepts a connection to that port; `address` is the host's own or a loopback one. */
  listenerOf(port: number, address: string): Accept | undefined {
    return this.#streams.find(port, address);
  }

  datagramListenerOf(port: number, address: string): Answer | undefined {
    return this.#datagrams.find(port, address);
  }

  /** The local port of the next connection; the kernel's are random, ours go round. */
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

/** One process's view of a host; remembers what to close. */
class ProcessScope implements ProcessNetwork {
  readonly #host: Host;
  readonly #uid: number;
  readonly #sockets = new Set<VirtualSocket>();
  readonly #listeners = new Set<Listener>();
  #hasExited = false;

  constructor(host: Host, uid: number) {
    this.#host = host;
    this.#uid = uid;
  }

  get name(): string {
    return this.#host.name;
  }
  get address(): string {
    return this.#host.address;
  }

  connect(address: string, port: number, options?: ConnectOptions): VirtualSocket {
    return this.#own(this.#host.connect(address, port, { uid: options?.uid ?? this.#uid }));
  }

  listen(port: number, onConnection: Accept, address?: string): Listener {
    return this.#closeable(this.#host.listen(port, socket => onConnection(this.#own(socket)), address));
  }

  listenDatagram(port: number, answer: Answer): Listener {
    return this.#closeable(this.#host.listenDatagram(port, answer));
  }

  exchangeDatagram(address: string, port: number, query: Buffer, timeoutMs: number): Promise<Buffer> {
    return this.#host.exchangeDatagram(address, port, query, timeoutMs);
  }

  resolve(name: string): Promise<readonly string[]> {
    return this.#host.resolve(name);
  }

  setRedirect(rules: RedirectRules | undefined): void {
    this.#host.setRedirect(rules);
  }

  setResolver(config: ResolverConfig): void {
    this.#host.setResolver(config);
  }

  forProcess(uid = this.#uid): ProcessNetwork {
    return this.#host.forProcess(uid);
  }

  destroy(): void {
    this.#host.destroy();
  }

  exit(): void {
    this.#hasExited = true;
    for (const listener of [...this.#listeners]) listener.close();
    for (const socket of [...this.#sockets]) socket.destroy();
  }

  #own<T extends VirtualSocket>(socket: T): T {
    if (this.#hasExited) {
      // Whatever still runs of a program that has been killed can do nothing any more.
      socket.destroy();
      return socket;
    }
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  #closeable(listener: Listener): Listener {
    const owned: Listener = {
      port: listener.port,
      close: () => {
        this.#listeners.delete(owned);
        listener.close();
      },
    };
    if (this.#hasExited) owned.close();
    else this.#listeners.add(owned);
    return owned;
  }
}
