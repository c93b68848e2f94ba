/**
 * The virtual network as its users see it: sockets, listeners, names. What implements it lies beside this
 * file.
 */
import type { Duplex } from 'node:stream';
import type { Cidr } from '../../base/ipv4.ts';

/**
 * A connected (or connecting) TCP socket of the virtual network: a `Duplex` with what node:http, node:https
 * and node:tls expect of a `net.Socket`. Emits `connect`, `data`, `end`, `error` (with a Node `code`),
 * `close`. Like a `net.Socket` it ends itself when the other end does; set `allowHalfOpen = true` on it to go
 * on writing (a splicing proxy does).
 */
export interface VirtualSocket extends Duplex {
  readonly connecting: boolean;
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  /**
   * On a socket that a redirect rule brought here: where the client wanted to go (SO_ORIGINAL_DST).
   * Without a redirect it equals the local address.
   */
  readonly originalDestination: SocketAddress | undefined;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  setTimeout(ms: number, callback?: () => void): this;
  setNoDelay(on?: boolean): this;
  setKeepAlive(on?: boolean, initialDelayMs?: number): this;
  ref(): this;
  unref(): this;
  /** Ends the connection with a reset: the peer sees ECONNRESET. */
  resetAndDestroy(): this;
}

/** An IPv4 address and a port. */
export interface SocketAddress {
  /** An IPv4 address in dotted form. */
  readonly address: string;
  readonly port: number;
}

/** The options of a connection. */
export interface ConnectOptions {
  /** The user id that dials; redirect rules exempt one (istio-proxy is 1337). 0 by default. */
  readonly uid?: number;
  /** Binds the socket to an address of loopback before it dials; the other end, on the same host, sees it. */
  readonly localAddress?: string | undefined;
}

/**
 * A namespace as one process has it: what the process opens ends with it. The kubelet makes one for each
 * container and exec, and calls `exit`
 * when `main` has returned or the container is killed.
 */
export interface ProcessNetwork extends NetworkNamespace {
  /**
   * Closes the listeners and connections that were opened here, as the kernel closes the files of a process
   * that ends.
   */
  exit(): void;
}

/** An open port. */
export interface Listener {
  readonly port: number;
  /** Takes no new connections; those that exist go on. */
  close(): void;
}

/**
 * A redirect of a namespace's traffic, as istio-init sets it with iptables. The real one: `istio-iptables -p
 * 15001 -z 15006 -u 1337 …`.
 * Outbound connections to loopback are never redirected.
 */
export interface RedirectRules {
  readonly outboundPort: number;
  readonly inboundPort: number;
  /** Traffic of this user is let through as it is. */
  readonly exemptUid: number;
  /** Inbound ports that are let through as they are: 15090, 15021, 15020. */
  readonly exemptInboundPorts: readonly number[];
  /** The only inbound ports that are redirected; all if it is not given. */
  readonly inboundPorts?: readonly number[];
  /** Outbound ports that are let through as they are. */
  readonly exemptOutboundPorts?: readonly number[];
  /** Addresses that are let through as they are. */
  readonly exemptOutboundRanges?: readonly Cidr[];
  /** Outbound ports that are redirected whatever the address. */
  readonly outboundPorts?: readonly number[];
  /** The only addresses that are redirected; all if it is not given. */
  readonly outboundRanges?: readonly Cidr[];
  /** Takes the questions to the host's name server; without it they are let through. */
  readonly dnsPort?: number;
}

/** Answers a datagram, perhaps later; undefined for one that it ignores. */
export type DatagramAnswer = (
  query: Buffer,
  from: SocketAddress,
) => Buffer | undefined | Promise<Buffer | undefined>;

/** What `/etc/resolv.conf` says. */
export interface ResolverConfig {
  /** Where the name server listens, as in resolv.conf: the cluster IP of kube-dns. */
  readonly nameserver: string;
  readonly search: readonly string[];
  readonly ndots: number;
}

/**
 * What a process sees of the network: the network namespace of a pod, a node, or a machine outside of the
 * clusters.
 */
export interface NetworkNamespace {
  readonly name: string;
  /** Its own address, besides loopback. */
  readonly address: string;
  /**
   * Dials. The outcome is an event, as with `net.connect`: `connect`, or `error` with ECONNREFUSED (a host
   * without a listener; a Service without ready endpoints) or ETIMEDOUT after the kernel's 127 s of silence
   * (no route, a dropped packet; most clients give up before).
   * @param address - an IPv4 address, not a name: `resolve` first
   */
  connect(address: string, port: number, options?: ConnectOptions): VirtualSocket;
  /**
   * Listens on a port.
   * @param address - `0.0.0.0` (default) or `127.0.0.1`
   * @throws an Error with code EADDRINUSE
   */
  listen(port: number, onConnection: (socket: VirtualSocket) => void, address?: string): Listener;
  /**
   * Looks a name up as the C library does: literal addresses and `localhost` by itself, else search domains,
   * by packets to the name server.
   * @returns the IPv4 addresses, at least one
   * @param uid - of who asks; redirect rules exempt one
   * @throws an Error with code ENOTFOUND (no such name) or EAI_AGAIN (no answer from the name server)
   */
  resolve(name: string, uid?: number): Promise<readonly string[]>;
  /** Replaces the rules; `undefined` removes them. */
  setRedirect(rules: RedirectRules | undefined): void;
  setResolver(config: ResolverConfig): void;
  /**
   * Returns the same namespace for one process; `destroy` and the setters act on the whole namespace.
   * @param uid - the user that the process runs as, and dials as unless it says otherwise; 0 by default
   */
  forProcess(uid?: number): ProcessNetwork;
  /** The address of the name server; undefined before there is one. */
  readonly nameserver: string | undefined;
  /**
   * Takes packets that are not TCP, on one port. Used by name servers, which may have to ask others first.
   */
  listenDatagram(port: number, answer: DatagramAnswer): Listener;
  /**
   * Sends one packet and waits for one answer.
   * @throws an Error with code ETIMEDOUT after `timeoutMs`, or ECONNREFUSED at once if nobody listens there
   */
  exchangeDatagram(
    address: string,
    port: number,
    query: Buffer,
    timeoutMs: number,
    uid?: number,
  ): Promise<Buffer>;
  /** Ends every connection (peers see a reset) and listener, and takes the address off the network. */
  destroy(): void;
}

/** What kube-proxy programs into the nodes of a cluster: where packets for a virtual address go. */
export interface ServiceRoute {
  /** Cluster IP, load-balancer address, or (for a NodePort) the address of a node. */
  readonly address: string;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  /** Ready endpoints; with none the packet is refused (ICMP port unreachable: ECONNREFUSED). */
  readonly endpoints: readonly SocketAddress[];
}

/** A new connection or datagram of a pod, as the packet filters of its nodes see it. */
export interface FilteredPacket {
  readonly protocol: 'TCP' | 'UDP';
  /** The address and port behind a Service, before a redirect inside the receiving pod. */
  readonly to: SocketAddress;
  /** The sender's address, as it is seen there: a node's, where one masquerades. */
  readonly from: string;
}

/**
 * What decides about the traffic of a cluster's pods: a CNI plug-in's rules on the nodes. What it does not
 * pass vanishes. Replies, and what a pod exchanges with itself or its own node, are never asked about.
 */
export interface PacketFilter {
  /** Tells whether the pod with the address `packet.from` may send it. */
  passesEgress(packet: FilteredPacket): boolean;
  /** Tells whether the pod with the address `packet.to` may get it. */
  passesIngress(packet: FilteredPacket): boolean;
}

/** The part of the network that one cluster owns; made by the world, handed to the cluster. */
export interface ClusterNetwork {
  /**
   * Adds a namespace for a node; its address comes from the network's range. The first node also has the API
   * server.
   */
  addNode(name: string): NetworkNamespace;
  /**
   * Adds a namespace for a pod on that node; its address comes from the pod range, which reuses no address
   * while others are left.
   */
  addPod(name: string, node: string): NetworkNamespace;
  /** Takes an address for a load balancer from a slice of the network's range. Every network reaches it. */
  allocateLoadBalancerAddress(): string;
  releaseLoadBalancerAddress(address: string): void;
  /**
   * Replaces the routes of the cluster. They apply to packets that its pods and nodes send, and, for
   * load-balancer and node addresses, to packets that arrive from anywhere. The cluster's random stream
   * chooses the endpoint of a connection.
   */
  setServiceRoutes(routes: readonly ServiceRoute[]): void;
  /** Replaces the filter of the traffic of the cluster's pods; undefined passes everything. */
  setPacketFilter(filter: PacketFilter | undefined): void;
}
