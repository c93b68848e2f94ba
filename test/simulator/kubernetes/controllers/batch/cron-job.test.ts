import t from 'tap';
import type { CronJob, Job } from '../../../../../harness/simulator/kubernetes/client/kinds.ts';
import { TestWorld } from '../../test-world.ts';

const namespace = 'sample';

function makeCronJob(world: TestWorld, command: readonly string[], more: object = {}): void {
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'c', image: 'tiny', command }] } };
  world.create('cronjobs.batch', {
    metadata: { name: 'often', namespace },
    spec: {
      schedule: '*/1 * * * *',
      jobTemplate: { metadata: { labels: { a: 'b' } }, spec: { template } },
      ...more,
    },
  });
}

const cronJob = (world: TestWorld): CronJob | undefined =>
  world.client.get('cronjobs.batch', namespace, 'often');
const jobs = (world: TestWorld): readonly Job[] => world.client.list('jobs.batch', { namespace });
const reasons = (world: TestWorld) => world.events('CronJob').map(({ reason }) => reason);

t.test('a CronJob makes a Job each minute, and keeps the last three that succeeded', async t => {
  await using world = new TestWorld();
  makeCronJob(world, ['/bin/env']);
  await world.advance(65);
  const job = jobs(world).at(-1);
  const due = Date.parse(cronJob(world)?.status?.lastScheduleTime ?? '');
  t.equal(job?.metadata.name, `often-${due / 60_000}`);
  t.match(job?.metadata, {
    labels: { a: 'b' },
    annotations: { 'batch.kubernetes.io/cronjob-scheduled-timestamp': String },
    ownerReferences: [{ kind: 'CronJob', name: 'often', controller: true }],
  });
  await world.advance(300);
  t.equal(jobs(world).length, 3);
  t.match(cronJob(world)?.status, { lastSuccessfulTime: String, lastScheduleTime: String });
  t.ok(
    ['SuccessfulCreate', 'SawCompletedJob', 'SuccessfulDelete'].every(reason =>
      reasons(world).includes(reason),
    ),
  );
});

t.test('Forbid waits for the Job before, Replace removes it, Allow lets it be', async t => {
  for (const [concurrencyPolicy, count] of [
    ['Forbid', 1],
    ['Replace', 1],
    ['Allow', undefined],
  ] as const) {
    await using world = new TestWorld();
    makeCronJob(world, ['/bin/sleep'], { concurrencyPolicy });
    await world.advance(190);
    // Three or four minutes begin in that time.
    const made = jobs(world).length;
    t.ok(count === undefined ? made > 2 : made === count, concurrencyPolicy);
    t.equal(cronJob(world)?.status?.active?.length, made);
    t.equal(reasons(world).includes('JobAlreadyActive'), concurrencyPolicy === 'Forbid');
    t.equal(reasons(world).includes('SuccessfulDelete'), concurrencyPolicy === 'Replace');
  }
});

t.test('a suspended CronJob makes nothing, and starts what is due when it goes on', async t => {
  await using world = new TestWorld();
  makeCronJob(world, ['/bin/env'], { suspend: true, startingDeadlineSeconds: 100 });
  await world.advance(190);
  // Not at the turn of a minute, when another one would be due.
  if (world.clock.now() % 60_000 > 57_000) await world.advance(5);
  t.equal(jobs(world).length, 0);
  world.client.local.modify('cronjobs.batch', namespace, 'often', draft => {
    draft['spec'] = { ...(draft['spec'] as object), suspend: false };
  });
  await world.advance(1);
  t.equal(jobs(world).length, 1);
});
