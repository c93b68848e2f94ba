import t from 'tap';
import { buildReport } from '../../harness/report/build.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { failedRun, PLAN, passedRun } from '../support/run-events.ts';

t.test('steps stand in the order of the plan, checks in the order in which they began', async t => {
  const [scenario] = buildReport(passedRun()).scenarios;
  t.same(
    scenario?.steps.map(({ id }) => id),
    PLAN.steps.map(({ id }) => id),
  );
  t.same(
    scenario?.checks.map(({ id }) => id),
    ['cluster1-reaches-every-version', 'cluster2-reaches-every-version'],
  );
  t.same(
    scenario?.errata.map(({ id }) => id),
    ['upper-case-names'],
    'errata that shaped no step are left out',
  );
});

t.test('the verdict of several runs is the worst', async t => {
  const unknown: RunEvent = {
    atMs: 1,
    type: 'run-ended',
    verdict: 'unknown',
    interrupted: false,
    durationMs: 1,
  };
  const lost = [...passedRun().slice(0, -1), unknown];
  t.equal(buildReport(passedRun()).verdict, 'passed');
  t.equal(buildReport([...passedRun(), ...lost]).verdict, 'unknown');
  t.equal(buildReport([...lost, ...failedRun()]).verdict, 'failed');
  t.equal(buildReport([]).verdict, 'unknown');
});

t.test('only a real run speaks of conformance', async t => {
  t.match(buildReport(passedRun(true)), {
    evidence: 'real',
    scenarios: [{ evidence: 'real', conclusion: 'conformant' }],
  });
  const partial = passedRun(true).map(event =>
    event.type === 'run-started' ? { ...event, isPartial: true } : event,
  );
  t.equal(buildReport(partial).scenarios[0]?.conclusion, undefined, 'nor does one with checks left out');
  const [simulated] = buildReport(passedRun()).scenarios;
  t.equal(simulated?.evidence, 'simulated');
  t.equal(simulated?.conclusion, undefined);
  t.equal(buildReport([...passedRun(true), ...passedRun()]).evidence, 'simulated');
});

t.test('the release is that of the istioctl that has installed it, where that is a real one', async t => {
  const withTool = (isReal: boolean, istioctl: string) =>
    passedRun(isReal).map(event =>
      event.type === 'platform-started' ? { ...event, toolVersions: { istioctl } } : event,
    );
  for (const [isReal, istioctl, release] of [
    [true, '1.29.1', '1.29.1'],
    [true, 'unknown', PLAN.istioVersion],
    [false, '1.29.1', PLAN.istioVersion],
  ] as const)
    t.equal(buildReport(withTool(isReal, istioctl)).scenarios[0]?.istioVersion, release, istioctl);
});

t.test('a run that broke off is unknown, and tells how far it came', async t => {
  const [scenario] = buildReport(passedRun().slice(0, 5)).scenarios;
  t.equal(scenario?.verdict, 'unknown');
  t.match(scenario?.reason?.message, /without a verdict/);
  t.same(
    scenario?.steps.map(({ outcome }) => outcome),
    ['done', 'interrupted', 'not-reached', 'not-reached', 'not-reached', 'not-reached'],
  );
});

t.test('output is kept of failed commands only, without times of day and terminal controls', async t => {
  const [scenario] = buildReport(failedRun()).scenarios;
  const failed = scenario?.steps.find(({ outcome }) => outcome === 'failed')?.commands[0];
  t.match(failed?.stdout, /^<time> ✘ Ingress gateways {2}\]\]>/);
  for (const { commands, outcome } of scenario?.steps ?? []) {
    if (outcome === 'done') t.same(Object.keys(commands[0] ?? {}), ['line', 'exitCode']);
  }
});

t.test('a report can be rebuilt from a log of its events', async t => {
  const events = [...passedRun(), ...failedRun()];
  const log = events.map(event => JSON.stringify(event)).join('\n');
  // Lines of our own log, in the shape that was written.
  const read = log.split('\n').map(line => JSON.parse(line) as RunEvent);
  t.same(buildReport(read), buildReport(events));
});
