/** Routes a packet: to a pod, through a Service or a load balancer, to a node or machine, or nowhere. */
import { isLoopback } from './addresses.ts';
import type { Host } from './host.ts';
import type { ServiceRoute, SocketAddress } from './interfaces.ts';
import { outboundRedirect } from './redirection.ts';
import { arrive, arriveLocally, nobody, type Packet, type Route, type Tracked } from './route.ts';
import type { ClusterSegment, Lan, Protocol } from './segments.ts';

/** Endpoints may be addresses of Services in turn, but not without end. */
const MAX_HOPS = 4;

/** Knows the whole network, and finds the way of each connection's first packet. */
export class Routing {
  readonly lans = new Map<string, Lan>();
  readonly clusters = new Map<string, ClusterSegment>();
  /** Nodes and machines, which everyone reaches. */
  readonly hosts = new Map<string, Host>();
  /** Load-balancer address → the cluster that it belongs to. */
  readonly loadBalancers = new Map<string, ClusterSegment>();

  /**
   * Finds the way of a connection's first packet.
   * @param uid - the user who dials; the redirect exempts one
   */
  route(from: Host, to: SocketAddress, protocol: Protocol, uid: number, tracked: Tracked): Route {
    tracked.sentTo = undefined;
    if (isLoopback(to.address)) return arriveLocally({ from, to, source: '127.0.0.1', via: [] });
    const rules = from.redirect;
    // Packets to the own address go out on lo, which istio-iptables lets through (chain ISTIO_OUTPUT;
    // istio/istio tools/istio-iptables/pkg/cmd/run.go @1.8.0). Unlike Istio, this also holds for the proxy's
    // own: there 1.8 takes them to the inbound port.
    if (rules && to.address !== from.address) {
      const port = outboundRedirect(rules, { to, protocol, uid, nameserver: from.nameserver });
      if (port !== undefined)
        return arriveLocally(
          { from, to, source: from.address, via: [`redirect:${port}`] },
          { address: '127.0.0.1', port },
        );
    }
    return this.#send({ from, source: from.address, to, protocol, tracked, via: [], hops: 0 });
  }

  /**
   * Routes a packet by the routing table of its host: a pod's packets pass the service routes of its node.
   */
  #send(packet: Packet): Route {
    const { from, to } = packet;
    const service = this.#throughOwnServices(packet);
    if (service) return service;
    packet.tracked.sentTo ??= to;
    if (to.address === from.address) return arriveLocally(packet);
    return (
      this.#toPod(packet) ?? this.#toLoadBalancer(packet) ?? this.#toHost(packet) ?? this.#toNobody(packet)
    );
  }

  /** Routes by the service routes of the packet's own cluster. */
  #throughOwnServices(packet: Packet): Route | undefined {
    const { from, to, protocol, via } = packet;
    const cluster = this.#clusterOf(from);
    if (!cluster) return undefined;
    const route = cluster.routeFor(protocol, to);
    if (route) return this.#translate(packet, cluster, route);
    // kube-proxy has no rule for other addresses and ports of the service range; the default route takes
    // them to nowhere.
    if (cluster.serviceRange.contains(to.address))
      return { kind: 'silence', via, end: nobody(to.address, cluster) };
    return undefined;
  }

  /** Routes to the pods of the packet's own network. */
  #toPod(packet: Packet): Route | undefined {
    const { from, to, via } = packet;
    const lan = from.placement.network === undefined ? undefined : this.lans.get(from.placement.network);
    const pod = lan?.pods.get(to.address);
    if (pod) return arrive(packet, pod);
    if (lan?.podRanges.some(range => range.contains(to.address))) {
      // The node that has the range has no route to a pod that is gone; the packet ends at the default
      // gateway.
      return { kind: 'silence', via, end: nobody(to.address, undefined, lan.name) };
    }
    return undefined;
  }

  #toLoadBalancer(packet: Packet): Route | undefined {
    const { to, protocol, via } = packet;
    const cluster = this.loadBalancers.get(to.address);
    if (!cluster) return undefined;
    const end = nobody(to.address, cluster);
    const node = cluster.nodes[0];
    if (!node) return { kind: 'silence', via, end };
    const passed = [...via, `load-balancer:${to.address}`];
    const route = cluster.routeFor(protocol, to);
    // The address is one of the node's (klipper, kind's port mapping): a port without a Service meets the
    // node's own kernel.
    if (!route) return { kind: 'refused', via: passed, end };
    return this.#translate({ ...packet, from: node, source: node.address, via: passed }, cluster, route);
  }

  /** Routes to a node, where node ports answer, or to a machine. */
  #toHost(packet: Packet): Route | undefined {
    const { from, to, protocol, via } = packet;
    const host = this.hosts.get(to.address);
    if (!host) return undefined;
    const owner = this.#clusterOf(host);
    const route = owner === this.#clusterOf(from) ? undefined : owner?.routeFor(protocol, to);
    if (owner && route) {
      const passed = [...via, `node:${host.address}`];
      return this.#translate({ ...packet, from: host, source: host.address, via: passed }, owner, route);
    }
    // What a pod sends out of the pod ranges is masqueraded by its node, save to that node itself.
    const { kind, nodeAddress } = from.placement;
    const isMasqueraded = kind === 'pod' && nodeAddress !== undefined && nodeAddress !== host.address;
    return arrive(isMasqueraded ? { ...packet, source: nodeAddress } : packet, host);
  }

  #toNobody({ to, via }: Packet): Route {
    for (const lan of this.lans.values()) {
      // Every network's own range is on link for all (that is how nodes and gateways are reachable): nobody
      // answers ARP.
      if (lan.range.contains(to.address)) {
        return { kind: 'unreachable', via, end: nobody(to.address, undefined, lan.name) };
      }
    }
    return { kind: 'silence', via, end: nobody(to.address) };
  }

  /** Routes as kube-proxy does: to one of the Service's endpoints, from the node where the packet is. */
  #translate(packet: Packet, cluster: ClusterSegment, route: ServiceRoute): Route {
    const { from, tracked, hops } = packet;
    const via = [...packet.via, `service:${route.address}:${route.port}`];
    const end = nobody(route.address, cluster);
    const endpoint = hops === 0 ? (tracked.endpoint ?? cluster.pick(route)) : cluster.pick(route);
    // Without endpoints kube-proxy rejects (chain KUBE-EXTERNAL-SERVICES / KUBE-SERVICES,
    // kubernetes/kubernetes pkg/proxy/iptables/proxier.go).
    if (!endpoint) return { kind: 'refused', via, end };
    if (hops === 0) tracked.endpoint = endpoint;
    if (hops >= MAX_HOPS) return { kind: 'silence', via, end };
    // Masqueraded (KUBE-MARK-MASQ): what comes for a load-balancer or node address, and a pod's packets that
    // come back to itself.
    const isClusterAddress = cluster.serviceRange.contains(route.address);
    const masquerades = !isClusterAddress || endpoint.address === from.address;
    const node = masquerades ? this.#nodeOf(from, cluster) : undefined;
    const next: Packet = { ...packet, to: endpoint, via, hops: hops + 1 };
    return this.#send(node ? { ...next, from: node, source: node.address } : next);
  }

  #clusterOf(host: Host): ClusterSegment | undefined {
    return host.placement.cluster === undefined ? undefined : this.clusters.get(host.placement.cluster);
  }

  #nodeOf(sender: Host, cluster: ClusterSegment): Host | undefined {
    const { nodeAddress } = sender.placement;
    return (nodeAddress === undefined ? undefined : this.hosts.get(nodeAddress)) ?? cluster.nodes[0];
  }
}
