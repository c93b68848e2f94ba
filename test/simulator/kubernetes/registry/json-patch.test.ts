import t from 'tap';
import { jsonPatch } from '../../../../harness/simulator/kubernetes/registry/json-patch.ts';

const REFUSED = 'the server rejected our request due to an error in our request';

t.test('a value is not moved into itself', async t => {
  const object = { a: { b: { c: 1 } }, ab: 2 };
  t.throws(() => jsonPatch(object, [{ op: 'move', from: '', path: '/a' }]), { code: 422, message: REFUSED });
  t.throws(() => jsonPatch(object, [{ op: 'move', from: '/a', path: '/a/b' }]), { code: 422 });
  t.same(jsonPatch(object, [{ op: 'move', from: '/a', path: '/a2' }]), { ab: 2, a2: { b: { c: 1 } } });
  t.same(jsonPatch(object, [{ op: 'move', from: '/a', path: '/ab' }]), { ab: { b: { c: 1 } } });
});

t.test('copies have an end', async t => {
  const double = (index: number) => ({ op: 'copy', from: '', path: `/copy${index}` });
  const patch = Array.from({ length: 40 }, (_, index) => double(index));
  t.throws(() => jsonPatch({ a: 'x' }, patch), {
    code: 413,
    message:
      /^Unable to complete the copy, the accumulated size increase of copy is \d+, exceeding the limit 3145728$/,
  });
  t.equal(Object.keys(jsonPatch({ a: 'x' }, patch.slice(0, 10))).length, 11);
});

t.test('a field that is not there is replaced all the same, an entry of a list is not', async t => {
  const replace = (path: string) => jsonPatch({ data: {}, list: [1] }, [{ op: 'replace', path, value: 'x' }]);
  t.same(replace('/data/k'), { data: { k: 'x' }, list: [1] });
  t.same(replace('/new'), { data: {}, list: [1], new: 'x' });
  t.throws(() => replace('/list/3'), { code: 422 });
  t.throws(() => replace('/none/k'), { code: 422 });
});
