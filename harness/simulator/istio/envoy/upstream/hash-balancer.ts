/** Balancers by which requests with the same hash go to the same host: a ring, and Maglev's table. */
import type { Random } from '../../../../base/random.ts';
import { xxHash64 } from '../../../../base/xx-hash.ts';
import type { LoadBalancer } from './load-balancer.ts';

/** What is hashed of a host. */
export interface Hashed {
  readonly key: string;
  readonly weight: number;
  readonly rqActive: number;
}

/** Envoy's: cluster.v3.Cluster.RingHashLbConfig and MaglevLbConfig. */
const DEFAULT_RING_SIZE = 1024;
const MAX_RING_SIZE = 8 * 1024 * 1024;
const DEFAULT_TABLE_SIZE = 65_537;

/** Finds the host of a hash; for each further attempt another place of ring or table. */
type HashTable<T> = (hash: bigint, attempt: number) => T | undefined;

/**
 * Ketama's ring (envoyproxy/envoy source/extensions/load_balancing_policies/ring_hash/ring_hash_lb.cc
 * @v1.33): each host stands on it as often as its weight says, and a hash belongs to who comes next.
 * @param minimumSize - entries that the ring has at least
 */
function ringOf<T extends Hashed>(hosts: readonly T[], minimumSize = DEFAULT_RING_SIZE): HashTable<T> {
  const total = hosts.reduce((sum, { weight }) => sum + weight, 0);
  const least = Math.min(...hosts.map(({ weight }) => weight / total));
  const scale = Math.min(Math.ceil(least * minimumSize) / least, MAX_RING_SIZE);
  const ring: { readonly hash: bigint; readonly host: T }[] = [];
  let target = 0;
  let current = 0;
  for (const host of hosts) {
    target += (scale * host.weight) / total;
    for (let index = 0; current < target; index++, current++)
      ring.push({ hash: xxHash64(`${host.key}_${index}`), host });
  }
  ring.sort((a, b) => (a.hash < b.hash ? -1 : a.hash > b.hash ? 1 : 0));
  return (hash, attempt) => {
    let [low, high] = [0, ring.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((ring[middle]?.hash ?? 0n) < hash) low = middle + 1;
      else high = middle;
    }
    return ring[(low + attempt) % ring.length]?.host;
  };
}

/**
 * Maglev's table (source/extensions/load_balancing_policies/maglev/maglev_lb.cc @v1.33): hosts take places by
 * turns, each in an order of its own, the more often the more they weigh.
 * @param size - of the table; a prime
 */
function maglevOf<T extends Hashed>(hosts: readonly T[], size = DEFAULT_TABLE_SIZE): HashTable<T> {
  const heaviest = Math.max(...hosts.map(({ weight }) => weight));
  const entries = hosts.map(host => ({
    host,
    offset: Number(xxHash64(host.key) % BigInt(size)),
    skip: Number(xxHash64(host.key, 1n) % BigInt(size - 1)) + 1,
    next: 0,
    target: 0,
  }));
  const table: (T | undefined)[] = Array.from({ length: size }, () => undefined);
  let filled = 0;
  for (let turn = 1; filled < size && entries.length > 0; turn++)
    for (const entry of entries) {
      if (filled >= size) break;
      if (turn * entry.host.weight < entry.target) continue;
      entry.target += heaviest;
      let place = (entry.offset + entry.skip * entry.next) % size;
      while (table[place] !== undefined) {
        entry.next++;
        place = (entry.offset + entry.skip * entry.next) % size;
      }
      table[place] = entry.host;
      entry.next++;
      filled++;
    }
  return (hash, attempt) =>
    table[Number((attempt === 0 ? hash : hash ^ BigInt.asUintN(64, -BigInt(attempt))) % BigInt(size))];
}

/** Sends equal hashes to equal hosts, and requests without one anywhere. */
export class HashBalancer<T extends Hashed> implements LoadBalancer<T> {
  readonly #policy: 'RING_HASH' | 'MAGLEV';
  readonly #size: number | undefined;
  readonly #random: Random;
  #hosts: readonly T[] = [];
  /** Made when it is asked for. */
  #table: HashTable<T> | undefined;

  constructor(policy: 'RING_HASH' | 'MAGLEV', size: number | undefined, random: Random) {
    this.#policy = policy;
    this.#size = size;
    this.#random = random;
  }

  setHosts(hosts: readonly T[]): void {
    this.#hosts = hosts;
    this.#table = undefined;
  }

  pick(hash = BigInt(this.#random.integer(2 ** 31)) << 33n, attempt = 0): T | undefined {
    if (this.#hosts.length === 0) return undefined;
    this.#table ??=
      this.#policy === 'MAGLEV' ? maglevOf(this.#hosts, this.#size) : ringOf(this.#hosts, this.#size);
    return this.#table(hash, attempt);
  }
}
