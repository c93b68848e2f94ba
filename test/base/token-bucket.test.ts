import t from 'tap';
import { TokenBucket } from '../../harness/base/token-bucket.ts';

t.test('tokens come at a rate, up to the burst, and those not used are given back', async t => {
  const bucket = new TokenBucket({ burst: 3, perSecond: 2 });
  t.equal(bucket.take(5, 0), 3, 'no more than there are');
  t.equal(bucket.take(1, 0), 0);
  t.equal(bucket.waitMs(0), 500);
  t.equal(bucket.take(5, 1000), 2, 'two a second');
  bucket.give(2);
  t.equal(bucket.waitMs(1000), 0, 'given back: nobody waits');
  t.equal(bucket.take(5, 1000), 2);
  bucket.give(100);
  t.equal(bucket.take(100, 1000), 3, 'never more than the burst');
});

t.test('a token that is reserved comes after those that were reserved before', async t => {
  const bucket = new TokenBucket({ burst: 2, perSecond: 10 });
  t.same(
    [0, 0, 0, 0].map(now => bucket.reserve(now)),
    [0, 0, 100, 200],
  );
  t.equal(bucket.reserve(200), 100);
  t.same(
    [10_000, 10_000, 10_000].map(now => bucket.reserve(now)),
    [0, 0, 100],
    'never more than the burst',
  );
});
