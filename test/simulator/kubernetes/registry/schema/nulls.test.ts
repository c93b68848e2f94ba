/** `null` in lists and maps of built-in kinds: what Go makes of it. */
import t from 'tap';
import type { JsonObject } from '../../../../../harness/simulator/kubernetes/registry/json.ts';
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
