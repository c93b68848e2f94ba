import t from 'tap';
import { copy, equal, freeze, sharing } from '../../../../harness/simulator/kubernetes/registry/json.ts';

/** With an own key that a plain assignment would turn into the prototype, and no empty place in a list. */
const parsed = () =>
  JSON.parse('{"b":[1,{"c":null},[]],"a":{"__proto__":{"d":1},"e":{}},"f":"g"}') as Record<string, unknown>;

t.test('a copy has the same keys in the same order, and no part of the original', async t => {
  const original = freeze(parsed());
  const copied = copy(original);
  t.equal(JSON.stringify(copied), JSON.stringify(original));
  t.ok(equal(copied, original));
  const within = (value: unknown, path: readonly (string | number)[]) =>
    path.reduce<unknown>((at, key) => Object.getOwnPropertyDescriptor(at, key)?.value, value);
  for (const path of [['b'], ['b', 1], ['b', 2], ['a'], ['a', '__proto__'], ['a', 'e']]) {
    const [ours, theirs] = [within(copied, path), within(original, path)];
    t.not(ours, theirs, path.join('.'));
    t.ok(Object.isFrozen(theirs), `${path.join('.')} of the original is frozen`);
    t.notOk(Object.isFrozen(ours), `${path.join('.')} of the copy may be changed`);
  }
});

t.test('values are equal by their parts, whatever the order of keys', async t => {
  t.ok(equal({ a: 1, b: { c: [1] } }, { b: { c: [1] }, a: 1 }));
  t.ok(equal({ a: undefined }, {}));
  t.ok(equal({}, { a: undefined }));
  for (const [a, b] of [
    [{ a: 1 }, { a: 2 }],
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: null }, {}],
    [[1, 2], [1]],
    [[1], { 0: 1 }],
    [{ 0: 1 }, [1]],
    [{}, null],
  ] as const)
    t.notOk(equal(a, b), JSON.stringify([a, b]));
});

t.test('a newer state has the older parts in lists too, and is the older one if nothing differs', async t => {
  const older = freeze({ list: [{ a: 1 }, { b: 2 }], rest: { c: [1] } });
  const newer = { list: [{ a: 1 }, { b: 3 }, { d: 4 }], rest: { c: [1] } };
  const shared = sharing(older, newer);
  t.equal(shared, newer);
  t.equal(shared.list[0], older.list[0]);
  t.equal(shared.rest, older.rest);
  t.same(shared.list[1], { b: 3 });
  t.equal(sharing(older, structuredClone(older)), older);
  t.not(sharing(older, { rest: { c: [1] }, list: [{ a: 1 }, { b: 2 }] }), older, 'another order of keys');
  t.same(sharing(older, { list: [{ a: 1 }], rest: { c: [1] } }).list, [{ a: 1 }], 'a shorter list');
});
