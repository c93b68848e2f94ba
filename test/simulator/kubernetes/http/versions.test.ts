import t from 'tap';
import type { PatchType, ResourcePath } from '../../../../harness/base/kubernetes-client.ts';
import { apiWorld } from '../api-world.ts';

/** Each in the version in which it is not stored. */
const OBJECTS: readonly { readonly path: ResourcePath; readonly content: Record<string, unknown> }[] = [
  {
    path: { apiVersion: 'autoscaling/v1', plural: 'horizontalpodautoscalers', namespace: 'sample' },
    content: {
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
        targetCPUUtilizationPercentage: 50,
      },
    },
  },
  {
    path: { apiVersion: 'events.k8s.io/v1', plural: 'events', namespace: 'sample' },
    content: {
      eventTime: '2024-01-01T00:00:00.000000Z',
      action: 'Note',
      reason: 'Noted',
      note: 'something',
      regarding: { kind: 'Pod', name: 'web', namespace: 'sample' },
      reportingController: 'example.com/test',
      reportingInstance: 'test-1',
      type: 'Normal',
    },
  },
];

const PATCHES: readonly (readonly [PatchType, unknown])[] = [
  ['merge', { metadata: { labels: { a: 'merge' } } }],
  ['strategic', { metadata: { labels: { a: 'strategic' } } }],
  ['json', [{ op: 'replace', path: '/metadata/labels/a', value: 'json' }]],
];

t.test('an object is patched in each version in which it is served', async t => {
  await using world = await apiWorld();
  for (const { path, content } of OBJECTS) {
    await world.admin.create(path, { metadata: { name: 'one' }, ...content });
    for (const [type, body] of PATCHES) {
      const patched = await world.admin.patch({ ...path, name: 'one' }, type, body);
      t.match(patched, { apiVersion: path.apiVersion, metadata: { labels: { a: type } }, ...content });
    }
  }
});
