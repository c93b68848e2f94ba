import t from 'tap';
import type { Deployment, ReplicaSet } from '../../../../harness/simulator/kubernetes/client/kinds.ts';
import { scaledSizes } from '../../../../harness/simulator/kubernetes/controllers/proportion.ts';
import { deployment, TestWorld } from '../test-world.ts';

interface Row {
  readonly name: string;
  readonly replicas: number;
  /** Sizes of the sets, oldest first; the last one is the new one. */
  readonly before: readonly number[];
  readonly after: readonly number[];
  /** How many pods the Deployment could have before. */
  readonly most?: number;
  readonly available?: number;
  readonly type?: string;
}

const ROWS: readonly Row[] = [
  // The example of "Proportional scaling" in the documentation of Deployments.
  { name: 'more, by their shares', replicas: 15, before: [8, 5], after: [11, 7] },
  { name: 'fewer, by their shares', replicas: 5, before: [8, 5], after: [5, 3] },
  { name: 'what is left goes to the largest', replicas: 11, before: [5, 4, 4], after: [6, 4, 4] },
  { name: 'none at all', replicas: 0, before: [8, 5], after: [0, 0] },
  { name: 'one set alone has them all', replicas: 4, before: [0, 2], after: [0, 4] },
  { name: 'without any the newest gets them', replicas: 4, before: [0, 0], after: [0, 4] },
  {
    name: 'a new set that has all it needs ends the others',
    replicas: 5,
    before: [3, 5],
    after: [0, 5],
    available: 5,
  },
  { name: 'nothing with Recreate', replicas: 15, before: [8, 5], after: [8, 5], type: 'Recreate' },
];

for (const { name, replicas, before, after, most = 13, available = 0, type = 'RollingUpdate' } of ROWS) {
  t.test(`scaling a rollout: ${name}`, t => {
    const strategy = { type, rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
    const template = { spec: { containers: [] } };
    const owner: Deployment = {
      metadata: { name: 'web' },
      spec: { replicas, strategy, selector: {}, template } as unknown as Deployment['spec'], // all that counts
    };
    const sets = before.map(
      (size, index): ReplicaSet => ({
        metadata: {
          name: `web-${index}`,
          uid: String(index),
          creationTimestamp: `2026-01-01T00:00:0${index}Z`,
          annotations: {
            'deployment.kubernetes.io/desired-replicas': String(
              index === before.length - 1 && available > 0 ? replicas : 10,
            ),
            'deployment.kubernetes.io/max-replicas': String(most),
          },
        },
        spec: { replicas: size, selector: {}, template },
        status: { availableReplicas: index === before.length - 1 ? available : 0 },
      }),
    );
    const sizes = scaledSizes(owner, sets.at(-1), sets);
    t.same(
      sets.map((set, index) => sizes.get(set) ?? before[index]),
      after,
    );
    t.end();
  });
}

t.test('a rollout that is stuck is scaled by proportion', async t => {
  await using world = new TestWorld();
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 3, maxUnavailable: 2 } };
  world.create('deployments.apps', deployment('web', {}, { replicas: 10, strategy }));
  const isReady = () =>
    world.client.get('deployments.apps', 'sample', 'web')?.status?.availableReplicas === 10 || undefined;
  await world.until(isReady);
  const change = (edit: (spec: Record<string, unknown>) => void) =>
    world.client.local.modify('deployments.apps', 'sample', 'web', draft => {
      edit(draft['spec'] as Record<string, unknown>);
    });
  change(spec => {
    spec['template'] = {
      metadata: { labels: { app: 'web' } },
      spec: { containers: [{ name: 'main', image: 'no-such-image:1' }] },
    };
  });
  const sizes = () =>
    world.client
      .list('replicasets.apps', { namespace: 'sample' })
      .map(({ spec }) => spec.replicas ?? 0)
      .sort((a, b) => b - a);
  await world.advance(30);
  t.same(sizes(), [8, 5]);
  change(spec => {
    spec['replicas'] = 15;
  });
  await world.advance(30);
  t.same(sizes(), [11, 7]);
});
