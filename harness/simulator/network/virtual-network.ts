/**
 * The network of a simulated world: makes networks, clusters and machines, and carries what their hosts send.
 */
import type { Random } from '../../base/random.ts';
import { AddressPool, AddressRange } from './addresses.ts';
import { ClusterPart } from './cluster-part.ts';
import { exchange } from './datagrams.ts';
import { dial } from './dialling.ts';
import { FaultSet, type Faults } from './faults.ts';
import type { Surroundings } from './flow-record.ts';
import { Host, type Wire } from './host.ts';
import type { ClusterNetwork, NetworkNamespace } from './interfaces.ts';
import { Recorder } from './recorder.ts';
import { Routing } from './routing.ts';
import { ClusterSegment, Lan } from './segments.ts';
import type { WorldClock } from './world-clock.ts';

/** Machines outside of all networks get their addresses here (TEST-NET-2, RFC 5737). */
const MACHINE_RANGE = '198.51.100.0/24';

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

/** All networks of one world, with the record of what they carried and the faults that are set. */
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
      dial: (from, socket, to, options) => dial(around, from, socket, to, options),
      exchange: (from, to, query, timeoutMs, uid) => exchange(around, from, to, query, { timeoutMs, uid }),
      leave: host => this.#leave(host),
    };
  }

  get faults(): Faults {
    return this.#faults;
  }

  /**
   * Adds a cluster without nodes.
   * @throws RangeError for an unknown network, a name that is taken, or a range that is malformed or overlaps
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

  /**
   * Adds a machine outside of the clusters, such as a laptop: it reaches nodes and load balancers, not pods.
   */
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
   * Gives the first node of a cluster one more address, like `ip address add`: the node's listeners answer
   * there, and so do Services whose status names it as their load balancer's.
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
