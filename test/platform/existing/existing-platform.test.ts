/** Runs on clusters that are addressed by their contexts: installed on, verified, and left as they were. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import { systemClock } from '../../../harness/base/clock.ts';
import { waitUntil } from '../../../harness/base/wait.ts';
import { clean } from '../../../harness/platform/clean.ts';
import { loadScenario } from '../../../harness/scenario/load.ts';
import { run } from '../../../harness/session/run.ts';
import { expectedShares } from '../../../harness/verify/groups.ts';
import { smallestSample } from '../../../harness/verify/sample-size.ts';
import { ROOT } from '../../support/cli.ts';
import { contents, existingWorld } from '../../support/existing-world.ts';
import { asDead } from '../../support/ledgers.ts';
import { twoClusters } from '../../support/topologies.ts';

const RISK = 1e-3;
const connect = () => Promise.reject(new Error('nothing of this is in Docker'));
const filesIn = (state: string) => (existsSync(join(state, 'runs')) ? readdirSync(join(state, 'runs')) : []);

// The wall's clock is theirs, and most of it is waiting: so they go side by side.
t.test(
  'each scenario passes, and leaves the clusters as they were',
  { timeout: 240_000, jobs: 4 },
  async t => {
    for (const [scenario, edition] of [
      ['multi-primary', '1.8'],
      ['multi-primary-multi-network', 'current'],
      ['primary-remote', 'current'],
      ['primary-remote-multi-network', '1.8'],
    ] as const) {
      t.test(`${scenario}, ${edition}`, async t => {
        const { topology } = await loadScenario(scenario, { folder: join(ROOT, 'scenarios') });
        await using world = await existingWorld(topology, { folder: t.testdir(), edition });
        const mine = { apiVersion: 'rbac.authorization.k8s.io/v1', plural: 'clusterroles' };
        await world.clients.get('cluster1')?.create(mine, {
          apiVersion: mine.apiVersion,
          kind: 'ClusterRole',
          metadata: { name: 'istio-of-mine' },
          rules: [],
        });
        const before = await contents(world.clients);
        const requests = smallestSample(expectedShares(topology), RISK);
        const report = await run({
          topology,
          platform: world.platform(),
          edition,
          risk: RISK,
          ...(requests !== undefined && { requests }),
        });
        t.equal(report.verdict, 'passed', JSON.stringify(report.scenarios.map(({ reason }) => reason)));
        t.same(report.scenarios[0]?.cleanUpFailures, []);
        t.equal(report.evidence, 'simulated', 'and claims nothing about Istio');
        t.strictSame(await contents(world.clients), before);
        t.same(filesIn(world.state), [], 'no ledger is left');
      });
    }
  },
);

t.test(
  'what is kept is removed by clean, and only while it is the run’s own',
  { timeout: 60_000 },
  async t => {
    const topology = twoClusters(['network1', 'network1']);
    await using world = await existingWorld(topology, { folder: t.testdir() });
    const before = await contents(world.clients);
    const namespaces = { apiVersion: 'v1', plural: 'namespaces' };
    const create = (name: string, query: Record<string, string>) =>
      Promise.all(
        [...world.clients.values()].map(client =>
          client.create(namespaces, { apiVersion: 'v1', kind: 'Namespace', metadata: { name } }, query),
        ),
      );
    const started = await world.platform().start(topology, new AbortController().signal);
    const marks = started.adjustments.filter(({ tool }) => tool === 'kubectl');
    t.same(
      marks.map(({ cluster, verb, addArgs }) => [cluster, verb, addArgs[0]]),
      topology.clusters.map(({ name }) => [name, ['create', 'namespace'], '--field-manager']),
    );
    await create('istio-system', { fieldManager: marks[0]?.addArgs[1] ?? '' });
    await create('sample', { fieldManager: 'kubectl-create' });
    t.match(started.keep?.(), [/mesh-harness clean/]);
    await started[Symbol.asyncDispose]();

    const cleaning = { state: world.state, clock: systemClock, connect };
    t.match(
      await clean(cleaning),
      { removed: [], running: [/./] },
      'this process still runs: it is left alone',
    );

    asDead(world.state);
    await t.rejects(
      world.platform().start(topology, new AbortController().signal),
      {
        code: 'ERR_PLATFORM_NOT_READY',
        message: /run \w+ has left its mesh in it/,
        hint: /mesh-harness clean/,
      },
      'what the next run says',
    );
    const cleaned = await clean(cleaning);
    t.match(cleaned, {
      removed: [/^run \w+ \(kept\): the mesh in cluster1, the mesh in cluster2/],
      failures: [],
    });
    t.same(
      cleaned.left.map(text => text.replace(/ \(run \w+\)/, '')),
      ['cluster1', 'cluster2'].map(name => `${name}: namespace sample, which this run has not made`),
    );
    for (const client of world.clients.values()) await client.delete({ ...namespaces, name: 'sample' });

    await waitUntil(
      'the namespace to go',
      () => contents(world.clients),
      now => Object.keys(now).length === Object.keys(before).length,
      {
        clock: systemClock,
        timeoutMs: 20_000,
        intervalMs: 100,
        describe: now => Object.keys(now as object).join(' '),
      },
    );
    t.strictSame(await contents(world.clients), before);
    t.same(filesIn(world.state), []);
  },
);

t.test('a start that is interrupted leaves nothing', async t => {
  const topology = twoClusters(['network1', 'network2']);
  await using world = await existingWorld(topology, { folder: t.testdir() });
  const before = await contents(world.clients);
  const controller = new AbortController();
  const starting = world.platform().start(topology, controller.signal);

  const probes = async () =>
    (await world.clients.get('cluster2')?.list({ apiVersion: 'v1', plural: 'pods' }))?.items.length ?? 0;
  await waitUntil('the probes', probes, count => count > 0, {
    clock: systemClock,
    timeoutMs: 20_000,
    intervalMs: 10,
  });
  controller.abort(new Error('interrupted'));
  await t.rejects(starting, { message: 'interrupted' });
  t.strictSame(await contents(world.clients), before);
  t.same(filesIn(world.state), []);
});

t.test('a cluster that never answers again ends what goes on', async t => {
  const topology = twoClusters(['network1', 'network1']);
  await using world = await existingWorld(topology, { folder: t.testdir() });
  const started = await world.platform({ lostMs: 4000 }).start(topology, new AbortController().signal);
  const { defect } = started;
  t.equal(defect?.aborted, false);
  await world.world.clusters.get('cluster2')?.stop();
  await waitUntil('the loss', () => defect?.aborted, Boolean, {
    clock: systemClock,
    timeoutMs: 20_000,
    intervalMs: 50,
  });
  t.match(defect?.reason, {
    code: 'ERR_PLATFORM_NOT_READY',
    message: /^The API server of cluster2 has not answered for \d s while the run went on: /,
  });
  await t.rejects(async () => await started[Symbol.asyncDispose](), {
    message: /Not everything was removed: cluster2: /,
    hint: /clean/,
  });
});

t.test(
  'of two runs from different machines one at most works on a cluster',
  { timeout: 120_000 },
  async t => {
    const topology = twoClusters(['network1', 'network1']);
    await using world = await existingWorld(topology, { folder: t.testdir() });
    const before = await contents(world.clients);
    const { signal } = new AbortController();
    const machine = (name: string) => world.platform({ state: join(world.state, name) });
    const both = await Promise.allSettled([
      machine('a').start(topology, signal),
      machine('b').start(topology, signal),
    ]);
    const started = both.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []));
    t.ok(started.length <= 1, 'begun at once');
    for (const { reason } of both.filter(each => each.status === 'rejected')) {
      t.match(reason, {
        code: 'ERR_PLATFORM_NOT_READY',
        message: /Another run works on|another run works on it/,
      });
    }
    for (const each of started) await each[Symbol.asyncDispose]();
    t.strictSame(await contents(world.clients), before);

    const first = await machine('a').start(topology, signal);
    await t.rejects(
      machine('b').start(topology, signal),
      { message: /another run works on it/ },
      'one after the other',
    );
    await first[Symbol.asyncDispose]();
    t.strictSame(await contents(world.clients), before);
  },
);
