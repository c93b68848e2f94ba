/** Sessions on clusters that they did not install. */
import path from 'node:path';
import t from 'tap';
import { planTopology } from '../../harness/plan/plan.ts';
import { SimulatorPlatform } from '../../harness/platform/simulator/simulator-platform.ts';
import type { RunOutcome } from '../../harness/run/run.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import { ROOT } from '../support/cli.ts';

const { topology } = await loadScenario('multi-primary', { folder: path.join(ROOT, 'scenarios') });

t.test('checks run on clusters that are up already, which they leave as they are', async t => {
  const outcomes: RunOutcome[] = [];
  const platform = new SimulatorPlatform({ seed: '1' });
  const checksAlone = await prepareSession({ topology, platform, steps: 'none' });
  const whole = await prepareSession({
    topology,
    platform,
    beforeCleanUp: async started => {
      for (const _ of ['once', 'again']) outcomes.push(await checksAlone.start(started));
    },
  });
  t.equal((await whole.start()).verdict, 'passed');
  for (const outcome of outcomes) {
    t.equal(outcome.verdict, 'passed', outcome.reason?.message ?? '');
    t.equal(outcome.steps.size, 0);
    t.ok(outcome.checks.some(({ id }) => id === 'cluster1-reaches-every-version'));
  }
  t.equal(outcomes.length, 2);
});

t.test('on clusters without a mesh they fail, and name steps of the plan', async t => {
  const session = await prepareSession({ topology, steps: 'none' });
  const { verdict, checks } = await session.start();
  t.equal(verdict, 'failed');
  const named = checks.flatMap(({ diagnosis }) => diagnosis?.steps ?? []);
  t.ok(named.length > 0);
  const planned = new Set(planTopology(topology, '1.8').steps.map(({ id }) => id));
  t.same(
    named.filter(id => !planned.has(id)),
    [],
  );
});
