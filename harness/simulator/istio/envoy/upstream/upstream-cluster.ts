/** A cluster as it runs: its hosts, and for each worker a balancer and connection pools. */
import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { SocketAddress } from '../../../network/interfaces.ts';
import type { Cluster, ClusterLoadAssignment, LbEndpoint, UpstreamTls } from '../../xds/resources.ts';
import { Counters } from '../environment/counters.ts';
import type { EnvoyEnvironment, Worker } from '../environment/environment.ts';
import { eligibleHosts } from './eligible-hosts.ts';
import { Host, hostKey } from './host.ts';
import { balancerFor, type LoadBalancer } from './load-balancer.ts';
import { type ConnectFailure, connectUpstream, type UpstreamTarget } from './upstream-connection.ts';
import { UpstreamPool } from './upstream-pool.ts';

/** How a retry limits the choice of a host. */
export interface RetrySelection {
  readonly triedHosts: ReadonlySet<Host>;
  readonly maxAttempts: number;
}

/** Runs what istiod says about one cluster, and counts what happens to it. */
export class UpstreamCluster {
  readonly counters = new Counters();
  readonly #environment: EnvoyEnvironment;
  #config: Cluster;
  #hosts: readonly Host[] = [];
  /** Those that balancers pick from. */
  #eligible: readonly Host[] | undefined;
  #hasEndpoints: boolean;
  #balancers: LoadBalancer<Host>[] = [];
  /** By the worker and the ALPN that they have. */
  readonly #pools = new Map<Host, Map<string, UpstreamPool>>();

  constructor(environment: EnvoyEnvironment, config: Cluster) {
    this.#environment = environment;
    this.#config = config;
    this.#hasEndpoints = config.type !== 'EDS';
    if (config.loadAssignment) this.setEndpoints(config.loadAssignment);
  }

  get name(): string {
    return this.#config.name;
  }

  get config(): Cluster {
    return this.#config;
  }

  /** In the order of the assignment. */
  get hosts(): readonly Host[] {
    return this.#hosts;
  }

  /**
   * False while the first endpoints are still to come. Envoy calls that warming, and does not use the cluster
   * yet.
   */
  get isWarm(): boolean {
    return this.#hasEndpoints;
  }

  /**
   * Takes a new definition; hosts and their counters stay. Envoy makes a new cluster of it, whose connections
   * are new ones (source/common/upstream/cluster_manager_impl.cc, addOrUpdateCluster @v1.33).
   */
  update(config: Cluster): void {
    if (!isDeepStrictEqual(config, this.#config)) this.#drainPools();
    const { lbPolicy, panicThreshold } = this.#config;
    this.#config = config;
    this.#eligible = undefined;
    if (config.lbPolicy !== lbPolicy || config.panicThreshold !== panicThreshold) this.#balancers = [];
    if (config.loadAssignment) this.setEndpoints(config.loadAssignment);
  }

  setEndpoints({ endpoints }: ClusterLoadAssignment): void {
    this.#hasEndpoints = true;
    const before = new Map(this.#hosts.map(host => [host.key, host]));
    this.#hosts = endpoints.map(endpoint => {
      const known = before.get(hostKey(endpoint));
      if (!known) return new Host(endpoint);
      before.delete(known.key);
      known.weight = endpoint.weight;
      known.priority = endpoint.priority ?? 0;
      known.isHealthy = endpoint.isHealthy ?? true;
      if (known.tlsMode !== endpoint.tlsMode) this.#dropPools(known);
      known.tlsMode = endpoint.tlsMode;
      return known;
    });
    for (const gone of before.values()) this.#dropPools(gone);
    this.#eligible = undefined;
    for (const balancer of this.#balancers) balancer?.setHosts(this.#eligibleHosts());
  }

  /**
   * Picks a host by the cluster's policy.
   * @param retry - for an attempt after the first: passes over hosts that were tried, but not endlessly
   * @returns undefined if the cluster has no host
   */
  pickHost(worker: Worker, destination: SocketAddress, retry?: RetrySelection): Host | undefined {
    if (this.#config.type === 'ORIGINAL_DST') return this.#hostAt(destination);
    const balancer = this.#balancerOf(worker);
    // source/common/upstream/load_balancer_impl.cc, LoadBalancerBase::chooseHost @v1.16.0
    let host = balancer.pick();
    for (let again = 0; retry && host && again < retry.maxAttempts && retry.triedHosts.has(host); again++)
      host = balancer.pick();
    if (!host) this.counters.add('upstream_cx_none_healthy');
    return host;
  }

  /**
   * Opens a connection of its own, for TCP.
   * @param alpn - of its TLS, in place of the cluster's
   */
  connect(
    host: Host,
    done: (failure: ConnectFailure | undefined, stream?: Duplex) => void,
    alpn?: readonly string[],
  ): () => void {
    return connectUpstream(this.#environment, this.#targetOf(host, alpn), done);
  }

  /** Returns the kept connections of one worker to one host, for HTTP. */
  poolOf(worker: Worker, host: Host, alpn?: readonly string[]): UpstreamPool {
    let pools = this.#pools.get(host);
    if (!pools) {
      pools = new Map();
      this.#pools.set(host, pools);
    }
    const key = `${worker.index} ${alpn ?? ''}`;
    let pool = pools.get(key);
    if (!pool) {
      pool = new UpstreamPool(done => this.connect(host, done, alpn));
      pools.set(key, pool);
    }
    return pool;
  }

  close(): void {
    for (const host of [...this.#pools.keys()]) this.#dropPools(host);
  }

  #targetOf(host: Host, alpn: readonly string[] | undefined): UpstreamTarget {
    const tls = this.#tlsOf(host);
    return {
      host,
      tls: tls && alpn ? { ...tls, alpn } : tls,
      sourceAddress: this.#config.sourceAddress,
      connectTimeoutMs: this.#config.connectTimeoutMs,
      counters: this.counters,
    };
  }

  #tlsOf(host: Host): UpstreamTls | undefined {
    return this.#config.transportSocketMatches?.find(
      ({ match }) => match.tlsMode === undefined || match.tlsMode === host.tlsMode,
    )?.tls;
  }

  #eligibleHosts(): readonly Host[] {
    this.#eligible ??= eligibleHosts(this.#hosts, this.#config.panicThreshold);
    return this.#eligible;
  }

  #balancerOf(worker: Worker): LoadBalancer<Host> {
    let balancer = this.#balancers[worker.index];
    if (!balancer) {
      const random = this.#environment.random.stream(`balancer/${this.name}/${worker.index}`);
      balancer = balancerFor(this.#config.lbPolicy, random);
      balancer.setHosts(this.#eligibleHosts());
      this.#balancers[worker.index] = balancer;
    }
    return balancer;
  }

  /** Finds the host of an ORIGINAL_DST cluster; the first connection to an address brings it into being. */
  #hostAt({ address, port }: SocketAddress): Host {
    const key = hostKey({ address, port });
    const known = this.#hosts.find(host => host.key === key);
    if (known) return known;
    const endpoint: LbEndpoint = { address, port, weight: 1, tlsMode: 'disabled' };
    const host = new Host(endpoint);
    this.#hosts = [...this.#hosts, host];
    return host;
  }

  #drainPools(): void {
    for (const pools of this.#pools.values()) for (const pool of pools.values()) pool.drain();
    this.#pools.clear();
  }

  #dropPools(host: Host): void {
    for (const pool of this.#pools.get(host)?.values() ?? []) pool.close();
    this.#pools.delete(host);
  }
}
