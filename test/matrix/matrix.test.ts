/** How misconfigurations are read, made and held against what must come of them. */
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { trialOf } from '../../harness/matrix/applies.ts';
import { attemptsOf } from '../../harness/matrix/attempts.ts';
import { changePlan } from '../../harness/matrix/change-plan.ts';
import { readCorpus } from '../../harness/matrix/corpus.ts';
import { hold } from '../../harness/matrix/hold.ts';
import { matrixMarkdown, summarize } from '../../harness/matrix/matrix-report.ts';
import type { Edit, Misconfiguration } from '../../harness/matrix/schema.ts';
import { groupsOf, tryAll, type Worker } from '../../harness/matrix/try-all.ts';
import { isOfTheSample } from '../../harness/matrix/try-trial.ts';
import type { ScenarioReport } from '../../harness/report/report.ts';
import { CAUSES } from '../../harness/verify/diagnose/causes.ts';
import { EDITION_NAMES, FOUR, planOf, topologyOf } from '../plan/scenarios.ts';

const chapters = await readCorpus();
const all = chapters.flatMap(({ cases }) => cases);
const meshes = await Promise.all(
  FOUR.flatMap(scenario =>
    EDITION_NAMES.map(async edition => ({
      scenario,
      edition,
      topology: await topologyOf(scenario),
      plan: await planOf(scenario, edition),
    })),
  ),
);

t.test('there are enough, and each step of each plan is left out', async t => {
  t.ok(all.length >= 60, `${all.length} misconfigurations`);
  for (const { scenario, edition, topology, plan } of meshes) {
    const omitted = all
      .flatMap(each => trialOf(each, topology, plan)?.edits ?? [])
      .flatMap(edit => ('omit' in edit ? [edit.omit] : []));
    t.same(
      plan.steps.map(({ id }) => id).filter(id => !omitted.includes(id)),
      [],
      `${scenario} ${edition}`,
    );
  }
});

t.test('each can be made wherever it says, and its causes are known', async t => {
  for (const each of all) {
    const trials = meshes.flatMap(({ topology, plan }) => {
      const trial = trialOf(each, topology, plan);
      if (trial) t.ok(changePlan(plan, trial.edits).steps.length > 0);
      return trial ? [trial] : [];
    });
    t.ok(trials.length > 0, `${each.id}: ${trials.length} meshes`);
    for (const expectation of each.expect) {
      const { cause, caughtBy, passes } = expectation;
      t.ok(
        trials.some(({ expected }) => expected.calls === expectation.calls),
        `${each.id}: an expectation is met somewhere`,
      );
      t.equal(passes === undefined, caughtBy !== undefined, `${each.id}: it passes, or is caught`);
      if (cause !== undefined) t.ok(cause in CAUSES, `${each.id}: ${cause}`);
      else t.ok(passes !== undefined || caughtBy?.startsWith('step '), `${each.id} names a cause`);
    }
  }
});

t.test('a file that is not as it should be says where', async t => {
  const folder = t.testdir();
  const write = (text: string) => writeFileSync(path.join(folder, 'one.yaml'), text);
  write(
    'title: x\ncases:\n- {id: a, sentence: b, from: c, repair: d, change: [{omit: e}], expect: [{calls: R R, cuase: x}]}\n',
  );
  await t.rejects(readCorpus(folder), {
    code: 'ERR_UNREADABLE_FILE',
    message: /one\.yaml: cases\.0\.expect\.0: .*cuase/,
  });
  const row = '- {id: a, sentence: b, from: c, repair: d, change: [{omit: e}], expect: [{calls: R R}]}\n';
  write(`title: x\ncases:\n${row}${row}`);
  await t.rejects(readCorpus(folder), { message: /two are called a/ });
  await t.rejects(readCorpus(path.join(folder, 'none')), { code: 'ERR_UNREADABLE_FILE' });
});

t.test('what is not there cannot be changed', async t => {
  const plan = await planOf('multi-primary', 'current');
  const change = (edit: Edit) => () => changePlan(plan, [edit]);
  t.throws(
    change({ rewrite: 'cluster1/install-istio', from: 'nowhere', to: '' }),
    /does not speak of "nowhere"/,
  );
  t.throws(
    change({ after: 'cluster1/nothing', run: ['cluster1 kubectl get pod'] }),
    /no step cluster1\/nothing/,
  );
  t.throws(
    change({ after: 'make-certificates', run: ['cluster1 helm ls'] }),
    /No tool is named in: cluster1 helm ls/,
  );
  t.throws(change({ between: 'make-certificates', run: [] }), /no two commands/);
});

t.test('expectations: the first that holds, and none is an error', async t => {
  const [first] = meshes;
  if (!first) return t.fail('there is no mesh');
  const base: Misconfiguration = {
    id: 'a',
    sentence: '',
    from: '',
    repair: '',
    change: [{ omit: '{{client}}/{{network2}}' }],
    expect: [
      { when: { remote: true }, calls: 'X' },
      { when: { networks: 'one' }, calls: 'R' },
    ],
  };
  const trial = trialOf(base, first.topology, first.plan);
  t.equal(trial?.expected.calls, 'R');
  t.same(trial?.edits, [{ omit: 'sleep/network1' }]);
  t.equal(trialOf({ ...base, applies: [{ remote: true }] }, first.topology, first.plan), undefined);
  t.throws(
    () => trialOf({ ...base, expect: [{ when: { remote: true }, calls: 'X' }] }, first.topology, first.plan),
    /says nothing of multi-primary/,
  );
});

/** A report of which only that is there which is held. */
const reportOf = (checks: readonly object[], steps: readonly object[] = []) =>
  ({
    verdict: checks.length + steps.length > 0 ? 'failed' : 'passed',
    checks,
    steps,
  }) as unknown as ScenarioReport; // see above

t.test('what is otherwise than it must be is told', async t => {
  const failed = (id: string, cause: string, symptom: string) => ({
    id,
    level: 'core',
    outcome: 'failed',
    diagnosis: { cause },
    traffic: { from: id, symptom, convergence: {} },
  });
  const seen = reportOf([failed('one', 'gateway-missing', 'B'), failed('two', 'service-missing', 'R')]);
  const good = { calls: 'B R', caughtBy: 'one', cause: 'gateway-missing' };
  t.same(hold(seen, good).problems, []);
  t.equal(hold(seen, good).rank, 1);
  t.same(hold(seen, { ...good, cause: 'service-missing' }).problems, [
    'cause: gateway-missing, service-missing instead of service-missing',
  ]);
  t.same(hold(seen, { ...good, cause: 'service-missing', rank: 2 }).problems, []);
  t.match(hold(seen, { calls: 'B B', passes: 'x' }).problems, [
    /^calls: B R instead of B B/,
    /^verdict/,
    /^caught by: one instead of nothing/,
    /something is said/,
  ]);
  const step = { id: 'a/install', outcome: 'failed', commands: [{ stderr: 'no matches' }] };
  const said = reportOf([], [step, { ...step, id: 'cluster1/call-helloworld' }]);
  const expected = { calls: '', caughtBy: 'step a/install', steps: { 'a/install': 'no match' } };
  t.same(hold(said, expected).problems, []);
  t.match(hold(said, { ...expected, steps: { 'a/install': 'gone' } }).problems, [
    /a\/install: \/gone\/ is not in "no matches"/,
  ]);
  t.match(hold(said, { ...expected, steps: {} }).problems, [/steps that fail: a\/install instead of none/]);
  const found = { istiod: { cluster1: 'dial tcp' }, status: {}, pods: {}, warnings: {} };
  t.match(hold(said, { ...expected, istiod: { cluster1: 'Unauthorized' } }, found).problems, [
    /istiod of cluster1: \/Unauthorized\//,
  ]);
});

t.test('workers share what there is, whoever is faster; an end leaves the rest', async t => {
  const scenarios = new Map(
    await Promise.all(FOUR.map(async name => [name as string, await topologyOf(name)] as const)),
  );
  const attempts = attemptsOf({ chapters, scenarios });
  t.equal(groupsOf(attempts).flat().length, attempts.length);
  t.ok(
    groupsOf(attempts).every(
      group =>
        group.length === 1 ||
        group.every(({ trial, plan }) => isOfTheSample(trial) && plan === group[0]?.plan),
    ),
  );
  const held = { problems: [], calls: 'R R', caughtBy: 'x', headline: null, causes: ['y'], rank: 1 };
  const worker: Worker = { tryThem: async group => group.map(() => held) };
  const end = new AbortController();
  const one = await tryAll(attempts, [worker], () => {}, end.signal);
  const two = await tryAll(attempts, [worker, worker], () => {}, end.signal);
  const idsOf = (list: typeof one) => list.map(({ id, scenario, edition }) => [id, scenario, edition]);
  t.strictSame(idsOf(one), idsOf(two));
  t.strictSame(idsOf(one), idsOf(attempts as typeof one));
  const { refused, ranks, misconfigurations } = summarize(one);
  t.equal(misconfigurations, all.length);
  t.equal(refused.wanted, attempts.filter(({ trial }) => trial.expected.passes === undefined).length);
  t.equal(ranks.first, ranks.causes);
  t.match(matrixMarkdown(one), /## multi-primary, edition 1\.8\n/);
  const broken: Worker = {
    tryThem: async group => {
      if (group.some(({ id }) => id === 'trust/key-of-another')) throw new Error('broken');
      return group.map(() => held);
    },
  };
  const told = await tryAll(attempts, [broken], () => {}, end.signal);
  t.equal(told.length, attempts.length, 'the rest is tried all the same');
  t.same(
    [...new Set(told.filter(({ held }) => held.problems.length > 0).map(({ id }) => id))],
    ['trust/key-of-another'],
  );
  t.match(told.find(({ id }) => id === 'trust/key-of-another')?.held.problems, ['not tried: broken']);
  const some = await tryAll(attempts, [worker], () => end.abort(), end.signal);
  t.ok(some.length > 0 && some.length < attempts.length);
  const interrupted = `Interrupted: ${some.length} of ${attempts.length} attempts were tried.`;
  t.ok(matrixMarkdown(some, attempts.length).includes(interrupted));
  t.notMatch(matrixMarkdown(one, attempts.length), /Interrupted/);
});
