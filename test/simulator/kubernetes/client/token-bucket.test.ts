import t from 'tap';
import { TokenBucket } from '../../../../harness/simulator/kubernetes/client/token-bucket.ts';

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
