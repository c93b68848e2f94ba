/** Chance as an argument: reproducible streams of random numbers, all derived from one seed. */
import { createHash } from 'node:crypto';

export interface Random {
  /** A number in [0, 1). */
  next(): number;
  /** A whole number in [0, below). */
  integer(below: number): number;
  /** @throws RangeError for an empty list */
  pick<T>(items: readonly T[]): T;
  /** `length` characters out of `alphabet`. */
  text(length: number, alphabet: string): string;
  /** A version 4 UUID. */
  uuid(): string;
  /** A stream of its own: the same name gives the same numbers, whatever else was drawn elsewhere. */
  stream(name: string): Random;
}

/**
 * A seeded source (xoshiro128**, Blackman and Vigna); not for cryptography.
 * @param seed - any text; the same text gives the same numbers on every machine
 */
export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readUInt32LE(0);
  let b = digest.readUInt32LE(4);
  let c = digest.readUInt32LE(8);
  let d = digest.readUInt32LE(12) | 1;
  const rotate = (value: number, by: number) => (value << by) | (value >>> (32 - by));
  const word = () => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  const random: Random = {
    next: () => word() / 2 ** 32,
    integer: below => Math.floor((word() / 2 ** 32) * below),
    pick: items => {
      if (items.length === 0) throw new RangeError('nothing to pick from');
      return items[random.integer(items.length)] as (typeof items)[number]; // the index is in range
    },
    text: (length, alphabet) => Array.from({ length }, () => alphabet[random.integer(alphabet.length)]).join(''),
    uuid: () => {
      const hex = Array.from({ length: 4 }, () => word().toString(16).padStart(8, '0')).join('');
      const variant = '89ab'[word() & 3];
      return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    },
    stream: name => createRandom(`${seed}/${name}`),
  };
  return random;
}
