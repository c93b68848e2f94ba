/** States that the history keeps cost what differs between them, and nothing that was made of them. */
import t from 'tap';
import { BUILT_IN_RESOURCES } from '../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { Derived } from '../../../../harness/simulator/kubernetes/registry/derived.ts';
import {
  copy,
  type KubernetesObject,
  sharing,
} from '../../../../harness/simulator/kubernetes/registry/json.ts';
import { ResourceRegistry } from '../../../../harness/simulator/kubernetes/registry/registry.ts';
import { Store } from '../../../../harness/simulator/kubernetes/registry/store.ts';

const type = new ResourceRegistry(BUILT_IN_RESOURCES, 34).require('pods');
const pod = (phase: string): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', namespace: 'sample', labels: { app: 'a' } },
  spec: { containers: [{ name: 'main', image: 'tiny' }] },
  status: { phase },
});

t.test('what is made of an object is kept until there is a newer state', async t => {
  const store = new Store();
  const derived = new Derived<string>();
  let made = 0;
  const textOf = (object: object) =>
    derived.of(object, () => {
      made += 1;
      return JSON.stringify(object);
    });
  const first = store.insert(type, pod('Pending'));
  t.equal(textOf(first), textOf(first));
  t.equal(made, 1, 'made once for all readers');
  const second = store.replace(type, pod('Running'));
  t.equal(textOf(first), textOf(first), 'those who still show the old state have it');
  t.equal(made, 3, 'and nothing keeps it');
  textOf(second);
  textOf(second);
  t.equal(made, 4);
  const gone = store.remove(type, second);
  textOf(gone);
  textOf(gone);
  textOf(second);
  t.equal(made, 7, 'nobody asks again for what is gone');
  textOf({ not: 'frozen' });
});

t.test('a newer state has the parts of the older one that are equal', async t => {
  const store = new Store();
  const first = store.insert(type, pod('Pending'));
  const second = store.replace(type, pod('Running'));
  t.equal(second['spec'], first['spec'], 'the same, not a copy');
  t.equal(second.metadata.labels, first.metadata.labels);
  t.same(second['status'], { phase: 'Running' });
  t.same(first['status'], { phase: 'Pending' });
  t.notSame(second.metadata.resourceVersion, first.metadata.resourceVersion);
});

t.test('a copy may be changed in all its keys', async t => {
  const copied = copy(JSON.parse('{"__proto__":{"x":1},"y":2}') as Record<string, unknown>);
  Reflect.deleteProperty(copied, '__proto__');
  t.equal(JSON.stringify(copied), '{"y":2}');
});

t.test('sharing: what is no copy stays as it is', async t => {
  const share = (older: unknown, newer: unknown) => JSON.stringify(sharing(older, newer));
  const pairs: readonly (readonly [older: unknown, newer: unknown])[] = [
    [
      { a: 1, b: 2 },
      { b: 2, a: 1 },
    ],
    [{ a: 1 }, { a: 1, b: undefined }],
    [{ a: [] }, { a: {} }],
    [
      [1, 2, 3],
      [1, 2],
    ],
    [{ a: { b: [1, { c: 2 }] } }, { a: { b: [1, { c: 3 }] }, d: null }],
    [null, { a: 1 }],
    [{ a: 1 }, null],
    [{}, { constructor: 1, toString: {} }],
  ];
  for (const [older, newer] of pairs)
    t.equal(share(structuredClone(older), structuredClone(newer)), JSON.stringify(newer));
  const own = JSON.parse('{"__proto__":{"x":1},"y":{"z":1}}') as object;
  const other = JSON.parse('{"__proto__":{"x":1},"y":{"z":1}}') as { readonly y: object };
  const shared = sharing(own, other);
  t.equal(JSON.stringify(shared), JSON.stringify(own), 'a key like any other');
  t.equal(Object.getPrototypeOf(shared), Object.prototype);
  const older = { list: [{ a: 1 }, { b: 2 }] };
  t.equal(sharing(older, structuredClone(older)), older, 'the older one itself where nothing differs');
  const frozen = Object.freeze({ list: [{ a: 1 }, { b: 3 }] });
  t.equal(sharing(older, frozen), frozen);
});
