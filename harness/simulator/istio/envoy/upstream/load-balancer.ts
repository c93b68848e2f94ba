/**
 * How one worker picks the next of some hosts: round robin and least request, with and without weights, and
 * by chance alone.
 */
import { unreachable } from '../../../../base/errors.ts';
import type { Random } from '../../../../base/random.ts';
import type { LbPolicy } from '../../xds/resources.ts';

/** What a balancer looks at. */
export interface Candidate {
  readonly weight: number;
  /** Requests under way. */
  readonly rqActive: number;
}

/** Picks hosts for one worker. */
export interface LoadBalancer<T extends Candidate> {
  /** Takes the hosts of a new assignment; keeps its place in the round. */
  setHosts(hosts: readonly T[]): void;
  /**
   * @param hash - of the request, where it has one
   * @param attempt - how often a host was picked for this attempt already
   * @returns undefined if there are no hosts
   */
  pick(hash?: bigint, attempt?: number): T | undefined;
}

interface Entry<T> {
  readonly host: T;
  deadline: number;
  order: number;
}

/**
 * Earliest deadline first: a host of weight w comes up every 1/w, so that picks are spread smoothly
 * (envoyproxy/envoy source/common/upstream/edf_scheduler.h @v1.16.0). The lists are short, so the next entry
 * is looked for, not kept in a heap.
 */
export class EarliestDeadlineScheduler<T> {
  readonly #entries: Entry<T>[];
  readonly #weightOf: (host: T) => number;
  #now = 0;
  #order = 0;

  constructor(hosts: readonly T[], weightOf: (host: T) => number) {
    this.#weightOf = weightOf;
    this.#entries = hosts.map(host => ({ host, deadline: 1 / weightOf(host), order: this.#order++ }));
  }

  next(): T | undefined {
    let first: Entry<T> | undefined;
    for (const entry of this.#entries) {
      if (
        first === undefined ||
        entry.deadline < first.deadline ||
        (entry.deadline === first.deadline && entry.order < first.order)
      )
        first = entry;
    }
    if (first === undefined) return undefined;
    this.#now = first.deadline;
    first.deadline = this.#now + 1 / this.#weightOf(first.host);
    first.order = this.#order++;
    return first.host;
  }
}

const weightsAreEqual = (hosts: readonly Candidate[]): boolean =>
  hosts.every(host => host.weight === hosts[0]?.weight);

/** Turns by weight when the weights differ; `pickUnweighted` decides when they do not. */
abstract class EdfBalancer<T extends Candidate> implements LoadBalancer<T> {
  protected hosts: readonly T[] = [];
  /**
   * Where this worker's rounds begin: drawn once, so that the workers of many proxies do not march in step.
   */
  protected readonly seed: number;
  #scheduler: EarliestDeadlineScheduler<T> | undefined;

  constructor(random: Random) {
    this.seed = random.integer(2 ** 31);
  }

  setHosts(hosts: readonly T[]): void {
    this.hosts = hosts;
    this.#scheduler = undefined;
    if (hosts.length < 2 || weightsAreEqual(hosts)) return;
    this.#scheduler = new EarliestDeadlineScheduler(hosts, host => this.weightOf(host));
    // source/common/upstream/load_balancer_impl.cc, EdfLoadBalancerBase::refresh @v1.16.0: picks are thrown
    // away for the random start.
    for (let skipped = this.seed % hosts.length; skipped > 0; skipped--) this.#scheduler.next();
  }

  pick(): T | undefined {
    if (this.hosts.length === 0) return undefined;
    return this.#scheduler ? this.#scheduler.next() : this.pickUnweighted();
  }

  protected abstract pickUnweighted(): T | undefined;
  protected abstract weightOf(host: T): number;
}

/** `ROUND_ROBIN`: in turn, from a random start. */
class RoundRobinBalancer<T extends Candidate> extends EdfBalancer<T> {
  #index: number;

  constructor(random: Random) {
    super(random);
    this.#index = this.seed;
  }

  protected override pickUnweighted(): T | undefined {
    return this.hosts[this.#index++ % this.hosts.length];
  }

  protected override weightOf(host: T): number {
    return host.weight;
  }
}

/** `LEAST_REQUEST`: the better of two random hosts (power of two choices). */
class LeastRequestBalancer<T extends Candidate> extends EdfBalancer<T> {
  readonly #random: Random;

  constructor(random: Random) {
    super(random);
    this.#random = random;
  }

  protected override pickUnweighted(): T | undefined {
    const first = this.hosts[this.#random.integer(this.hosts.length)];
    const second = this.hosts[this.#random.integer(this.hosts.length)];
    if (!first || !second) return first ?? second;
    return second.rqActive < first.rqActive ? second : first;
  }

  protected override weightOf(host: T): number {
    return host.weight / (host.rqActive + 1);
  }
}

/** `RANDOM`: weights do not count (RandomLoadBalancer::peekOrChoose @v1.33). */
class RandomBalancer<T extends Candidate> implements LoadBalancer<T> {
  readonly #random: Random;
  #hosts: readonly T[] = [];

  constructor(random: Random) {
    this.#random = random;
  }

  setHosts(hosts: readonly T[]): void {
    this.#hosts = hosts;
  }

  pick(): T | undefined {
    return this.#hosts.length === 0 ? undefined : this.#random.pick(this.#hosts);
  }
}

/**
 * Makes the balancer for one worker; it has no hosts yet. CLUSTER_PROVIDED needs none, since the connection's
 * destination chooses, and has a round robin that no one asks.
 */
export function balancerFor<T extends Candidate>(
  policy: Exclude<LbPolicy, 'RING_HASH' | 'MAGLEV'>,
  random: Random,
): LoadBalancer<T> {
  switch (policy) {
    case 'LEAST_REQUEST':
      return new LeastRequestBalancer(random);
    case 'RANDOM':
      return new RandomBalancer(random);
    case 'ROUND_ROBIN':
    case 'CLUSTER_PROVIDED':
      return new RoundRobinBalancer(random);
    default:
      return unreachable(policy);
  }
}
