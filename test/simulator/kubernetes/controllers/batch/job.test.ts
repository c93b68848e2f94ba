import t from 'tap';
import type { Job, Pod } from '../../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../../test-world.ts';

const namespace = 'sample';

/** Makes a Job whose pods run this command; the image `tiny` has a few programs. */
function makeJob(world: TestWorld, command: readonly string[], more: object = {}): void {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'tiny', command }] } };
  world.create('jobs.batch', { metadata: { name: 'work', namespace }, spec: { template, ...more } });
}

const job = (world: TestWorld): Job | undefined => world.client.get('jobs.batch', namespace, 'work');
const podsOf = (world: TestWorld): readonly Pod[] => world.client.list('pods', { namespace });
const conditions = (world: TestWorld): readonly string[] =>
  (job(world)?.status?.conditions ?? []).map(({ type, status, reason }) => `${type}=${status} ${reason}`);
const reasons = (world: TestWorld): readonly string[] => world.events('Job').map(({ reason }) => reason);
const ended = (world: TestWorld) =>
  world.until(() =>
    job(world)?.status?.conditions?.some(({ type }) => type === 'Complete' || type === 'Failed')
      ? true
      : undefined,
  );

t.test('a Job is complete when its pods have succeeded', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/env'], { completions: 3, parallelism: 2 });
  await world.advance(0.1);
  t.match(job(world)?.status, { active: 2, ready: 0, terminating: 0, startTime: String });
  t.ok(
    podsOf(world).every(pod => pod.metadata['finalizers']),
    'pods are kept until they are counted',
  );
  await ended(world);
  const { status } = job(world) ?? {};
  t.match(status, {
    succeeded: 3,
    ready: 0,
    terminating: 0,
    uncountedTerminatedPods: {},
    completionTime: String,
  });
  t.equal(status?.active, undefined);
  t.same(conditions(world), [
    'SuccessCriteriaMet=True CompletionsReached',
    'Complete=True CompletionsReached',
  ]);
  t.same(
    podsOf(world).map(pod => pod.metadata['finalizers']),
    [undefined, undefined, undefined],
  );
  t.same(reasons(world), ['SuccessfulCreate', 'SuccessfulCreate', 'SuccessfulCreate', 'Completed']);
  const version = job(world)?.metadata.resourceVersion;
  await world.advance(60);
  t.equal(job(world)?.metadata.resourceVersion, version, 'it is at rest');
});

t.test('pods that fail are replaced ever later, until the limit', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/fail', '3'], { backoffLimit: 2 });
  await ended(world);
  t.match(job(world)?.status, { failed: 3 });
  t.same(conditions(world), ['FailureTarget=True BackoffLimitExceeded', 'Failed=True BackoffLimitExceeded']);
  const [first = 0, second = 0, third = 0] = podsOf(world)
    .map(({ metadata }) => Date.parse(metadata.creationTimestamp ?? '') / 1000)
    .sort((a, b) => a - b);
  t.ok(second - first >= 10 && second - first < 16, 'ten seconds after the first failure');
  t.ok(third - second >= 20 && third - second < 26, 'twenty after the second');
});

t.test('an indexed Job gives each index its pod', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/env'], { completions: 4, parallelism: 4, completionMode: 'Indexed' });
  await world.advance(0.1);
  const [pod] = podsOf(world);
  t.match(pod, {
    metadata: {
      annotations: { 'batch.kubernetes.io/job-completion-index': '0' },
      labels: { 'batch.kubernetes.io/job-completion-index': '0' },
    },
    spec: { hostname: 'work-0' },
  });
  await ended(world);
  t.match(job(world)?.status, { succeeded: 4, completedIndexes: '0-3' });
  const variable = pod?.spec.containers[0]?.env?.[0];
  t.match(variable, { name: 'JOB_COMPLETION_INDEX', valueFrom: { fieldRef: { fieldPath: String } } });
});

t.test('a limit per index lets the other indexes go on', async t => {
  await using world = new TestWorld();
  const more = { completions: 2, parallelism: 2, completionMode: 'Indexed', backoffLimitPerIndex: 1 };
  makeJob(world, ['/bin/fail', '$(JOB_COMPLETION_INDEX)'], more);
  await ended(world);
  t.match(job(world)?.status, { succeeded: 1, failed: 2, completedIndexes: '0', failedIndexes: '1' });
  t.same(conditions(world), ['FailureTarget=True FailedIndexes', 'Failed=True FailedIndexes']);
});

t.test('rules for failed pods end a Job, or leave failures out', async t => {
  await using world = new TestWorld();
  const rule = { action: 'FailJob', onExitCodes: { operator: 'In', values: [42] } };
  makeJob(world, ['/bin/fail', '42'], { podFailurePolicy: { rules: [rule] } });
  await ended(world);
  t.same(conditions(world), ['FailureTarget=True PodFailurePolicy', 'Failed=True PodFailurePolicy']);
  const [pod] = podsOf(world);
  t.equal(
    job(world)?.status?.conditions?.[0]?.message,
    `Container c for pod sample/${pod?.metadata.name} failed with exit code 42 matching FailJob rule at index 0`,
  );
});

t.test('a success policy ends a Job before all indexes have succeeded', async t => {
  await using world = new TestWorld();
  const successPolicy = { rules: [{ succeededIndexes: '0' }] };
  // Index 0 ends at once, the others after a long time.
  const more = { completions: 3, parallelism: 3, completionMode: 'Indexed', successPolicy };
  makeJob(world, ['/bin/fail', '0', '$(JOB_COMPLETION_INDEX)00000'], more);
  await ended(world);
  t.same(conditions(world), ['SuccessCriteriaMet=True SuccessPolicy', 'Complete=True SuccessPolicy']);
  t.match(job(world)?.status, { completedIndexes: '0', succeeded: 1 });
  t.equal(podsOf(world).length, 1, 'the others are removed');
});

t.test('a Job past its deadline fails, and its pods go', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/sleep'], { activeDeadlineSeconds: 20 });
  await ended(world);
  t.same(conditions(world), ['FailureTarget=True DeadlineExceeded', 'Failed=True DeadlineExceeded']);
  t.match(job(world)?.status, { failed: 1, terminating: 0 });
  t.equal(podsOf(world).length, 0);
});

t.test('a suspended Job has no pods, and begins anew when it goes on', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/sleep'], { suspend: true });
  await world.advance(5);
  t.equal(podsOf(world).length, 0);
  t.same(conditions(world), ['Suspended=True JobSuspended']);
  t.equal(job(world)?.status?.startTime, undefined);
  world.client.local.modify('jobs.batch', namespace, 'work', draft => {
    draft['spec'] = { ...(draft['spec'] as object), suspend: false };
  });
  await world.advance(5);
  t.equal(podsOf(world).length, 1);
  t.same(conditions(world), ['Suspended=False JobResumed']);
  t.ok(job(world)?.status?.startTime);
});

t.test('pods that a Job no longer wants are no failures, and nothing waits for them', async t => {
  for (const more of [
    {},
    { podReplacementPolicy: 'Failed' },
    { completionMode: 'Indexed', completions: 3 },
  ]) {
    await using world = new TestWorld();
    const change = (spec: object) =>
      world.client.local.modify('jobs.batch', namespace, 'work', draft => {
        draft['spec'] = { ...(draft['spec'] as object), ...spec };
      });
    makeJob(world, ['/bin/sleep'], { parallelism: 3, ...more });
    await world.advance(5);
    const before = podsOf(world).map(({ metadata }) => metadata.uid);
    change({ parallelism: 2 });
    await world.advance(5);
    t.equal(job(world)?.status?.active, 2);
    t.equal(job(world)?.status?.failed, undefined, 'fewer');
    change({ suspend: true });
    await world.advance(5);
    const { failed, active } = job(world)?.status ?? {};
    t.same([failed, active], [undefined, undefined], 'suspended');
    t.ok(
      podsOf(world).every(({ metadata }) => !(metadata['finalizers'] as unknown[] | undefined)?.length),
      'nothing holds them',
    );
    await world.advance(40);
    change({ suspend: false, parallelism: 1 });
    await world.advance(0.1);
    t.equal(job(world)?.status?.active, 1, 'at once');
    t.notOk(podsOf(world).some(({ metadata }) => before.includes(metadata.uid)));
  }
});

t.test('a Job that goes on does not wait for pods that are on their way out', async t => {
  await using world = new TestWorld();
  const suspend = (isSuspended: boolean) =>
    world.client.local.modify('jobs.batch', namespace, 'work', draft => {
      draft['spec'] = { ...(draft['spec'] as object), suspend: isSuspended };
    });
  makeJob(world, ['/bin/sleep'], { parallelism: 2 });
  await world.advance(5);
  suspend(true);
  await world.advance(1);
  suspend(false);
  await world.advance(1.5);
  t.match(job(world)?.status, { active: 2, failed: undefined });
});

t.test('a Job goes some time after its end, and its pods with it', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/env'], { ttlSecondsAfterFinished: 30 });
  await ended(world);
  await world.advance(25);
  t.ok(job(world));
  await world.advance(10);
  t.equal(job(world), undefined);
  t.equal(podsOf(world).length, 0);
});

t.test('a Job that is deleted lets its running pods go', async t => {
  await using world = new TestWorld();
  makeJob(world, ['/bin/sleep']);
  await world.advance(10);
  world.client.local.delete('jobs.batch', namespace, 'work', { propagationPolicy: 'Background' });
  await world.advance(40);
  t.equal(podsOf(world).length, 0);
});

t.test('a pod that matches the selector is adopted, and one that no longer does is released', async t => {
  await using world = new TestWorld();
  const selector = { matchLabels: { app: 'own' } };
  const template = {
    metadata: { labels: { app: 'own' } },
    spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'tiny', command: ['/bin/sleep'] }] },
  };
  world.create('jobs.batch', {
    metadata: { name: 'work', namespace },
    spec: { manualSelector: true, selector, template, parallelism: 1 },
  });
  await world.advance(5);
  const [pod] = podsOf(world);
  world.client.local.modify('pods', namespace, pod?.metadata.name ?? '', draft => {
    draft.metadata.labels = { app: 'other' };
  });
  await world.advance(5);
  const released = world.client.get('pods', namespace, pod?.metadata.name ?? '');
  t.equal(released?.metadata.ownerReferences, undefined);
  t.equal(released?.metadata['finalizers'], undefined);
  t.equal(podsOf(world).length, 2, 'another one takes its place');
});
