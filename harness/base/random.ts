/** Chance as an argument: reproducible streams of random numbers, all derived from one seed. */
import { createHash } from 'node:crypto';

export interface Random {
  /** Draws a number in [0, 1). */
  next(): number;
  /** Draws a whole number in [0, below). */
  integer(below: number): number;
  /** Draws an entry of a list. @throws RangeError for an empty list */
  pick<T>(items: readonly T[]): T;
  /** Draws `length` characters out of `alphabet`. */
  text(length: number, alphabet: string): string;
  /** Draws a version 4 UUID. */
  uuid(): string;
  /** Makes a stream of its own: the same name gives the same numbers, whatever was drawn elsewhere. */
  stream(name: string): Random;
}

/** The two hexadecimal digits of each byte: V8 writes a number beyond 31 bits in base 16 slowly. */
const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Writes 32 bits as eight hexadecimal digits. */
const hexOf = (word: number): string =>
  `${HEX[word >>> 24]}${HEX[(word >>> 16) & 255]}${HEX[(word >>> 8) & 255]}${HEX[word & 255]}`;

/**
 * Makes a seeded source (xoshiro128**, Blackman and Vigna); not for cryptography.
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
    text: (length, alphabet) =>
      Array.from({ length }, () => alphabet[random.integer(alphabet.length)]).join(''),
    uuid: () => {
      const first = hexOf(word());
      const second = hexOf(word());
      const third = hexOf(word());
      const fourth = hexOf(word());
      const variant = '89ab'[word() & 3];
      return `${first}-${second.slice(0, 4)}-4${second.slice(5)}-${variant}${third.slice(1, 4)}-${third.slice(4)}${fourth}`;
    },
    stream: name => createRandom(`${seed}/${name}`),
  };
  return random;
}
