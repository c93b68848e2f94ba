/** Steps and checks as test cases of JUnit. Pure. */
import type { Problem } from '../run/events.ts';
import {
  claimText,
  headlineLines,
  headlineOf,
  headlineText,
  type Part,
  problemOfCheck,
  problemOfStep,
} from './headline.ts';
import { element, escapeXml } from './junit-xml.ts';
import type { CheckReport, ScenarioReport, StepReport, WallTimes } from './report.ts';
import { inWords, NEVER_BEGUN, stepName } from './words.ts';

/** A test case. */
export interface Case {
  readonly classname: string;
  /** What people read, with the id in brackets. */
  readonly name: string;
  /** Of the wall's clock. */
  readonly durationMs: number;
  readonly result?: {
    readonly kind: 'failure' | 'error' | 'skipped';
    readonly type: string;
    /** The cause, in a sentence. */
    readonly message: string;
    readonly text: string;
  };
  /** Data, apart from what people read. */
  readonly output?: string;
}

/** Writes milliseconds as seconds. */
export const secondsOf = (ms: number): string => (ms / 1000).toFixed(3);

const kindOf = ({ kind }: Pick<Problem, 'kind'>) => (kind === 'mesh' ? 'failure' : 'error');

/** Returns the cause where it is known, else all of the headline. */
const causeOf = (parts: readonly Part[]): string =>
  parts.find(({ term }) => term === 'Cause')?.text ?? headlineText(parts);

/** Measures by the wall's clock; a log without it has the run's. */
const timeOf = (measured: Readonly<Record<string, number>>, id: string, wall: WallTimes, runMs: number) =>
  wall.startedAt === null ? runMs : (measured[id] ?? 0);

function stepCase(scenario: ScenarioReport, step: StepReport, wall: WallTimes): Case {
  const { id, outcome, problem } = step;
  const durationMs = timeOf(wall.steps, id, wall, step.durationMs);
  const base = { classname: `${scenario.scenario}.steps`, name: `${stepName(step)} (${id})`, durationMs };
  if (outcome === 'done') return base;
  if (outcome !== 'failed') {
    const words = {
      omitted: 'left out as asked',
      skipped: 'not run',
      interrupted: 'interrupted',
      'not-reached': 'not reached',
    }[outcome];
    return {
      ...base,
      result: { kind: 'skipped', type: outcome, message: problem?.message ?? words, text: '' },
    };
  }
  const failed = step.commands.filter(({ exitCode, fault }) => exitCode !== 0 || fault !== undefined);
  const outputs = failed.map(({ line, exitCode, stderr, stdout }) =>
    [`$ ${line}`, stdout ?? '', stderr ?? '', `(exit code ${exitCode})`]
      .filter(part => part !== '')
      .join('\n'),
  );
  const told = problemOfStep(step);
  const parts = headlineOf(told, scenario.omitted);
  const text = [...headlineLines(parts), ...outputs].join('\n');
  return { ...base, result: { kind: kindOf(told), type: 'step', message: causeOf(parts), text } };
}

function checkCase(scenario: ScenarioReport, check: CheckReport, wall: WallTimes): Case {
  const { id, sentence, outcome, traffic, evidence } = check;
  const durationMs = timeOf(wall.checks, id, wall, check.durationMs);
  const base = { classname: `${scenario.scenario}.checks`, name: `${sentence} (${id})`, durationMs };
  if (outcome === 'passed') return base;
  const problem = problemOfCheck(check);
  const parts = headlineOf(problem, scenario.omitted);
  const text = [...headlineLines(parts), claimText(check)].join('\n');
  return {
    ...base,
    result: { kind: kindOf(problem), type: 'check', message: causeOf(parts), text },
    output: JSON.stringify(traffic ? inWords(traffic) : evidence, null, 2),
  };
}

/** Lists the cases of a scenario: steps, checks, and itself if none of them accounts for its verdict. */
export function casesOf(scenario: ScenarioReport, wall: WallTimes): readonly Case[] {
  const cases = [
    ...scenario.steps.map(step => stepCase(scenario, step, wall)),
    ...scenario.checks.map(check => checkCase(scenario, check, wall)),
  ];
  const isTold = cases.some(({ result }) => result !== undefined && result.kind !== 'skipped');
  if (scenario.verdict === 'passed' || isTold) return cases;
  const { reason } = scenario;
  const message = reason
    ? headlineText(headlineOf(reason, scenario.omitted))
    : `The run ended ${scenario.verdict}.`;
  const kind = scenario.verdict === 'failed' ? 'failure' : 'error';
  const result = { kind, type: 'run', message, text: '' } as const;
  return [...cases, { classname: scenario.scenario, name: 'run', durationMs: wall.durationMs, result }];
}

/** Returns the case of a scenario that was asked for and never begun: nothing is known of it. */
export const caseNotBegun = (name: string): Case => ({
  classname: name,
  name: 'run',
  durationMs: 0,
  result: { kind: 'error', type: 'run', message: NEVER_BEGUN, text: '' },
});

/** Writes a case. */
export function caseXml({ classname, name, durationMs, result, output }: Case): string {
  const attributes = { classname, name, time: secondsOf(durationMs) };
  if (!result) return element('testcase', attributes);
  const { kind, type, message, text } = result;
  const detail =
    kind === 'skipped' ? element('skipped', { message }) : element(kind, { type, message }, escapeXml(text));
  const data = output === undefined ? '' : element('system-out', {}, escapeXml(output));
  return element('testcase', attributes, `${detail}${data}`);
}
