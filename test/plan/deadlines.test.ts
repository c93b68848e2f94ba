/** Waits that are scaled: what waits waits less, what does not wait keeps its time. */
import t from 'tap';
import { scaleDeadlines } from '../../harness/plan/deadlines.ts';
import { run } from '../../harness/session/run.ts';
import { planOf, topologyOf } from './scenarios.ts';

const SCENARIO = 'multi-primary-multi-network';

t.test(
  'readiness, addresses and Deployments are waited for less, and the steps get as much less',
  async t => {
    const plan = await planOf(SCENARIO, 'current');
    const scaled = scaleDeadlines(plan, 0.1);
    const waiting = (id: string, of = scaled) => {
      const step = of.steps.find(step => step.id === id);
      const command =
        step?.commands.find(({ args, awaits }) => args[0] === 'install' || awaits) ?? step?.commands[0];
      return { args: command?.args.slice(-2), timeoutMs: command?.timeoutMs, deadlineMs: step?.deadlineMs };
    };
    t.same(waiting('cluster1/install-istio'), {
      args: ['--readiness-timeout', '30s'],
      timeoutMs: 900_000 - 270_000,
      deadlineMs: 930_000 - 270_000,
    });
    t.same(waiting('cluster1/wait-for-gateway').timeoutMs, 18_000);
    t.same(waiting('cluster1/wait-for-helloworld-v1'), {
      args: ['sample', '--timeout=18s'],
      timeoutMs: 78_000,
      deadlineMs: 168_000,
    });
    t.strictSame(waiting('cluster1/enable-injection'), waiting('cluster1/enable-injection', plan));
    t.equal(scaleDeadlines(plan, 1), plan);
    for (const scale of [0, -1, Number.NaN, Number.POSITIVE_INFINITY])
      t.throws(() => scaleDeadlines(plan, scale), { code: 'ERR_USAGE' });
  },
);

t.test('a run gives up earlier, and finds the same', async t => {
  const [seen] = (
    await run({
      topology: await topologyOf(SCENARIO),
      edition: 'current',
      omit: ['cluster1/install-istio'],
      requests: 300,
      deadlineScale: 0.1,
    })
  ).scenarios;
  t.match(
    seen?.steps.find(({ id }) => id === 'cluster1/install-gateway')?.problem?.message,
    /not ready after 30s/,
  );
  t.ok(
    (seen?.durationMs ?? 0) < 60_000,
    `${seen?.durationMs} ms, where istioctl alone would wait for five minutes`,
  );
  t.same(
    seen?.checks.flatMap(({ traffic }) => (traffic ? [traffic.symptom] : [])),
    ['LOC-plain', 'R'],
    'as in the table of omissions',
  );
});
