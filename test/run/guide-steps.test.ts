/** What only plans of guides have: output that the page shows, mistakes that are left, and a clean-up. */
import t from 'tap';
import type { Plan } from '../../harness/plan/step.ts';
import type { RunOutcome } from '../../harness/run/run.ts';
import { run } from '../../harness/run/runner.ts';
import type { Check } from '../../harness/verify/check.ts';
import { planSample } from '../../harness/verify/sample-plan.ts';
import {
  type Action,
  planOf,
  SmallPlatform,
  SmallTools,
  smallTopology,
  step,
} from '../support/small-plan.ts';

const asked: Check = {
  id: 'asked',
  sentence: 'It is asked.',
  level: 'core',
  run: async () => ({ outcome: 'passed', found: 'yes', evidence: null }),
};

async function runSmall(
  plan: Plan,
  actions: Readonly<Record<string, Action>>,
): Promise<RunOutcome & { readonly log: readonly string[] }> {
  const platform = new SmallPlatform();
  const tools = new SmallTools(platform.jumping, actions);
  const sample = planSample(300, { expectedShares: [[0.5, 0.5]] });
  const outcome = await run({
    ...{ topology: smallTopology, plan, platform, seed: '1', runId: 'run-1' },
    tools: () => tools,
    verify: { checks: [asked], sample },
  });
  return { ...outcome, log: tools.log };
}

const shows = (...lines: readonly string[]) => ({
  args: ['get', 'pod'],
  shows: lines,
  showsAt: { file: 'a.md', line: 7 },
});

t.test('a command that looks is repeated until it shows what the page shows', async t => {
  let looks = 0;
  const { verdict, log } = await runSmall(planOf(step('a', { command: shows('x 2/2') })), {
    get: () => {
      looks += 1;
      return looks < 4 ? 'x 1/2\n' : 'x 2/2\n';
    },
  });
  t.equal(verdict, 'passed');
  t.equal(log.length, 8, 'four times');
});

t.test('output that stays another fails the step, and what comes after goes on', async t => {
  const plan = planOf(step('a', { command: shows('x 2/2') }), step('b', { dependsOn: ['a'] }));
  const { verdict, steps, reason, log } = await runSmall(plan, { get: () => 'x 1/1\n' });
  t.equal(verdict, 'failed');
  t.same(
    [...steps],
    [
      ['a', 'failed'],
      ['b', 'done'],
    ],
  );
  t.match(
    reason?.message,
    /kubectl did not print what the guide shows \(a\.md:7\): .*"x 2\/2", and there is "x 1\/1"/,
  );
  t.equal(log.filter(line => line === '+get').length, 61, 'for a minute');
});

t.test('what changes something is done once', async t => {
  const command = { args: ['exec', 'pod'], shows: ['a'] };
  const { log } = await runSmall(planOf(step('a', { command })), { exec: () => 'b\n' });
  t.same(log, ['+exec', '-exec']);
});

t.test('a mistake that the plan follows is named where its step fails', async t => {
  const mistake = {
    id: 'some-rule/L7',
    guideLine: 'x',
    lines: [7, 7] as const,
    wouldHappen: 'It breaks.',
    weDo: 'Nothing.',
  };
  const plan = planOf(step('a', { errata: [mistake.id, 'other/L8'] }));
  const errata = [
    { ...mistake, isLeft: true as const },
    { ...mistake, id: 'other/L8' },
  ];
  const placed = errata.map(each => ({ ...each, file: 'a.md' }));
  const { reason: other } = await runSmall({ ...plan, errata: placed }, { a: () => ({ exitCode: 1 }) });
  t.equal(other?.diagnosis?.sentence, 'a.md:7 (some-rule): It breaks.');
  const { reason } = await runSmall({ ...plan, errata }, { a: () => ({ exitCode: 1, stderr: 'no' }) });
  t.same(reason?.diagnosis, {
    cause: 'guide-mistake',
    sentence: 'The guide, line 7 (some-rule): It breaks.',
    steps: ['a'],
  });
});

t.test('the clean-up of a guide comes after the checks, and is looked at', async t => {
  const plan = planOf(
    step('a'),
    step('b', { isCleanUp: true }),
    step('c', { isCleanUp: true, dependsOn: ['b'] }),
  );
  const { verdict, events, checks } = await runSmall(plan, {});
  t.equal(verdict, 'passed');
  t.same(
    events.flatMap(event =>
      event.type === 'step-started' ? [event.step] : event.type === 'check-started' ? [event.check] : [],
    ),
    ['a', 'asked', 'b', 'c', 'guide-leaves-nothing'],
  );
  t.match(checks.at(-1)?.found, /^nothing of the guide is left/);
});
