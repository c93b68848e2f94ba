/** Checks that a program brings along: what they return says nothing about the mesh if it is no outcome. */
import t from 'tap';
import {
  type Check,
  type CheckContext,
  formatJson,
  formatMarkdown,
  makeTopology,
  plan,
  run,
} from '../../harness/index.ts';
import type { Mesh } from '../../harness/library/mesh.ts';
import { ownChecks } from '../../harness/library/own-checks.ts';
import { builtInChecks, verify } from '../../harness/library/verify.ts';

const topology = makeTopology('mine', {
  networks: [{ name: 'network1' }],
  clusters: [{ name: 'east', network: 'network1', role: 'primary' }],
});
const mine = { id: 'mine', sentence: 'All is well.', level: 'core' } as const;
const returning = (value: unknown): Check => ({ ...mine, run: async () => value as never });
const asked = async (check: Check) => await ownChecks([check]).checks?.[0]?.run({} as CheckContext);

t.test('what a check returns is read', async t => {
  const ring: Record<string, unknown> = { a: [1] };
  ring['self'] = { ring };
  const found = { outcome: 'passed', found: 'yes' };
  const wrong: readonly (readonly [unknown, RegExp])[] = [
    [undefined, /^The check mine returned undefined, which is no outcome: outcome: Invalid input/],
    ['x', /returned "x", which is no outcome/],
    [{}, /: outcome: Invalid option.*; found: /],
    [{ outcome: 'yes', found: 1, evidence: null }, /: outcome: Invalid option.*; found: .*string/],
    [{ ...found, evidence: { sizes: [1n] } }, /: evidence\.sizes\[0\]: a bigint is not in JSON\.$/],
    [{ ...found, evidence: ring }, /: evidence\.self\.ring: it contains itself\.$/],
    [{ ...found, evidence: Number.NaN }, /: evidence: NaN is not in JSON/],
    [{ ...found, evidence: new Map() }, /: evidence: a Map is not in JSON/],
    [{ ...found, evidence: () => 1 }, /: evidence: a function is not in JSON/],
    [
      { ...found, diagnosis: { cause: 'me', sentence: '', steps: [] } },
      /diagnosis\.cause: none is called "me"/,
    ],
    [{ ...found, diagnosis: 'me' }, /: diagnosis: Invalid input/],
    [{ ...found, traffic: { from: 'east' } }, /: traffic\.symptom: Invalid input/],
  ];
  for (const [value, message] of wrong)
    await t.rejects(asked(returning(value)), { code: 'ERR_USAGE', message });
  t.same(await asked(returning(found)), { ...found, evidence: null });
  const pods = { ready: undefined, pods: [{ name: 'a' }, { name: 'b' }] };
  t.same(await asked(returning({ ...found, evidence: pods })), { ...found, evidence: { pods: pods.pods } });
  class Mine {
    readonly id = 'mine';
    readonly sentence = 'It has a state.';
    readonly level = 'core';
    run = async () => ({ outcome: 'failed' as const, found: this.sentence, evidence: null });
  }
  t.match(await asked(new Mine()), { outcome: 'failed', found: 'It has a state.' });
});

t.test('what is no outcome leaves the check unknown, and blames nobody else', async t => {
  const bare = { ...plan(topology), steps: [] };
  const wrong = returning({ outcome: 'failed', found: 'no', evidence: 1n });
  const report = await run({ topology, plan: bare, checks: [wrong] });
  t.match(report, {
    verdict: 'unknown',
    scenarios: [
      {
        reason: { kind: 'environment', message: /^The check mine returned / },
        checks: [{ id: 'mine', outcome: 'unknown', evidence: null }],
      },
    ],
  });
  t.match([formatJson(report), formatMarkdown(report)], [/a bigint/, /a bigint/]);
  const diagnosis = { cause: 'calls-fail', sentence: 'So.', steps: ['make-certificates'], undo: 5 };
  const odd = returning({ outcome: 'failed', found: 'no', evidence: null, diagnosis });
  const told = await run({ topology, plan: bare, wholePlan: plan(topology), checks: [odd] });
  t.match(told.scenarios[0]?.checks, [{ id: 'mine', outcome: 'unknown' }]);
});

t.test('no checks are no verification', async t => {
  const message = /^The option (checks|onlyChecks) of \w+ is \[\]; it has to be a list, not an empty one\.$/;
  for (const none of [{ checks: [] }, { onlyChecks: [] }]) {
    await t.rejects(verify({} as Mesh, none), { code: 'ERR_USAGE', message });
    await t.rejects(run({ topology, ...none }), { code: 'ERR_USAGE', message });
    await t.rejects(run({ topology, steps: 'none', ...none }), { code: 'ERR_USAGE', message });
  }
  t.throws(() => builtInChecks(topology, { onlyChecks: [] }), { code: 'ERR_USAGE', message });
  const passed = returning({ outcome: 'passed', found: '', evidence: null });
  await t.rejects(run({ topology, checks: [passed, passed] }), { message: 'Two checks have the id mine.' });
  await t.rejects(run({ topology, checks: [{ ...passed, id: '' }] }), {
    message: 'A check has an empty id.',
  });
});
