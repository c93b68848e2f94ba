/** XXH64, the hash by which Envoy tells hosts and requests apart (Cyan4973/xxHash doc/xxhash_spec.md). */

const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => wrap((value << by) | (value >> (64n - by)));
const round = (state: bigint, lane: bigint): bigint =>
  wrap(rotate(wrap(state + lane * PRIME_2), 31n) * PRIME_1);
const merge = (state: bigint, lane: bigint): bigint => wrap((state ^ round(0n, lane)) * PRIME_1 + PRIME_4);

/** Returns the hash of a text's bytes in UTF-8, 64 bits without a sign. */
export function xxHash64(text: string, seed = 0n): bigint {
  const bytes = Buffer.from(text);
  let at = 0;
  let hash = wrap(seed + PRIME_5);
  if (bytes.length >= 32) {
    const lanes = [wrap(seed + PRIME_1 + PRIME_2), wrap(seed + PRIME_2), seed, wrap(seed - PRIME_1)];
    for (; at + 32 <= bytes.length; at += 32)
      for (const [index, state] of lanes.entries())
        lanes[index] = round(state, bytes.readBigUInt64LE(at + index * 8));
    const turns = [1n, 7n, 12n, 18n];
    hash = wrap(lanes.reduce((sum, state, index) => sum + rotate(state, turns[index] ?? 0n), 0n));
    for (const state of lanes) hash = merge(hash, state);
  }
  hash = wrap(hash + BigInt(bytes.length));
  for (; at + 8 <= bytes.length; at += 8)
    hash = wrap(rotate(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * PRIME_1 + PRIME_4);
  if (at + 4 <= bytes.length) {
    hash = wrap(rotate(hash ^ wrap(BigInt(bytes.readUInt32LE(at)) * PRIME_1), 23n) * PRIME_2 + PRIME_3);
    at += 4;
  }
  for (; at < bytes.length; at++)
    hash = wrap(rotate(hash ^ wrap(BigInt(bytes[at] ?? 0) * PRIME_5), 11n) * PRIME_1);
  hash = wrap((hash ^ (hash >> 33n)) * PRIME_2);
  hash = wrap((hash ^ (hash >> 29n)) * PRIME_3);
  return hash ^ (hash >> 32n);
}
