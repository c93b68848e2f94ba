import t from 'tap';
import { mergeTree } from '../../../../../harness/simulator/kubernetes/http/patch/merge-keys.ts';
import { strategicPatch } from '../../../../../harness/simulator/kubernetes/http/patch/strategic.ts';

interface Row {
  readonly name: string;
  readonly kind?: string;
  readonly original: Record<string, unknown>;
  readonly patch: Record<string, unknown>;
  readonly expected: Record<string, unknown> | RegExp;
}

const containers = (...list: unknown[]) => ({ spec: { containers: list } });
const ports = (...list: unknown[]) => ({ spec: { ports: list } });
const c = { name: 'c', image: 'x' };
const d = { name: 'd', image: 'y' };

const rows: readonly Row[] = [
  {
    name: 'maps merge',
    original: { a: { b: 1, c: 2 } },
    patch: { a: { c: 3, d: 4 } },
    expected: { a: { b: 1, c: 3, d: 4 } },
  },
  {
    name: 'null deletes a key',
    original: { a: { b: 1, c: 2 } },
    patch: { a: { b: null } },
    expected: { a: { c: 2 } },
  },
  {
    name: 'containers merge by name',
    original: containers({ ...c, args: ['1'] }, d),
    patch: containers({ name: 'c', image: 'z' }),
    expected: containers({ name: 'c', image: 'z', args: ['1'] }, d),
  },
  {
    name: 'a new element comes first',
    original: containers(c),
    patch: containers(d),
    expected: containers(d, c),
  },
  {
    name: 'an element that is there keeps its place',
    original: containers(c, d),
    patch: containers({ name: 'd', image: 'z' }),
    expected: containers(c, { name: 'd', image: 'z' }),
  },
  {
    name: 'elements that a patch names come in its order',
    original: containers(c, d),
    patch: containers({ name: 'd' }, { name: 'c' }),
    expected: containers(d, c),
  },
  {
    name: 'a new primitive comes first',
    original: { metadata: { finalizers: ['a.b/c', 'd.e/f'] } },
    patch: { metadata: { finalizers: ['x.y/z'] } },
    expected: { metadata: { finalizers: ['x.y/z', 'a.b/c', 'd.e/f'] } },
  },
  {
    name: 'an order places elements',
    original: containers(c),
    patch: { spec: { '$setElementOrder/containers': [{ name: 'c' }, { name: 'd' }], containers: [d] } },
    expected: containers(c, d),
  },
  {
    name: 'an order alone reorders',
    original: containers(c, d),
    patch: { spec: { '$setElementOrder/containers': [{ name: 'd' }, { name: 'c' }] } },
    expected: containers(d, c),
  },
  {
    name: 'an element is deleted',
    original: containers(c, d),
    patch: containers({ $patch: 'delete', name: 'd' }),
    expected: containers(c),
  },
  {
    name: 'a list is replaced',
    original: containers(c),
    patch: containers({ $patch: 'replace' }, d),
    expected: containers(d),
  },
  {
    name: 'a map is replaced',
    original: { a: { b: 1 } },
    patch: { a: { $patch: 'replace', c: 2 } },
    expected: { a: { c: 2 } },
  },
  {
    name: 'a map is emptied',
    original: { a: { b: 1 } },
    patch: { a: { $patch: 'delete' } },
    expected: { a: {} },
  },
  {
    name: 'tolerations are replaced as a whole',
    original: { spec: { tolerations: [{ key: 'a' }, { key: 'b' }] } },
    patch: { spec: { tolerations: [{ key: 'c' }] } },
    expected: { spec: { tolerations: [{ key: 'c' }] } },
  },
  {
    name: 'finalizers are a set',
    original: { metadata: { finalizers: ['a', 'b'] } },
    patch: { metadata: { finalizers: ['b', 'c'] } },
    expected: { metadata: { finalizers: ['a', 'b', 'c'] } },
  },
  {
    name: 'an element of a set is deleted',
    original: { metadata: { finalizers: ['a', 'b'] } },
    patch: { metadata: { '$deleteFromPrimitiveList/finalizers': ['a'] } },
    expected: { metadata: { finalizers: ['b'] } },
  },
  {
    name: 'ports of a Service merge by port',
    kind: 'v1 Service',
    original: ports({ port: 5000, name: 'a' }),
    patch: {
      spec: {
        '$setElementOrder/ports': [{ port: 5001 }],
        ports: [
          { name: 'http', port: 5001 },
          { $patch: 'delete', port: 5000 },
        ],
      },
    },
    expected: ports({ name: 'http', port: 5001 }),
  },
  {
    name: 'the strategy keeps only the keys named',
    kind: 'apps/v1 Deployment',
    original: { spec: { strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } } } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } },
    expected: { spec: { strategy: { type: 'Recreate' } } },
  },
  {
    name: 'keys beside those to retain',
    kind: 'apps/v1 Deployment',
    original: { spec: { strategy: {} } },
    patch: { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate', x: 1 } } },
    expected: /invalid patch format of retainKeys/,
  },
  {
    name: 'an element without its key',
    original: containers(c),
    patch: containers({ image: 'q' }),
    expected: /^map: map\[image:q\] does not contain declared merge key: name$/,
  },
  {
    name: 'webhooks merge by name',
    kind: 'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
    original: { webhooks: [{ name: 'a', clientConfig: { service: { name: 's' } } }] },
    patch: { webhooks: [{ name: 'a', clientConfig: { caBundle: 'x' } }] },
    expected: { webhooks: [{ name: 'a', clientConfig: { service: { name: 's' }, caBundle: 'x' } }] },
  },
  {
    name: 'conditions merge by type',
    original: { status: { conditions: [{ type: 'A', status: 'False' }] } },
    patch: { status: { conditions: [{ type: 'A', status: 'True' }] } },
    expected: { status: { conditions: [{ type: 'A', status: 'True' }] } },
  },
  {
    name: 'prototypes are out of reach',
    original: { a: 1 },
    patch: JSON.parse('{"__proto__":{"polluted":true}}'),
    expected: JSON.parse('{"a":1,"__proto__":{"polluted":true}}'),
  },
];

t.test('strategic merge patches follow the merge keys and directives of Kubernetes', async t => {
  for (const { name, kind = 'v1 Pod', original, patch, expected } of rows) {
    const before = JSON.stringify(original);
    const [apiVersion = '', ownKind = ''] = kind.split(' ');
    const run = () => strategicPatch(original, patch, mergeTree(apiVersion, ownKind));
    if (expected instanceof RegExp) t.throws(run, { message: expected }, name);
    else t.same(run(), expected, name);
    t.equal(JSON.stringify(original), before, `${name}: the original is left alone`);
  }
  t.equal(({} as Record<string, unknown>)['polluted'], undefined);
});
