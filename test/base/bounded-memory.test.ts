import t from 'tap';
import { BoundedMemory } from '../../harness/base/bounded-memory.ts';

t.test('what is known is not made again, until the memory is full', async t => {
  const memory = new BoundedMemory<{ readonly number: number }>(2);
  let made = 0;
  const recall = (key: string) => memory.recall(key, () => ({ number: ++made })).number;
  t.same(['a', 'b', 'a', 'b'].map(recall), [1, 2, 1, 2]);
  t.same(['c', 'c', 'a'].map(recall), [3, 3, 4], 'the third entry begins anew');
});

t.test('what cannot be made is tried again', async t => {
  const memory = new BoundedMemory<object>(2);
  const value = {};
  t.equal(
    memory.recall('a', () => undefined),
    undefined,
  );
  t.throws(
    () =>
      memory.recall('a', () => {
        throw new Error('no');
      }),
    { message: 'no' },
  );
  t.equal(
    memory.recall('a', () => value),
    value,
  );
});
