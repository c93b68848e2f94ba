/** Damages bytes, as a broken peer or line would. */
import type { Random } from '../../harness/base/random.ts';

/** Changes, cuts out, repeats or adds some bytes, up to three times. */
export function damage(bytes: Uint8Array, random: Random): Uint8Array {
  let list: Buffer = Buffer.from(bytes);
  for (let times = 1 + random.integer(3); times > 0; times--) {
    const at = random.integer(list.length + 1);
    const length = random.integer(6);
    const [before, after] = [list.subarray(0, at), list.subarray(at)];
    const fresh = Buffer.from(Array.from({ length }, () => random.integer(256)));
    const byte = Buffer.from([random.integer(256)]);
    const ways = [
      [before, byte, after.subarray(1)],
      [before, after.subarray(length)],
      [before, after.subarray(0, length), after],
      [before, fresh, after],
    ];
    list = Buffer.concat(random.pick(ways));
  }
  return list;
}
