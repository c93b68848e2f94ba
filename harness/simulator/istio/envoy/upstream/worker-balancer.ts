/** How one worker picks a host of a cluster: a priority, a locality, and among their hosts one. */
import type { Random } from '../../../../base/random.ts';
import type { Cluster } from '../../xds/resources.ts';
import { HashBalancer, type Hashed } from './hash-balancer.ts';
import type { HostSet } from './host-sets.ts';
import { balancerFor, EarliestDeadlineScheduler, type LoadBalancer } from './load-balancer.ts';

type Part<T> = HostSet<T>['parts'][number];

/** A priority with its share of requests. */
interface Level<T extends Hashed> {
  readonly share: number;
  readonly next: () => LoadBalancer<T> | undefined;
}

/** Keeps a balancer for each priority and locality, which goes on when hosts come and go. */
export class WorkerBalancer<T extends Hashed> {
  readonly #config: Pick<Cluster, 'lbPolicy' | 'hashSize'>;
  readonly #randomOf: (key: string) => Random;
  readonly #balancers = new Map<string, LoadBalancer<T>>();
  readonly #choice: Random;
  #levels: readonly Level<T>[] = [];

  /** @param randomOf - the chance of one part of the cluster; the first has the empty key */
  constructor(config: Pick<Cluster, 'lbPolicy' | 'hashSize'>, randomOf: (key: string) => Random) {
    this.#config = config;
    this.#randomOf = randomOf;
    this.#choice = randomOf('priority');
  }

  setHosts(sets: readonly HostSet<T>[]): void {
    this.#levels = sets.map(({ share, parts }) => ({ share, next: this.#chooser(parts) }));
  }

  /** @returns undefined if there is nobody to be used */
  pick(hash?: bigint, attempt?: number): T | undefined {
    return this.#level(hash)?.next()?.pick(hash, attempt);
  }

  /** LoadBalancerBase::choosePriority; a hash decides, if the request has one. */
  #level(hash: bigint | undefined): Level<T> | undefined {
    const [first] = this.#levels;
    if (this.#levels.length < 2) return first;
    let left = hash === undefined ? this.#choice.integer(100) : Number(hash % 100n);
    return this.#levels.find(({ share }) => {
      left -= share;
      return left < 0;
    });
  }

  /** Takes the parts by turns, each as often as its weight says. */
  #chooser(parts: readonly Part<T>[]): () => LoadBalancer<T> | undefined {
    const balancers = parts.map(part => ({ weight: part.weight, balancer: this.#balancerOf(part) }));
    const [only] = balancers;
    if (balancers.length < 2) return () => only?.balancer;
    const scheduler = new EarliestDeadlineScheduler(balancers, ({ weight }) => weight);
    for (let skipped = this.#choice.integer(2 ** 20) % 100; skipped > 0; skipped--) scheduler.next();
    return () => scheduler.next()?.balancer;
  }

  #balancerOf({ key, hosts }: Part<T>): LoadBalancer<T> {
    let balancer = this.#balancers.get(key);
    if (!balancer) {
      const { lbPolicy, hashSize } = this.#config;
      const random = this.#randomOf(key === '0' ? '' : key);
      balancer =
        lbPolicy === 'RING_HASH' || lbPolicy === 'MAGLEV'
          ? new HashBalancer(lbPolicy, hashSize, random)
          : balancerFor(lbPolicy, random);
      this.#balancers.set(key, balancer);
    }
    balancer.setHosts(hosts);
    return balancer;
  }
}
