/**
 * Where a packet goes: networks, clusters with their service routes, nodes, load balancers, and what
 * vanishes.
 */
import type { Random } from '../../base/random.ts';
import { AddressPool, AddressRange, isLoopback } from './addresses.ts';
import type { FlowEnd } from './faults.ts';
import type { Host } from './host.ts';
import type { ServiceRoute, SocketAddress } from './interfaces.ts';

export type Protocol = 'TCP' | 'UDP';

/** A broadcast domain: what a docker network is for kind. */
export class Lan {
  readonly name: string;
  readonly range: AddressRange;
  readonly nodeAddresses: AddressPool;
  readonly loadBalancerAddresses: AddressPool;
  /** The pods of all clusters on this network, which reach each other. */
  readonly pods = new Map<string, Host>();
  readonly podRanges: AddressRange[] = [];

  constructor(name: string, range: string) {
    this.name = name;
    this.range = AddressRange.parse(range);
    // The last part of the range is for load balancers (as people configure MetalLB on a docker network); .0,
    // the gateway .1 and the broadcast
    // address are nobody's.
    const forLoadBalancers = Math.min(256, Math.floor(this.range.size / 4));
    const split = this.range.size - forLoadBalancers;
    this.nodeAddresses = new AddressPool(this.range.slice(2, split - 2));
    this.loadBalancerAddresses = new AddressPool(this.range.slice(split, forLoadBalancers - 1));
  }
}

/** What one cluster adds to the network: its nodes and what kube-proxy has programmed into them. */
export class ClusterSegment {
  readonly name: string;
  readonly lan: Lan;
  readonly serviceRange: AddressRange;
  readonly nodes: Host[] = [];
  readonly #random: Random;
  #routes = new Map<string, ServiceRoute>();

  constructor(name: string, lan: Lan, serviceRange: string, random: Random) {
    this.name = name;
    this.lan = lan;
    this.serviceRange = AddressRange.parse(serviceRange);
    this.#random = random;
  }

  setRoutes(routes: readonly ServiceRoute[]): void {
    this.#routes = new Map(routes.map(route => [keyOf(route.protocol, route), route]));
  }

  routeFor(protocol: Protocol, to: SocketAddress): ServiceRoute | undefined {
    return this.#routes.get(keyOf(protocol, to));
  }

  pick(route: ServiceRoute): SocketAddress | undefined {
    if (route.endpoints.length <= 1) return route.endpoints[0]; // draws nothing: the stream is for choices
    return this.#random.pick(route.endpoints);
  }
}

const keyOf = (protocol: Protocol, { address, port }: SocketAddress): string =>
  `${protocol} ${address}:${port}`;

/** What the kernel remembers of a connection: the endpoint that was drawn for its first packet serves all. */
export interface Tracked {
  endpoint?: SocketAddress;
}

export type Route =
  | {
      readonly kind: 'arrives';
      readonly host: Host;
      /** The address and port where it comes in at the host, after redirects. */
      readonly at: SocketAddress;
      /** Before the host's redirect: SO_ORIGINAL_DST. */
      readonly originalDestination: SocketAddress;
      /** What the host sees as the sender's address. */
      readonly source: string;
      readonly via: readonly string[];
      readonly end: FlowEnd;
    }
  | {
      /**
       * `refused`: somebody says no at once; `unreachable`: nobody answers ARP; `silence`: packets vanish.
       */
      readonly kind: 'refused' | 'unreachable' | 'silence';
      readonly via: readonly string[];
      readonly end: FlowEnd;
    };

/** Endpoints may be addresses of Services in turn, but not without end. */
const MAX_HOPS = 4;

export class Routing {
  readonly lans = new Map<string, Lan>();
  readonly clusters = new Map<string, ClusterSegment>();
  /** Nodes and machines, which everyone reaches. */
  readonly hosts = new Map<string, Host>();
  /** Load-balancer address → the cluster that it belongs to. */
  readonly loadBalancers = new Map<string, ClusterSegment>();

  /**
   * The way of a connection's first packet.
   * @param uid - who dials; the redirect exempts one
   */
  route(from: Host, to: SocketAddress, protocol: Protocol, uid: number, tracked: Tracked): Route {
    if (isLoopback(to.address)) return this.#arriveLocally(from, to, to, '127.0.0.1', []);
    const rules = from.redirect;
    // Packets to the own address go out on lo, which istio-iptables lets through (chain ISTIO_OUTPUT;
    // istio/istio
    // tools/istio-iptables/pkg/cmd/run.go @1.8.0). Unlike Istio, this also holds for the proxy's own: there
    // 1.8 takes them to the inbound port.
    if (protocol === 'TCP' && rules && uid !== rules.exemptUid && to.address !== from.address) {
      const at = { address: '127.0.0.1', port: rules.outboundPort };
      return this.#arriveLocally(from, at, to, from.address, [`redirect:${rules.outboundPort}`]);
    }
    return this.#send(from, from.address, to, protocol, tracked, [], 0);
  }

  /** From the routing table of `sender` on: a pod's packets pass the service routes of its node. */
  #send(
    sender: Host,
    source: string,
    to: SocketAddress,
    protocol: Protocol,
    tracked: Tracked,
    via: readonly string[],
    hops: number,
  ): Route {
    const cluster = this.#clusterOf(sender);
    if (cluster) {
      const route = cluster.routeFor(protocol, to);
      if (route) return this.#translate(cluster, route, sender, source, protocol, tracked, via, hops);
      // kube-proxy has no rule for other addresses and ports of the service range; the default route takes
      // them to nowhere.
      if (cluster.serviceRange.contains(to.address))
        return { kind: 'silence', via, end: nobody(to.address, cluster) };
    }
    if (to.address === sender.address) return this.#arriveLocally(sender, to, to, source, via);

    const lan = sender.placement.network === undefined ? undefined : this.lans.get(sender.placement.network);
    const pod = lan?.pods.get(to.address);
    if (pod) return this.#arrive(pod, to, source, via);
    if (lan?.podRanges.some(range => range.contains(to.address))) {
      // The node that has the range has no route to a pod that is gone; the packet ends at the default
      // gateway.
      return { kind: 'silence', via, end: nobody(to.address, undefined, lan.name) };
    }

    const loadBalancer = this.loadBalancers.get(to.address);
    if (loadBalancer) {
      const node = loadBalancer.nodes[0];
      const end = nobody(to.address, loadBalancer);
      if (!node) return { kind: 'silence', via, end };
      const passed = [...via, `load-balancer:${to.address}`];
      const route = loadBalancer.routeFor(protocol, to);
      // The address is one of the node's (klipper, kind's port mapping): a port without a Service meets the
      // node's own kernel.
      if (!route) return { kind: 'refused', via: passed, end };
      return this.#translate(loadBalancer, route, node, node.address, protocol, tracked, passed, hops);
    }

    const host = this.hosts.get(to.address);
    if (host) {
      // What a pod sends out of the pod ranges is masqueraded by its node, save to that node itself.
      const { kind, nodeAddress } = sender.placement;
      const seen =
        kind === 'pod' && nodeAddress !== undefined && nodeAddress !== host.address ? nodeAddress : source;
      const owner = this.#clusterOf(host);
      const route = owner === cluster ? undefined : owner?.routeFor(protocol, to);
      if (owner && route) {
        return this.#translate(
          owner,
          route,
          host,
          host.address,
          protocol,
          tracked,
          [...via, `node:${host.address}`],
          hops,
        );
      }
      return this.#arrive(host, to, seen, via);
    }

    for (const other of this.lans.values()) {
      // Every network's own range is on link for all (that is how nodes and gateways are reachable): nobody
      // answers ARP.
      if (other.range.contains(to.address)) {
        return { kind: 'unreachable', via, end: nobody(to.address, undefined, other.name) };
      }
    }
    return { kind: 'silence', via, end: nobody(to.address) };
  }

  /** kube-proxy: to one of the Service's endpoints, from the node where the packet is. */
  #translate(
    cluster: ClusterSegment,
    route: ServiceRoute,
    sender: Host,
    source: string,
    protocol: Protocol,
    tracked: Tracked,
    via: readonly string[],
    hops: number,
  ): Route {
    const passed = [...via, `service:${route.address}:${route.port}`];
    const end = nobody(route.address, cluster);
    const endpoint = hops === 0 ? (tracked.endpoint ?? cluster.pick(route)) : cluster.pick(route);
    // Without endpoints kube-proxy rejects (chain KUBE-EXTERNAL-SERVICES / KUBE-SERVICES,
    // kubernetes/kubernetes pkg/proxy/iptables/proxier.go).
    if (!endpoint) return { kind: 'refused', via: passed, end };
    if (hops === 0) tracked.endpoint = endpoint;
    if (hops >= MAX_HOPS) return { kind: 'silence', via: passed, end };
    // Masqueraded (KUBE-MARK-MASQ): what comes for a load-balancer or node address, and a pod's packets that
    // come back to itself.
    const isClusterAddress = cluster.serviceRange.contains(route.address);
    const masquerades = !isClusterAddress || endpoint.address === sender.address;
    const node = this.#nodeOf(sender, cluster);
    if (masquerades && node)
      return this.#send(node, node.address, endpoint, protocol, tracked, passed, hops + 1);
    return this.#send(sender, source, endpoint, protocol, tracked, passed, hops + 1);
  }

  /** Through the host's front door, where the inbound redirect stands. */
  #arrive(host: Host, to: SocketAddress, source: string, via: readonly string[]): Route {
    const rules = host.redirect;
    const end = endOf(host);
    const isRedirected = rules !== undefined && !rules.exemptInboundPorts.includes(to.port);
    if (!isRedirected) return { kind: 'arrives', host, at: to, originalDestination: to, source, via, end };
    const at = { address: to.address, port: rules.inboundPort };
    const passed = [...via, `redirect-in:${rules.inboundPort}`];
    return { kind: 'arrives', host, at, originalDestination: to, source, via: passed, end };
  }

  #arriveLocally(
    host: Host,
    at: SocketAddress,
    originalDestination: SocketAddress,
    source: string,
    via: readonly string[],
  ): Route {
    return { kind: 'arrives', host, at, originalDestination, source, via, end: endOf(host) };
  }

  #clusterOf(host: Host): ClusterSegment | undefined {
    return host.placement.cluster === undefined ? undefined : this.clusters.get(host.placement.cluster);
  }

  #nodeOf(sender: Host, cluster: ClusterSegment): Host | undefined {
    const { nodeAddress } = sender.placement;
    return (nodeAddress === undefined ? undefined : this.hosts.get(nodeAddress)) ?? cluster.nodes[0];
  }
}

export function endOf(host: Host): FlowEnd {
  const { kind, cluster, network } = host.placement;
  return { name: host.name, address: host.address, kind, cluster, network };
}

function nobody(address: string, cluster?: ClusterSegment, network = cluster?.lan.name): FlowEnd {
  return { name: '', address, kind: 'nobody', cluster: cluster?.name, network };
}
