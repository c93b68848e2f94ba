/**
 * A report as test cases: one for each step and each check. The formats for programs count these, so that
 * they agree. Pure.
 */
import type { Problem } from '../run/events.ts';
import { problemOfCheck, problemOfStep } from './headline.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport, WallTimes } from './report.ts';
import { neverBegun, stepName } from './words.ts';

/**
 * - `passed`: done, or true
 * - `failed`: the mesh is at fault
 * - `unknown`: the environment got in the way, or the work was interrupted
 * - `skipped`: left out, not reached, or an extended check that did not pass and was not asked for by name:
 *   it changes no verdict
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
  /** Real milliseconds; those of the run's clock where no others are known. */
  readonly durationMs: number;
  readonly step?: StepReport;
  readonly check?: CheckReport;
}

/** A scenario's cases, with its name; those that were never begun have no report. */
export interface CaseGroup {
  readonly name: string;
  readonly scenario?: ScenarioReport;
  /** When it began, by the wall's clock; null if that is not known. */
  readonly startedAt: string | null;
  readonly durationMs: number;
  readonly cases: readonly ReportCase[];
}

/** Returns the cases of all scenarios, in their order; at the end those that were never begun. */
export const caseGroupsOf = (report: ConformanceReport): readonly CaseGroup[] => [
  ...report.scenarios.map((scenario, index) => groupOf(scenario, report.volatile.wallTimes[index])),
  ...(report.notBegun ?? []).map(name => {
    const problem = { kind: 'environment', message: neverBegun(report) } as const;
    return { name, startedAt: null, durationMs: 0, cases: [runCase('unknown', problem, 0)] };
  }),
];

/** Counts cases by their outcome. */
export function countCases(cases: readonly ReportCase[]): Readonly<Record<CaseOutcome, number>> {
  const counts = { passed: 0, failed: 0, unknown: 0, skipped: 0 };
  for (const { outcome } of cases) counts[outcome] += 1;
  return counts;
}

/** @param measured - times of the wall; undefined where none are known */
function groupOf(scenario: ScenarioReport, measured: WallTimes | undefined): CaseGroup {
  const wall = measured?.startedAt == null ? undefined : measured;
  const durationMs = wall?.durationMs ?? scenario.durationMs;
  const cases = [
    ...scenario.steps.map(step => stepCase(step, wall)),
    ...scenario.checks.map(check => checkCase(check, wall)),
  ];
  const group = { name: scenario.scenario, scenario, startedAt: wall?.startedAt ?? null, durationMs };
  const { verdict, reason } = scenario;
  const isTold = cases.some(({ outcome }) => outcome === 'failed' || outcome === 'unknown');
  if (verdict === 'passed' || isTold) return { ...group, cases };
  // A verdict that neither a step nor a check accounts for still has to show.
  const problem: Problem = reason ?? { kind: 'environment', message: `The run ended ${verdict}.` };
  return { ...group, cases: [...cases, runCase(verdict, problem, durationMs)] };
}

const runCase = (outcome: 'failed' | 'unknown', problem: Problem, durationMs: number): ReportCase => ({
  ...{ part: 'run', id: 'run', name: 'the run as a whole', level: 'core' },
  ...{ outcome, told: outcome, problem, durationMs },
});

const SKIPPED_STEPS = {
  omitted: 'left out as asked',
  skipped: 'not run',
  interrupted: 'interrupted',
  'not-reached': 'not reached',
} as const;

function stepCase(step: StepReport, wall: WallTimes | undefined): ReportCase {
  const { id, outcome, problem } = step;
  const durationMs = wall ? (wall.steps[id] ?? 0) : step.durationMs;
  const base = {
    ...({ part: 'step', id, name: stepName(step), level: 'core' } as const),
    ...{ told: outcome, durationMs, step },
  };
  if (outcome === 'done') return { ...base, outcome: 'passed' };
  if (outcome !== 'failed')
    return { ...base, outcome: 'skipped', because: problem?.message ?? SKIPPED_STEPS[outcome] };
  const told = problemOfStep(step);
  return { ...base, outcome: told.kind === 'mesh' ? 'failed' : 'unknown', problem: told };
}

function checkCase(check: CheckReport, wall: WallTimes | undefined): ReportCase {
  const { id, sentence, level, isNamed = false, outcome, found } = check;
  const durationMs = wall ? (wall.checks[id] ?? 0) : check.durationMs;
  const base = { part: 'check', id, name: sentence, level, told: outcome, durationMs, check } as const;
  if (outcome === 'passed') return { ...base, outcome };
  if (level === 'extended' && !isNamed)
    return { ...base, outcome: 'skipped', because: `extended, and changes no verdict: ${outcome}: ${found}` };
  return { ...base, outcome, problem: problemOfCheck(check) };
}
