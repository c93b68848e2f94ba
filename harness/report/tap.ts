/**
 * The report as TAP 14 (https://testanything.org/tap-version-14-specification.html): a subtest for each
 * scenario.
 */
import { dump } from 'js-yaml';
import { printable } from '../base/printable.ts';
import type { Topology } from '../model/topology.ts';
import type { Problem } from '../run/events.ts';
import { claimText, placeOf, problemOfCheck, problemOfStep } from './headline.ts';
import type { CheckReport, ConformanceReport, ScenarioReport, StepReport } from './report.ts';
import { evidenceSentence, inWords, neverBegun, stepName } from './words.ts';

/** Escapes a description: it would end at a line's end, and `#` would begin a directive. */
function describe(text: string): string {
  return text
    .replace(/\\/g, '\\\\')
    .replace(/#/g, '\\#')
    .replace(/\s*[\r\n]+\s*/g, ' ');
}

const indent = (lines: readonly string[]) => lines.map(line => (line === '' ? '' : `    ${line}`));
const comment = (text: string) => `# ${text.replace(/\s*[\r\n]+\s*/g, ' ')}`;

/** Writes a YAML block below a test point, indented by two. */
function diagnostics(value: unknown): readonly string[] {
  const yaml = dump(value, { lineWidth: -1, noRefs: true, skipInvalid: true }).trimEnd();
  return ['---', ...yaml.split('\n'), '...'].map(line => `  ${line}`);
}

interface Point {
  readonly ok: boolean;
  readonly description: string;
  readonly skip?: string;
  /** Of what does not hold, and changes no verdict: why. */
  readonly todo?: string;
  readonly diagnostics?: unknown;
}

function stepPoint(step: StepReport): Point {
  const description = `step ${step.id}: ${stepName(step)}`;
  if (step.outcome === 'done') return { ok: true, description };
  if (step.outcome !== 'failed') {
    return {
      ok: true,
      description,
      skip: step.outcome === 'omitted' ? 'left out as asked' : (step.problem?.message ?? step.outcome),
    };
  }
  const commands = step.commands.filter(({ exitCode, fault }) => exitCode !== 0 || fault !== undefined);
  return {
    ok: false,
    description,
    diagnostics: withoutUndefined({ ...told(problemOfStep(step)), commands }),
  };
}

function checkPoint(topology: Topology, check: CheckReport): Point {
  const { id, sentence, level, isNamed = false, outcome, found, evidence, traffic } = check;
  if (outcome === 'passed')
    return { ok: true, description: `check ${id}: ${sentence}`, diagnostics: { found } };
  const detail = {
    ...told(problemOfCheck(check)),
    outcome,
    claim: claimText(check),
    traffic: traffic && inWords(topology, traffic),
    evidence,
  };
  // Its claim would read as if it held.
  const description = `check ${id}: ${found}`;
  const todo = level === 'extended' && !isNamed ? { todo: 'extended, and changes no verdict' } : {};
  return { ok: false, description, ...todo, diagnostics: withoutUndefined(detail) };
}

/** Returns a problem as data, the cause first. The hint says the same where there is a diagnosis. */
function told({ kind, diagnosis, message, hint }: Problem): Readonly<Record<string, unknown>> {
  if (!diagnosis) return { message, kind, hint };
  const { sentence: cause, steps, repair } = diagnosis;
  const [step, ...others] = steps;
  return {
    cause,
    step,
    guide: repair && placeOf(repair.guide),
    repair: repair && [...repair.files, ...repair.commands],
    lookAlsoAt: others.length > 0 ? others : undefined,
    message,
    kind,
  };
}

/** Drops undefined fields, by way of JSON. */
const withoutUndefined = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

const directive = (word: 'SKIP' | 'TODO', why: string | undefined): string =>
  why === undefined ? '' : ` # ${word} ${describe(why)}`;

function write(points: readonly Point[]): readonly string[] {
  return [
    `1..${points.length}${points.length === 0 ? ' # SKIP nothing was run' : ''}`,
    ...points.flatMap(({ ok, description, skip, todo, diagnostics: detail }, index) => [
      `${ok ? 'ok' : 'not ok'} ${index + 1} - ${describe(description)}${directive('SKIP', skip)}${directive('TODO', todo)}`,
      ...(detail === undefined ? [] : diagnostics(detail)),
    ]),
  ];
}

function scenarioLines(scenario: ScenarioReport): readonly string[] {
  return [
    comment(`evidence: ${scenario.evidence}`),
    comment(evidenceSentence(scenario)),
    comment(
      `edition ${scenario.edition}, seed ${scenario.seed}, ${scenario.requests} requests per source, ${scenario.clock} clock`,
    ),
    ...(scenario.omitted.length > 0 ? [comment(`left out: ${scenario.omitted.join(' ')}`)] : []),
    ...write([
      ...scenario.steps.map(stepPoint),
      ...scenario.checks.map(check => checkPoint(scenario.topology, check)),
    ]),
  ];
}

/** Writes a report as TAP. It leaves out all that differs between equal runs. */
export function formatTap(report: ConformanceReport): string {
  const { scenarios, notBegun = [] } = report;
  const count = scenarios.length + notBegun.length;
  const lines = ['TAP version 14', `1..${count}${count === 0 ? ' # SKIP nothing was run' : ''}`];
  for (const [index, scenario] of scenarios.entries()) {
    const passed = scenario.verdict === 'passed';
    lines.push(
      comment(`Subtest: ${scenario.scenario}`),
      ...indent(scenarioLines(scenario)),
      `${passed ? 'ok' : 'not ok'} ${index + 1} - ${describe(scenario.scenario)}`,
    );
    if (passed) continue;
    const { verdict, reason, interrupted } = scenario;
    lines.push(...diagnostics(withoutUndefined({ verdict, interrupted, reason: reason && told(reason) })));
  }
  for (const [index, name] of notBegun.entries())
    lines.push(
      `not ok ${scenarios.length + index + 1} - ${describe(name)}`,
      ...diagnostics({ verdict: 'unknown', interrupted: report.interrupted, message: neverBegun(report) }),
    );
  return printable(`${lines.join('\n')}\n`);
}
