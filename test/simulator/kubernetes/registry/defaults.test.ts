/** Defaults that depend on what else is there. */
import t from 'tap';
import { apiWorld, refusalOf } from '../api-world.ts';

const namespace = 'sample';
const DEPLOYMENTS = { apiVersion: 'apps/v1', plural: 'deployments', namespace };
const PODS = { apiVersion: 'v1', plural: 'pods', namespace };
const AUTOSCALERS = { apiVersion: 'autoscaling/v2', plural: 'horizontalpodautoscalers', namespace };
const SETS = { apiVersion: 'apps/v1', plural: 'statefulsets', namespace };

t.test('limits are requests in pods, not in templates', async t => {
  await using world = await apiWorld();
  const { admin } = world;
  const spec = {
    hostNetwork: true,
    containers: [
      { name: 'c', image: 'x', resources: { limits: { cpu: '200m' } }, ports: [{ containerPort: 80 }] },
    ],
  };
  const pod = await admin.create(PODS, { metadata: { name: 'p' }, spec });
  const ofPod = { resources: { requests: { cpu: '200m' } }, ports: [{ hostPort: 80 }] };
  t.match(pod, { spec: { containers: [ofPod] } });
  const labels = { a: 'b' };
  const made = await admin.create(DEPLOYMENTS, {
    metadata: { name: 'd' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec } },
  });
  const [container] = (made as unknown as { spec: { template: { spec: typeof spec } } }).spec.template.spec
    .containers;
  t.same(container?.resources, { limits: { cpu: '200m' } });
});

t.test('rules of an autoscaler that say a part get the rest', async t => {
  await using world = await apiWorld();
  const make = (name: string, behavior?: object) =>
    world.admin.create(AUTOSCALERS, {
      metadata: { name },
      spec: {
        maxReplicas: 3,
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'd' },
        ...(behavior && { behavior }),
      },
    });
  const plain = (await make('plain')) as unknown as { spec: Record<string, unknown> };
  t.match(plain.spec, { metrics: [{ resource: { name: 'cpu', target: { averageUtilization: 80 } } }] });
  t.equal(plain.spec['behavior'], undefined);
  const made = (await make('down', { scaleDown: { selectPolicy: 'Min' } })) as unknown as typeof plain;
  t.same(made.spec['behavior'], {
    scaleUp: {
      stabilizationWindowSeconds: 0,
      selectPolicy: 'Max',
      policies: [
        { type: 'Pods', value: 4, periodSeconds: 15 },
        { type: 'Percent', value: 100, periodSeconds: 15 },
      ],
    },
    scaleDown: { selectPolicy: 'Min', policies: [{ type: 'Percent', value: 100, periodSeconds: 15 }] },
  });
  const wrong = await refusalOf(make('wrong', { scaleDown: { selectPolicy: 'X' } }));
  t.notMatch(wrong, /policies/);
});

t.test('claims of templates are claims, whatever was sent', async t => {
  await using world = await apiWorld();
  const labels = { a: 'b' };
  const claim = {
    apiVersion: 'v7',
    kind: 'Other',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } };
  const made = await world.admin.create(SETS, {
    metadata: { name: 's' },
    spec: { selector: { matchLabels: labels }, template, volumeClaimTemplates: [claim] },
  });
  t.match(made, { spec: { volumeClaimTemplates: [{ apiVersion: 'v1', kind: 'PersistentVolumeClaim' }] } });
});
