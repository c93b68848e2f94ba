import t from 'tap';
import { leftOver } from '../../../../../harness/simulator/kubernetes/http/patch/strategic.ts';
import { apiWorld, configMap, configMaps, deployments } from '../../api-world.ts';
import { asker } from '../../raw-request.ts';

/** A patch of a Deployment or a ConfigMap, and what a real API server of 1.34.3 says of it. */
const rows: readonly (readonly [plural: string, patch: object, said: string])[] = [
  ['deployments', { spec: { replicas: 'zero' } }, 'unrecognized type: int32'],
  ['deployments', { spec: { replicas: 1.5 } }, 'cannot convert float64 to int32'],
  ['deployments', { spec: { paused: 1 } }, 'unrecognized type: bool'],
  ['deployments', { spec: { template: 'x' } }, 'cannot restore struct from: string'],
  ['deployments', { spec: { template: { spec: { nodeSelector: 'x' } } } }, 'cannot restore map from string'],
  [
    'deployments',
    { spec: { template: { spec: { tolerations: [1] } } } },
    'cannot restore struct from: int64',
  ],
  [
    'deployments',
    { spec: { template: { spec: { terminationGracePeriodSeconds: '5' } } } },
    'unrecognized type: int64',
  ],
  ['configmaps', { metadata: { labels: { a: 1 } } }, 'cannot convert int64 to string'],
  ['configmaps', { data: { a: {} } }, 'unrecognized type: string'],
  ['configmaps', { data: [] }, 'cannot restore map from slice'],
  ['configmaps', { binaryData: { x: 1 } }, 'cannot restore slice from int64'],
];

t.test('a strategic patch whose result does not fit the kind', async t => {
  await using world = await apiWorld();
  const ask = asker(world);
  const labels = { app: 'a' };
  await world.admin.create(configMaps, configMap('a'));
  await world.admin.create(deployments, {
    metadata: { name: 'a' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'a', image: 'x' }] } },
    },
  });
  for (const [plural, body, said] of rows) {
    const root = plural === 'configmaps' ? '/api/v1' : '/apis/apps/v1';
    const path = `${root}/namespaces/sample/${plural}/a`;
    const strategic = 'application/strategic-merge-patch+json';
    const { code, message } = await ask({ method: 'PATCH', path, type: strategic, body });
    t.equal(code, 422, JSON.stringify(body));
    t.equal(String(message).slice(-said.length - 3), `": ${said}`, JSON.stringify(body));
    const merge = await ask({ method: 'PATCH', path, type: 'application/merge-patch+json', body });
    t.match(merge.message, /json: cannot unmarshal/, 'a merge patch goes through the JSON decoder');
  }
});

t.test('errors show what a merge has left of a patch', async t => {
  const patch = {
    spec: {
      paused: 'x',
      template: {
        '$setElementOrder/containers': [{ name: 'a' }],
        containers: [{ name: 'a' }],
        nodeName: 'n',
      },
      fresh: { '$setElementOrder/list': [], list: [] },
    },
  };
  t.same(leftOver(patch, { spec: { template: { containers: [] } } }), {
    spec: { paused: 'x', template: { nodeName: 'n' }, fresh: patch.spec.fresh },
  });
});
