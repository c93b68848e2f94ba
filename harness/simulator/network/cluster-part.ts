/** A cluster's part of the network: its nodes, pods, load balancers and service routes. */
import { AddressPool, type AddressRange } from './addresses.ts';
import { Host, type Wire } from './host.ts';
import type { ClusterNetwork, NetworkNamespace, PacketFilter, ServiceRoute } from './interfaces.ts';
import type { Routing } from './routing.ts';
import type { ClusterSegment } from './segments.ts';

/** Pod addresses of each node if the range is large enough: kube-controller-manager hands out a /24. */
const NODE_POD_ADDRESSES = 256;
/** A range of this size (a /20) or more is cut into slices. */
const MIN_SLICED_ADDRESSES = 16 * NODE_POD_ADDRESSES;

/** Gives out the addresses of one cluster, and puts its hosts on the network. */
export class ClusterPart implements ClusterNetwork {
  readonly #segment: ClusterSegment;
  readonly #podRange: AddressRange;
  readonly #routing: Routing;
  readonly #wire: Wire;
  /** Node name → its address and the pool of its pods. */
  readonly #nodes = new Map<string, { readonly host: Host; readonly pods: AddressPool }>();
  #sharedPods: AddressPool | undefined;

  constructor(segment: ClusterSegment, podRange: AddressRange, routing: Routing, wire: Wire) {
    this.#segment = segment;
    this.#podRange = podRange;
    this.#routing = routing;
    this.#wire = wire;
  }

  addNode(name: string): NetworkNamespace {
    const { lan } = this.#segment;
    const address = lan.nodeAddresses.take(`the node ${name}`);
    const placement = {
      kind: 'node',
      cluster: this.#segment.name,
      network: lan.name,
      nodeAddress: address,
    } as const;
    const host = new Host(name, address, placement, this.#wire);
    this.#routing.hosts.set(address, host);
    this.#segment.nodes.push(host);
    this.#nodes.set(name, { host, pods: this.#podPool(this.#nodes.size) });
    return host;
  }

  addPod(name: string, node: string): NetworkNamespace {
    const place = this.#nodes.get(node);
    if (!place)
      throw new RangeError(`The cluster ${this.#segment.name} has no node "${node}" for the pod ${name}.`);
    const { lan } = this.#segment;
    const address = place.pods.take(`the pod ${name}`);
    const wire: Wire = {
      ...this.#wire,
      leave: host => {
        this.#wire.leave(host);
        place.pods.release(address);
      },
    };
    const placement = {
      kind: 'pod',
      cluster: this.#segment.name,
      network: lan.name,
      nodeAddress: place.host.address,
    } as const;
    const host = new Host(name, address, placement, wire);
    lan.pods.set(address, host);
    return host;
  }

  allocateLoadBalancerAddress(): string {
    const address = this.#segment.lan.loadBalancerAddresses.take(`a load balancer of ${this.#segment.name}`);
    this.#routing.loadBalancers.set(address, this.#segment);
    return address;
  }

  releaseLoadBalancerAddress(address: string): void {
    if (this.#routing.loadBalancers.get(address) !== this.#segment) return;
    this.#routing.loadBalancers.delete(address);
    this.#segment.lan.loadBalancerAddresses.release(address);
  }

  setServiceRoutes(routes: readonly ServiceRoute[]): void {
    this.#segment.setRoutes(routes);
  }

  setPacketFilter(filter: PacketFilter | undefined): void {
    this.#segment.filter = filter;
  }

  /**
   * Gives each node a slice of a large range; nodes share a small one.
   * @throws RangeError if a large range has no slice left
   */
  #podPool(index: number): AddressPool {
    if (this.#podRange.size < MIN_SLICED_ADDRESSES) {
      this.#sharedPods ??= new AddressPool(this.#podRange.slice(2, this.#podRange.size - 3));
      return this.#sharedPods;
    }
    const offset = index * NODE_POD_ADDRESSES;
    if (offset >= this.#podRange.size) {
      throw new RangeError(
        `The pod range of ${this.#segment.name} has no addresses for a node number ${index + 1}.`,
      );
    }
    return new AddressPool(this.#podRange.slice(offset + 2, NODE_POD_ADDRESSES - 3));
  }
}
