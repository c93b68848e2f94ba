/** The parts that a virtual network is made of: local networks, and the clusters on them. */
import type { Random } from '../../base/random.ts';
import { AddressPool, AddressRange } from './addresses.ts';
import type { Host } from './host.ts';
import type { PacketFilter, ServiceRoute, SocketAddress } from './interfaces.ts';

/** The transport of a packet. */
export type Protocol = 'TCP' | 'UDP';

/** A broadcast domain, like a docker network of kind. */
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
    // the gateway .1 and the broadcast address are nobody's.
    const forLoadBalancers = Math.min(256, Math.floor(this.range.size / 4));
    const split = this.range.size - forLoadBalancers;
    this.nodeAddresses = new AddressPool(this.range.slice(2, split - 2));
    this.loadBalancerAddresses = new AddressPool(this.range.slice(split, forLoadBalancers - 1));
  }
}

/** The part of one cluster in the network: its nodes, and the routes that kube-proxy programmed into them. */
export class ClusterSegment {
  readonly name: string;
  readonly lan: Lan;
  readonly serviceRange: AddressRange;
  readonly nodes: Host[] = [];
  /** Decides about the traffic of its pods. */
  filter: PacketFilter | undefined;
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
