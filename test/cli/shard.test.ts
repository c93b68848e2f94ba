/** A run in parts: together they are the whole, and no part asks nothing. */
import t from 'tap';
import { readShard, shardOf } from '../../harness/cli/shard.ts';

t.test('1/3 is read, and nothing like it', t => {
  t.same(readShard('1/3'), { index: 1, of: 3 });
  t.same(readShard('12/12'), { index: 12, of: 12 });
  for (const text of [
    '0/3',
    '4/3',
    '1',
    '1/',
    '/3',
    '1/0',
    '-1/3',
    '1.5/3',
    '1/3/5',
    'a/b',
    '',
    ' 1/3',
    '01/3',
  ])
    t.equal(readShard(text), undefined, text);
  t.end();
});

t.test('the parts of any number of scenarios are the whole, in its order', t => {
  for (let count = 1; count <= 9; count += 1) {
    const works = Array.from({ length: count }, (_, index) => `scenario-${index}`);
    for (let of = 1; of <= count; of += 1) {
      const parts = Array.from({ length: of }, (_, index) =>
        shardOf(works, { index: index + 1, of }, name => name),
      );
      t.same(
        parts.flatMap(part => part.works),
        works,
      );
      const sizes = parts.map(part => part.works.length);
      t.ok(Math.min(...sizes) >= 1 && Math.max(...sizes) - Math.min(...sizes) <= 1, `${sizes.join(' ')}`);
      for (const [index, { shard }] of parts.entries())
        t.same(shard, { index: index + 1, of, scenarios: works });
    }
    t.throws(() => shardOf(works, { index: 1, of: count + 1 }, name => name), {
      code: 'ERR_USAGE',
      hint: `At most ${count}: --shard 1/${count}.`,
    });
  }
  t.end();
});
