/** Reports of runs that never were: random outcomes and hostile texts, folded by the code that folds real ones. */
import { createRandom, type Random } from '../../harness/base/random.ts';
import type { Step } from '../../harness/plan/step.ts';
import { buildReport } from '../../harness/report/build.ts';
import type { ConformanceReport } from '../../harness/report/report.ts';
import type { Problem, RunEvent, StepOutcome } from '../../harness/run/events.ts';
import { Findings } from '../../harness/run/findings.ts';
import type { CheckResult } from '../../harness/verify/check.ts';
import { PLAN, passedRun, SECRETS } from './run-events.ts';

/** What nobody may find in a format; each is planted in texts. */
export const PLANTED = {
  token: SECRETS.token,
  key: SECRETS.keyBody,
  kubeconfig: 'LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0tCk1JR0hBZ0VBTUJNR0J5cUdTTTQ5QWdFR0NDcUdTTTQ5',
} as const;
const KUBECONFIG = `users:\n- name: admin\n  user:\n    client-key-data: ${PLANTED.kubeconfig}\n    token: ${PLANTED.token}\n`;

const HOSTILE = [
  '<b>&amp;</b> ]]> <!-- --> <script>alert(1)</script>',
  '\x1b[31mred\x1b]0;title\x07 \r\n\0\x08 \x9b \ud800 \ufffe \u202e',
  '# not a directive # SKIP # TODO\n---\n  ...\nnot ok 9 - mine\nBail out! now\n1..0\n',
  '- a: {b: [c]} &x *x !!js "q" \' %d: |\n  > ---\n...\n',
  '::error::mine %0A $\u007b{ secrets.X }} `$(date)` | ` || \\| [x](y)',
  SECRETS.token,
  SECRETS.key,
  KUBECONFIG,
  '',
] as const;
const LONG = '<x>&\x1b "\'\n'.repeat(116_509); // a megabyte

/** Makes texts: mostly plain, often hostile, and one in some thousands a megabyte. */
function textOf(random: Random): string {
  const plain = `text ${random.integer(1000)}`;
  if (random.integer(3) > 0) return plain;
  if (random.integer(4000) === 0) return LONG;
  return `${plain} ${HOSTILE[random.integer(HOSTILE.length)] ?? ''}`;
}

const pick = <Value>(random: Random, values: readonly [Value, ...Value[]]): Value =>
  values[random.integer(values.length)] ?? values[0];

function problemOf(random: Random, kind: Problem['kind']): Problem {
  const hasDiagnosis = kind === 'mesh' && random.integer(2) === 0;
  return {
    kind,
    message: textOf(random),
    ...(random.integer(2) === 0 && { hint: textOf(random) }),
    ...(hasDiagnosis && {
      diagnosis: {
        cause: 'remote-secret-missing',
        sentence: textOf(random),
        steps: ['cluster1/install-istio'],
      },
    }),
  };
}

const OUTCOMES: readonly [StepOutcome, ...StepOutcome[]] = [
  ...(['done', 'done', 'done', 'done', 'done', 'failed', 'skipped', 'omitted', 'interrupted'] as const),
];

/** One run, and what became of it. */
function runOf(random: Random, index: number): readonly RunEvent[] {
  const [started] = passedRun();
  if (started?.type !== 'run-started') throw new Error('A run begins with run-started.');
  const isHealthy = random.integer(2) === 0;
  const findings = new Findings();
  const titled = (step: Step): Step => ({ ...step, title: `${step.title} ${textOf(random)}` });
  const plan = { ...PLAN, steps: PLAN.steps.map(titled) };
  const topology = { ...started.topology, name: `scenario ${index} ${textOf(random)}` };
  const events: RunEvent[] = [{ ...started, runId: `run-${index}`, plan, topology, seed: textOf(random) }];
  for (const { id } of plan.steps) {
    if (!isHealthy && random.integer(20) === 0) continue; // not reached
    const outcome = isHealthy ? 'done' : pick(random, OUTCOMES);
    const problem =
      outcome === 'failed' ? problemOf(random, pick(random, ['mesh', 'environment'])) : undefined;
    if (problem) findings.add(problem, 'step');
    const result = { exitCode: outcome === 'failed' ? 1 : 0, stdout: textOf(random), stderr: textOf(random) };
    events.push(
      { atMs: 1, type: 'step-started', step: id },
      {
        ...{ atMs: 2, type: 'step-ended', step: id, outcome, durationMs: random.integer(9999) },
        commands: [{ line: textOf(random), result }],
        ...(problem && { problem }),
      },
    );
  }
  for (let check = 1 + random.integer(5); check > 0; check -= 1) {
    const result = checkOf(random, `check-${check}`, { isHealthy, isCore: check === 1 });
    if ((result.level === 'core' || result.isNamed) && result.outcome !== 'passed') {
      const kind = result.outcome === 'failed' ? 'mesh' : 'environment';
      findings.add({ kind, message: result.found }, 'check');
    }
    events.push({ atMs: 3, type: 'check-ended', result, durationMs: random.integer(9999) });
  }
  if (!isHealthy && random.integer(8) === 0) findings.interrupt(textOf(random));
  const { verdict, interrupted, reason } = findings;
  events.push({
    ...{ atMs: 4, type: 'run-ended', verdict, interrupted, durationMs: random.integer(99_999) },
    ...(reason && { reason }),
  });
  return events;
}

function checkOf(
  random: Random,
  id: string,
  { isHealthy, isCore }: { readonly isHealthy: boolean; readonly isCore: boolean },
): CheckResult {
  const any = pick<CheckResult['level']>(random, ['core', 'core', 'extended']);
  const level = isCore ? 'core' : any;
  const counts = level === 'core';
  const one = pick<CheckResult['outcome']>(random, ['passed', 'passed', 'failed', 'unknown']);
  const outcome = isHealthy && counts ? 'passed' : one;
  const isNamed = !isHealthy && random.integer(4) === 0;
  return {
    ...{ id, level, outcome },
    ...{ sentence: `Claim ${textOf(random)}`, found: textOf(random) },
    ...(isNamed && { isNamed }),
    evidence: { [textOf(random)]: [textOf(random), random.integer(9), null, true] },
  };
}

/** Makes a report: up to four scenarios, some that were never begun. The same seed makes the same one. */
export function randomReport(seed: string): ConformanceReport {
  const random = createRandom(seed);
  const runs = Array.from({ length: random.integer(5) }, (_, index) => runOf(random, index));
  const notBegun = random.integer(8) === 0 ? [`never ${textOf(random)}`] : [];
  return buildReport(runs.flat(), {
    ...{
      harnessVersion: '0.1.0',
      startedAt: '2026-01-02T03:04:05.000Z',
      endedAt: '2026-01-02T03:04:06.500Z',
    },
    ...(notBegun.length > 0 && { notBegun }),
  });
}
