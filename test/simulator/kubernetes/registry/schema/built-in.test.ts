/** Values of built-in kinds at the edge of their types: what Go makes of them. */
import t from 'tap';
import { type JsonObject, timestamp } from '../../../../../harness/simulator/kubernetes/registry/json.ts';
import { keepBuiltIn } from '../../../../../harness/simulator/kubernetes/registry/schema/built-in.ts';

t.test('null in a list or map is the zero value of its type', async t => {
  const pod: JsonObject = {
    metadata: { name: 'a', labels: { app: null }, ownerReferences: [null], finalizers: [null] },
    spec: {
      containers: [null, { name: 'b', args: [null], ports: [null], resources: { limits: { cpu: null } } }],
      securityContext: { supplementalGroups: [null] },
      nodeName: null,
    },
  };
  t.same(keepBuiltIn('v1', 'Pod', pod), []);
  t.same(pod, {
    metadata: { name: 'a', labels: { app: '' }, ownerReferences: [{}], finalizers: [''] },
    spec: {
      containers: [{}, { name: 'b', args: [''], ports: [{}], resources: { limits: { cpu: '0' } } }],
      securityContext: { supplementalGroups: [0] },
      nodeName: null,
    },
  });
});

t.test('a label may be called as nothing else may', async t => {
  const object = JSON.parse('{"metadata":{"labels":{"__proto__":"x","constructor":null}}}') as JsonObject;
  keepBuiltIn('v1', 'ConfigMap', object);
  t.equal(JSON.stringify(object), '{"metadata":{"labels":{"__proto__":"x","constructor":""}}}');
});

t.test('integers have the range of their type in Go', async t => {
  const read = (spec: JsonObject) => () => keepBuiltIn('apps/v1', 'Deployment', { spec });
  const pod = (terminationGracePeriodSeconds: number) => ({
    template: { spec: { terminationGracePeriodSeconds } },
  });
  t.doesNotThrow(read({ replicas: 2 ** 31 - 1 }));
  t.throws(read({ replicas: 2 ** 31 }), {
    message:
      /json: cannot unmarshal number 2147483648 into Go struct field DeploymentSpec.spec.replicas of type int32$/,
  });
  t.doesNotThrow(read(pod(2 ** 53)));
  t.throws(read(pod(1e19)), { message: /type int64$/ });
});

t.test('a time that no calendar has is held at the last one', async t => {
  t.equal(timestamp(Date.UTC(2026, 0, 2)), '2026-01-02T00:00:00Z');
  t.equal(timestamp(2 ** 53 * 1000), '9999-12-31T23:59:59Z');
});

t.test('a kind within another knows apiVersion and kind; a template has none', async t => {
  const claim = { apiVersion: 'v1', kind: 'PersistentVolumeClaim', zzz: 1, spec: { kind: 'x' } };
  const spec = { volumeClaimTemplates: [claim], template: { apiVersion: 'v1', kind: 'Pod' } };
  t.same(keepBuiltIn('apps/v1', 'StatefulSet', { spec }), [
    'spec.volumeClaimTemplates[0].zzz',
    'spec.volumeClaimTemplates[0].spec.kind',
    'spec.template.apiVersion',
    'spec.template.kind',
  ]);
  const deleteOptions = { apiVersion: 'policy/v1', kind: 'DeleteOptions' };
  t.same(keepBuiltIn('policy/v1', 'Eviction', { deleteOptions }), []);
  t.throws(
    () => keepBuiltIn('apps/v1', 'StatefulSet', { spec: { volumeClaimTemplates: [{ kind: 5 }] } }),
    /number into Go struct field PersistentVolumeClaim.spec.volumeClaimTemplates.kind of type string/,
  );
});
