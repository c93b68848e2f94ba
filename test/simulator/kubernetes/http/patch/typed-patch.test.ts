import t from 'tap';
import { checkTyped } from '../../../../../harness/simulator/kubernetes/http/patch/typed-patch.ts';
import { BUILT_IN_RESOURCES } from '../../../../../harness/simulator/kubernetes/registry/built-in-resources.ts';
import { keyOf } from '../../../../../harness/simulator/kubernetes/registry/resources.ts';

/** What is said of an object that is applied; `none` if it fits. */
function problemOf(key: string, object: Record<string, unknown>): string {
  const type = BUILT_IN_RESOURCES.find(each => keyOf(each) === key);
  if (!type) throw new Error(`no ${key}`);
  try {
    checkTyped({ apiVersion: 'x', kind: type.kind, ...object }, type, 'v1');
    return 'none';
  } catch (error) {
    return String(error instanceof Error && error.message).replace(/^.*?\): /, '');
  }
}
const pod = (container: object, ...more: object[]) => ({
  metadata: { name: 'p', labels: { a: 'b' } },
  spec: { containers: [{ name: 'c', ...container }, ...more] },
});

t.test('what fits the type of its kind is taken', async t => {
  t.equal(problemOf('pods', pod({ resources: { limits: { cpu: 1, memory: '1Gi' } } })), 'none');
  t.equal(problemOf('pods', pod({ livenessProbe: { httpGet: { port: 80 } }, env: null })), 'none');
  t.equal(problemOf('configmaps', { data: { a: 'x', __proto__: 'y' } }), 'none');
});

t.test('what does not fit is named with its place', async t => {
  t.equal(problemOf('pods', { foo: 1 }), '.foo: field not declared in schema');
  t.equal(
    problemOf('pods', pod({ nope: 1 })),
    '.spec.containers[name="c"].nope: field not declared in schema',
  );
  t.equal(
    problemOf('pods', pod({}, { name: 'c' })),
    '.spec.containers: duplicate entries for key [name="c"]',
  );
  t.equal(
    problemOf('pods', pod({ ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'TCP' }] })),
    '.spec.containers[name="c"].ports: duplicate entries for key [containerPort=80,protocol="TCP"]',
  );
  t.equal(
    problemOf('deployments.apps', { spec: { replicas: 'many' } }),
    '.spec.replicas: expected numeric (int or float), got string',
  );
  t.equal(problemOf('configmaps', { data: 'x' }), '.data: expected map, got &{x}');
  t.equal(
    problemOf('configmaps', { data: { a: 1 } }),
    '.data.a: expected string, got &value.valueUnstructured{Value:1}',
  );
  t.equal(
    problemOf('configmaps', { metadata: { finalizers: ['a/b', 'a/b'] } }),
    '.metadata.finalizers: duplicate entries for key [="a/b"]',
  );
  t.equal(
    problemOf('configmaps', { one: 1, two: 2 }),
    'errors:\n  .one: field not declared in schema\n  .two: field not declared in schema',
  );
});
