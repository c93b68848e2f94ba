/** A cluster as it runs: its hosts, and for each worker a balancer and connection pools. */
import type { Duplex } from 'node:stream';
import { isDeepStrictEqual } from 'node:util';
import type { SocketAddress } from '../../../network/interfaces.ts';
import type { Cluster, ClusterLoadAssignment, LbEndpoint, UpstreamTls } from '../../xds/resources.ts';
import { Counters } from '../environment/counters.ts';
import type { EnvoyEnvironment, Worker } from '../environment/environment.ts';
import { ClusterResources } from './cluster-resources.ts';
import { DnsHosts, isByName } from './dns-hosts.ts';
import { Host, hostKey } from './host.ts';
import { type HostSet, hostSets } from './host-sets.ts';
import { type Outcome, OutlierDetector } from './outlier-detector.ts';
import { type TlsWish, wishedTls } from './tls-wish.ts';
import { type ConnectFailure, connectUpstream, type UpstreamTarget } from './upstream-connection.ts';
import { UpstreamPool } from './upstream-pool.ts';
import { WorkerBalancer } from './worker-balancer.ts';

/** How a retry limits the choice of a host. */
export interface RetrySelection {
  readonly triedHosts: ReadonlySet<Host>;
  readonly maxAttempts: number;
}

/** What a request asks of a host. */
interface HostWish {
  /** Where the client wanted to go. */
  readonly destination: SocketAddress;
  /** Of what the route hashes of the request. */
  readonly hash?: bigint | undefined;
}

/** The connections of one worker to one host. */
interface KeptPool {
  readonly worker: number;
  /** Of their TLS, and the name that the server is called by in it. */
  readonly alpn: TlsWish['alpn'];
  readonly named: string;
  readonly pool: UpstreamPool;
}

/** Runs what istiod says about one cluster, and counts what happens to it. */
export class UpstreamCluster {
  readonly counters = new Counters();
  readonly resources: ClusterResources;
  readonly #environment: EnvoyEnvironment;
  #config: Cluster;
  #names: DnsHosts | undefined;
  #hosts: readonly Host[] = [];
  /** Those that balancers pick from. */
  #sets: readonly HostSet<Host>[] | undefined;
  #hasEndpoints: boolean;
  #balancers: WorkerBalancer<Host>[] = [];
  #detector: OutlierDetector | undefined;
  readonly #pools = new Map<Host, KeptPool[]>();

  constructor(environment: EnvoyEnvironment, config: Cluster) {
    this.#environment = environment;
    this.#config = config;
    this.#hasEndpoints = config.type !== 'EDS' && !isByName(config);
    this.resources = new ClusterResources(config.limits);
    this.#detector = this.#newDetector();
    this.#takeAssignment();
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
    const isOther = !isDeepStrictEqual(config, this.#config);
    const { lbPolicy, panicThreshold } = this.#config;
    this.#config = config;
    this.resources.limits = config.limits;
    if (isOther) {
      this.#drainPools();
      this.#detector?.close();
      this.#detector = this.#newDetector();
      this.#rebalance();
    }
    if (isOther && (config.lbPolicy !== lbPolicy || config.panicThreshold !== panicThreshold))
      this.#balancers = [];
    if (isOther || !isByName(config)) this.#takeAssignment();
  }

  setEndpoints({ endpoints }: ClusterLoadAssignment): void {
    this.#hasEndpoints = true;
    const before = new Map(this.#hosts.map(host => [host.key, host]));
    const firsts = new Map<string, LbEndpoint>();
    // source/extensions/clusters/eds/eds.cc @v1.33, updateLocalityEndpoints: of an address that is there
    // twice, as a gateway in two localities may be, the first counts.
    for (const endpoint of endpoints)
      if (!firsts.has(hostKey(endpoint))) firsts.set(hostKey(endpoint), endpoint);
    this.#hosts = [...firsts].map(([key, endpoint]) => {
      const known = before.get(key);
      if (!known) return new Host(endpoint);
      before.delete(known.key);
      known.update(endpoint);
      if (known.tlsMode !== endpoint.tlsMode) this.#dropPools(known);
      known.tlsMode = endpoint.tlsMode;
      return known;
    });
    for (const gone of before.values()) this.#dropPools(gone);
    this.#rebalance();
  }

  /** Whether TLS with its hosts depends on how a request calls them. */
  get namesByHost(): boolean {
    return this.#config.namesByHost !== undefined;
  }

  /** Takes note of how an attempt at a host ended. */
  record(host: Host, outcome: Outcome): void {
    this.#detector?.record(host, outcome);
  }

  /**
   * Picks a host by the cluster's policy.
   * @param retry - for an attempt after the first: passes over hosts that were tried, but not endlessly
   * @returns undefined if the cluster has no host
   */
  pickHost(worker: Worker, { destination, hash }: HostWish, retry?: RetrySelection): Host | undefined {
    if (this.#config.type === 'ORIGINAL_DST') return this.#hostAt(destination);
    const balancer = this.#balancerOf(worker);
    // source/common/upstream/load_balancer_impl.cc, LoadBalancerBase::chooseHost @v1.16.0
    let host = balancer.pick(hash);
    for (let again = 0; retry && host && again < retry.maxAttempts && retry.triedHosts.has(host); again++)
      host = balancer.pick(hash, again + 1);
    if (!host) this.counters.add('upstream_cx_none_healthy');
    return host;
  }

  /**
   * Opens a connection of its own, for TCP.
   * @param wish - of its TLS
   */
  connect(
    host: Host,
    done: (failure: ConnectFailure | undefined, stream?: Duplex) => void,
    wish: TlsWish = {},
  ): () => void {
    return connectUpstream(this.#environment, this.#targetOf(host, wish), done);
  }

  /** Returns the kept connections of one worker to one host, for HTTP. */
  poolOf(worker: Worker, host: Host, wish: TlsWish = {}): UpstreamPool {
    let pools = this.#pools.get(host);
    if (!pools) {
      pools = [];
      this.#pools.set(host, pools);
    }
    const named = this.#config.namesByHost ? (wish.hostName ?? '') : '';
    for (const kept of pools)
      if (kept.worker === worker.index && kept.named === named && isSameAlpn(kept.alpn, wish.alpn))
        return kept.pool;
    const { clock } = this.#environment;
    const { counters, resources } = this;
    const { maxRequestsPerConnection, idleTimeoutMs } = this.#config;
    const limits = { clock, counters, resources, maxRequestsPerConnection, idleTimeoutMs };
    const pool = new UpstreamPool(done => this.connect(host, done, wish), limits);
    pools.push({ worker: worker.index, alpn: wish.alpn, named, pool });
    return pool;
  }

  close(): void {
    this.#detector?.close();
    this.#names?.stop();
    for (const host of [...this.#pools.keys()]) this.#dropPools(host);
  }

  /** Uses the endpoints that the definition has, or looks their names up. */
  #takeAssignment(): void {
    const { loadAssignment, name: clusterName } = this.#config;
    this.#names?.stop();
    this.#names = undefined;
    if (isByName(this.#config))
      this.#names = new DnsHosts(this.#environment, this.#config, endpoints =>
        this.setEndpoints({ clusterName, endpoints }),
      );
    else if (loadAssignment) this.setEndpoints(loadAssignment);
  }

  #targetOf(host: Host, wish: TlsWish): UpstreamTarget {
    const tls = this.#tlsOf(host);
    return {
      host,
      tls: tls && wishedTls(this.#config, tls, wish),
      sourceAddress: this.#config.sourceAddress,
      connectTimeoutMs: this.#config.connectTimeoutMs,
      counters: this.counters,
      resources: this.resources,
    };
  }

  #newDetector(): OutlierDetector | undefined {
    const { outlierDetection, name } = this.#config;
    if (!outlierDetection) return undefined;
    const { clock, random, wording } = this.#environment;
    return new OutlierDetector(outlierDetection, {
      clock,
      random: random.stream(`outliers/${name}`),
      strategy: wording.outliers,
      counters: this.counters,
      hosts: () => this.#hosts,
      onChange: () => this.#rebalance(),
    });
  }

  #tlsOf(host: Host): UpstreamTls | undefined {
    return this.#config.transportSocketMatches?.find(
      ({ match }) => match.tlsMode === undefined || match.tlsMode === host.tlsMode,
    )?.tls;
  }

  #hostSets(): readonly HostSet<Host>[] {
    this.#sets ??= hostSets(this.#hosts, this.#config);
    return this.#sets;
  }

  /** Has the balancers pick from the hosts as they are now. */
  #rebalance(): void {
    this.#sets = undefined;
    for (const balancer of this.#balancers) balancer?.setHosts(this.#hostSets());
  }

  #balancerOf(worker: Worker): WorkerBalancer<Host> {
    let balancer = this.#balancers[worker.index];
    if (!balancer) {
      const { random } = this.#environment;
      const stream = `balancer/${this.name}/${worker.index}`;
      balancer = new WorkerBalancer(this.#config, key =>
        random.stream(key === '' ? stream : `${stream}/${key}`),
      );
      balancer.setHosts(this.#hostSets());
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
    for (const pools of this.#pools.values()) for (const { pool } of pools) pool.drain();
    this.#pools.clear();
  }

  #dropPools(host: Host): void {
    for (const { pool } of this.#pools.get(host) ?? []) pool.close();
    this.#pools.delete(host);
  }
}

const isSameAlpn = (one: TlsWish['alpn'], other: TlsWish['alpn']): boolean =>
  one === other || String(one ?? '') === String(other ?? '');
