/** What a tally says in words: of two clusters each, of many how much each gave. */
import t from 'tap';
import type { Answer } from '../../harness/verify/sampling.ts';
import { describeTally, tally } from '../../harness/verify/tally.ts';

const answersOf = (counts: Readonly<Record<string, number>>): Answer[] =>
  Object.entries(counts).flatMap(([instance, count]) =>
    Array.from({ length: count }, (): Answer => ({ kind: 'answer', version: 'v1', instance, seconds: 0.01 })),
  );
const words = (counts: Readonly<Record<string, number>>): string => {
  const clusters = Object.keys(counts);
  return describeTally(
    tally(answersOf(counts), instance => instance, clusters),
    clusters,
  );
};
const many = (count: number, of: (index: number) => number): Record<string, number> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`c${index + 1}`, of(index)]));

t.test('a few clusters are told one by one', t => {
  t.equal(words({ c1: 148, c2: 152 }), '148 from c1, 152 from c2');
  t.equal(words(many(8, () => 1)).split(', ').length, 8);
  t.end();
});

t.test('of many the range is told, and by name those that gave nothing', t => {
  t.equal(words(many(50, index => 17 + (index % 4))), '17 to 20 from each of 50 clusters');
  t.equal(words(many(9, () => 5)), '5 from each of 9 clusters');
  t.equal(
    words(many(20, index => (index === 6 || index === 8 ? 0 : 30))),
    'none from c7, c9, 30 from each of 18 others',
  );
  t.equal(
    words(many(20, index => (index < 10 ? 0 : 30 + index))),
    'none from c1, c2, c3, c4, c5, c6, c7, c8, 2 more, 40 to 49 from each of 10 others',
  );
  t.equal(words(many(9, () => 0)), 'none from c1, c2, c3, c4, c5, c6, c7, c8, 1 more');
  t.end();
});

t.test('more answers than a function takes arguments are counted', async t => {
  const one = { kind: 'answer', seconds: 0.25, version: 'v1', instance: 'a' } as const;
  const counted = tally(
    Array.from({ length: 300_000 }, () => one),
    () => 'cluster1',
    ['cluster1'],
  );
  t.match(counted, { requests: 300_000, longestSeconds: 0.25 });
});
