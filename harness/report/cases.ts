/**
 * A report as test cases: one for each step and each check. The formats for programs count these, so that
 * they agree. Pure.
 */
import type { Problem } from '../run/events.ts';
import { problemOfCheck, problemOfStep } from './headline.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from './report.ts';
import { NEVER_BEGUN, stepName } from './words.ts';

/**
 * - `passed`: done, or true
 * - `failed`: the mesh is at fault
 * - `unknown`: the environment got in the way, or the work was interrupted
 * - `skipped`: left out, not reached, or an extended check that did not pass and was not asked for by name: it
 *   changes no verdict
 */
export type CaseOutcome = 'passed' | 'failed' | 'unknown' | 'skipped';

/** One step or check as a test case. */
export interface ReportCase {
  /** `run` stands for a verdict that neither a step nor a check accounts for. */
  readonly part: 'step' | 'check' | 'run';
  readonly id: string;
  /** For people: `cluster2: install Istio`, or the claim of a check. */
  readonly name: string;
  readonly level: 'core' | 'extended';
  readonly outcome: CaseOutcome;
  /** The outcome in the words of the report: `not-reached`, `omitted`. */
  readonly told: string;
  /** Of what failed or is unknown: the cause, and what was seen. */
  readonly problem?: Problem;
  /** Of what was skipped: why, in a few words. */
  readonly because?: string;
  /** Milliseconds of the run's clock. */
  readonly durationMs: number;
  readonly step?: StepReport;
  readonly check?: CheckReport;
}

/** Returns the cases of a scenario: its steps in the order of the plan, then its checks. */
export function casesOf(scenario: ScenarioReport): readonly ReportCase[] {
  const cases = [...scenario.steps.map(stepCase), ...scenario.checks.map(checkCase)];
  const { verdict, reason, durationMs } = scenario;
  // A verdict that neither a step nor a check accounts for still has to show.
  if (verdict === 'passed' || cases.some(({ outcome }) => outcome === 'failed' || outcome === 'unknown'))
    return cases;
  const problem: Problem = reason ?? { kind: 'environment', message: `The run ended ${verdict}.` };
  return [...cases, runCase(verdict, problem, durationMs)];
}

/** Returns the one case of a scenario that was never begun. */
export const caseNotBegun = (): ReportCase =>
  runCase('unknown', { kind: 'environment', message: NEVER_BEGUN }, 0);

/** Counts cases by their outcome. */
export function countCases(cases: readonly ReportCase[]): Readonly<Record<CaseOutcome, number>> {
  const counts = { passed: 0, failed: 0, unknown: 0, skipped: 0 };
  for (const { outcome } of cases) counts[outcome] += 1;
  return counts;
}

/** A scenario's cases, with its name; those that were never begun have no report. */
export interface CaseGroup {
  readonly name: string;
  readonly scenario?: ScenarioReport;
  readonly cases: readonly ReportCase[];
}

/** Returns the cases of all scenarios, in their order; at the end those that were never begun. */
export const caseGroupsOf = ({ scenarios, notBegun = [] }: ConformanceReport): readonly CaseGroup[] => [
  ...scenarios.map(scenario => ({ name: scenario.scenario, scenario, cases: casesOf(scenario) })),
  ...notBegun.map(name => ({ name, cases: [caseNotBegun()] })),
];

const runCase = (outcome: 'failed' | 'unknown', problem: Problem, durationMs: number): ReportCase => ({
  part: 'run',
  id: 'run',
  name: 'the run as a whole',
  level: 'core',
  outcome,
  told: outcome,
  problem,
  durationMs,
});

const SKIPPED_STEPS = {
  omitted: 'left out as asked',
  skipped: 'not run',
  interrupted: 'interrupted',
  'not-reached': 'not reached',
} as const;

function stepCase(step: StepReport): ReportCase {
  const { id, durationMs, outcome, problem } = step;
  const base = {
    part: 'step',
    id,
    name: stepName(step),
    level: 'core',
    told: outcome,
    durationMs,
    step,
  } as const;
  if (outcome === 'done') return { ...base, outcome: 'passed' };
  if (outcome !== 'failed')
    return { ...base, outcome: 'skipped', because: problem?.message ?? SKIPPED_STEPS[outcome] };
  const told = problemOfStep(step);
  return { ...base, outcome: told.kind === 'mesh' ? 'failed' : 'unknown', problem: told };
}

function checkCase(check: CheckReport): ReportCase {
  const { id, sentence, level, isNamed = false, outcome, durationMs, found } = check;
  const base = { part: 'check', id, name: sentence, level, told: outcome, durationMs, check } as const;
  if (outcome === 'passed') return { ...base, outcome };
  if (level === 'extended' && !isNamed)
    return { ...base, outcome: 'skipped', because: `extended, and changes no verdict: ${outcome}: ${found}` };
  return { ...base, outcome, problem: problemOfCheck(check) };
}
