/**
 * The network of a simulated world: makes networks, clusters and machines, and carries what their hosts send.
 */
import type { Random } from '../../base/random.ts';
import { AddressPool, AddressRange } from './addresses.ts';
import { dial, exchange, type Surroundings } from './dialling.ts';
import { FaultSet, type Faults } from './faults.ts';
import { Host, type Wire } from './host.ts';
import type { ClusterNetwork, NetworkNamespace, ServiceRoute } from './interfaces.ts';
import { Recorder } from './recorder.ts';
import { Routing } from './routing.ts';
import { ClusterSegment, Lan } from './segments.ts';
import type { WorldClock } from './tcp-socket.ts';

/** Machines outside of all networks get their addresses here (TEST-NET-2, RFC 5737). */
const MACHINE_RANGE = '198.51.100.0/24';
/**
 * Each node has so many pod addresses if the range is large enough, as kube-controller-manager hands out a
 * /24.
 */
const NODE_POD_ADDRESSES = 256;
/** A range of this size (a /20) or more is sliced. */
const MIN_SLICED_ADDRESSES = 16 * NODE_POD_ADDRESSES;

/** The networks of a world, with its clock and its chance. */
export interface NetworkOptions {
  readonly clock: WorldClock;
  readonly random: Random;
  /** `{ name: 'network1', range: '172.18.0.0/16' }`; ranges do not overlap. */
  readonly networks: readonly { readonly name: string; readonly range: string }[];
}

/** The place of a cluster in the network; ranges are CIDRs. */
export interface ClusterNetworkOptions {
  readonly name: string;
  /** The name of one of the networks. */
  readonly network: string;
  /** Unlike services', pods' ranges may not overlap on one network. */
  readonly podRange: string;
  readonly serviceRange: string;
}

/** All networks of one world, with what was recorded on them and the faults that are set. */
export class VirtualNetwork {
  readonly recorder = new Recorder();
  readonly #faults = new FaultSet();
  readonly #routing = new Routing();
  readonly #random: Random;
  readonly #wire: Wire;
  readonly #machineAddresses = new AddressPool(AddressRange.parse(MACHINE_RANGE).slice(1, 254));

  constructor({ clock, random, networks }: NetworkOptions) {
    this.#random = random;
    for (const { name, range } of networks) {
      const lan = new Lan(name, range);
      if ([...this.#routing.lans.values()].some(other => other.range.overlaps(lan.range))) {
        throw new RangeError(`The range ${range} of ${name} overlaps that of another network.`);
      }
      this.#routing.lans.set(name, lan);
    }
    const around: Surroundings = {
      clock,
      routing: this.#routing,
      faults: this.#faults,
      recorder: this.recorder,
    };
    this.#wire = {
      clock,
      dial: (from, socket, to, uid) => dial(around, from, socket, to, uid),
      exchange: (from, to, query, timeoutMs) => exchange(around, from, to, query, timeoutMs),
      leave: host => this.#leave(host),
    };
  }

  get faults(): Faults {
    return this.#faults;
  }

  /**
   * @throws RangeError for an unknown network, a name that is taken, or a range that is none or overlaps
   *   another on the network
   */
  addCluster({ name, network, podRange, serviceRange }: ClusterNetworkOptions): ClusterNetwork {
    const lan = this.#routing.lans.get(network);
    if (!lan) {
      throw new RangeError(
        `There is no network "${network}"; there is ${[...this.#routing.lans.keys()].join(', ')}.`,
      );
    }
    if (this.#routing.clusters.has(name)) throw new RangeError(`There is a cluster "${name}" already.`);
    const segment = new ClusterSegment(name, lan, serviceRange, this.#random.stream(`kube-proxy/${name}`));
    const pods = AddressRange.parse(podRange);
    if ([lan.range, ...lan.podRanges, segment.serviceRange].some(range => range.overlaps(pods))) {
      throw new RangeError(
        `The pod range ${podRange} of ${name} overlaps another range of its own or of ${network}.`,
      );
    }
    this.#routing.clusters.set(name, segment);
    lan.podRanges.push(pods);
    return new ClusterPart(segment, pods, this.#routing, this.#wire);
  }

  /** A machine outside of the clusters, such as a laptop: it reaches nodes and load balancers, not pods. */
  addMachine(name: string): NetworkNamespace {
    const address = this.#machineAddresses.take(`the machine ${name}`);
    const placement = {
      kind: 'machine',
      cluster: undefined,
      network: undefined,
      nodeAddress: undefined,
    } as const;
    const host = new Host(name, address, placement, this.#wire);
    this.#routing.hosts.set(address, host);
    return host;
  }

  /**
   * One more address for the first node of a cluster, as `ip address add` gives it: what listens there
   * answers, and Services whose status names it as their load balancer's are served there.
   * @throws RangeError for a cluster without a node, or an address that someone has
   */
  addNodeAddress(cluster: string, address: string): void {
    const node = this.#routing.clusters.get(cluster)?.nodes[0];
    if (!node) throw new RangeError(`There is no cluster "${cluster}" with a node.`);
    if (this.#routing.hosts.has(address)) throw new RangeError(`The address ${address} is taken.`);
    this.#routing.hosts.set(address, node);
  }

  #leave(host: Host): void {
    const { kind, network, cluster } = host.placement;
    const lan = network === undefined ? undefined : this.#routing.lans.get(network);
    if (kind === 'pod') {
      lan?.pods.delete(host.address);
      return;
    }
    for (const [address, holder] of this.#routing.hosts)
      if (holder === host) this.#routing.hosts.delete(address);
    if (kind === 'machine') this.#machineAddresses.release(host.address);
    else lan?.nodeAddresses.release(host.address);
    const segment = cluster === undefined ? undefined : this.#routing.clusters.get(cluster);
    const index = segment?.nodes.indexOf(host) ?? -1;
    if (index >= 0) segment?.nodes.splice(index, 1);
  }
}

class ClusterPart implements ClusterNetwork {
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

  /**
   * A slice for each node in a large range; nodes share a small one.
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
