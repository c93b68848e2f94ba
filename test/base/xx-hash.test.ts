import t from 'tap';
import { xxHash64 } from '../../harness/base/xx-hash.ts';

/** Of the reference implementation (Cyan4973/xxHash): each length takes other branches. */
const VECTORS: readonly [text: string, seed: bigint, hash: bigint][] = [
  ['', 0n, 0xef46db3751d8e999n],
  ['a', 0n, 0xd24ec4f1a98c6e5bn],
  ['as', 0n, 0x1c330fb2d66be179n],
  ['asd', 0n, 0x631c37ce72a97393n],
  ['asdf', 0n, 0x415872f599cea71en],
  ['Call me Ishmael. Some years ago--never mind how long precisely-', 0n, 0x02a2e85470d6fd96n],
];
t.test('hashes are those of the reference', async t => {
  for (const [text, seed, hash] of VECTORS) t.equal(xxHash64(text, seed), hash, text);
});
