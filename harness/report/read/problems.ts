/** What keeps a value from being a report: its schema, and what its parts must agree on. Pure. */
import type * as z from '../../base/zod.ts';
import { SCHEMA_ID, SCHEMA_VERSION } from '../report.ts';
import { weakestEvidence, worstVerdict } from '../worst.ts';
import { checkOutcome, reportSchema } from './schema.ts';

type ReadReport = z.output<typeof reportSchema>;
type ReadScenario = ReadReport['scenarios'][number];

/**
 * Finds what is wrong with a report, one sentence each: `scenarios[0].verdict: …`. None if nothing is.
 * @param content - what the parser made of `report.json`
 */
export function problemsOfReport(content: unknown): readonly string[] {
  const version = versionOf(content);
  if (version !== undefined && version > SCHEMA_VERSION)
    return [
      `schemaVersion: a later mesh-harness has written it (${version}); ` +
        `this one reads up to ${SCHEMA_VERSION}`,
    ];
  const parsed = reportSchema.safeParse(content);
  return parsed.success ? [...contradictions(parsed.data)] : issuesOf(parsed.error, 'report');
}

/**
 * Finds what is wrong with what a check returned, one sentence each: `found: …`. None if nothing is.
 * @param content - anything; what is in its evidence is not looked at
 */
export function problemsOfOutcome(content: unknown): readonly string[] {
  const parsed = checkOutcome.omit({ evidence: true }).safeParse(content);
  return parsed.success ? [] : issuesOf(parsed.error, 'outcome');
}

const issuesOf = ({ issues }: z.ZodError, whole: string): readonly string[] =>
  issues.map(({ path, message }) => `${placeOf(path) || whole}: ${message}`);

function versionOf(content: unknown): number | undefined {
  const version =
    typeof content === 'object' && content !== null && 'schemaVersion' in content
      ? content.schemaVersion
      : undefined;
  return typeof version === 'number' ? version : undefined;
}

const placeOf = (path: readonly PropertyKey[]): string =>
  path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : `${index > 0 ? '.' : ''}${String(part)}`))
    .join('');

/** Where two parts of a report say what cannot both be true. */
function* contradictions(report: ReadReport): Generator<string> {
  const { $schema = SCHEMA_ID, verdict, interrupted, evidence, scenarios, notBegun = [] } = report;
  if ($schema !== SCHEMA_ID) yield `$schema: is not ${SCHEMA_ID}`;
  yield* shardProblems(report);
  // Nothing is known of what was never begun.
  const worst = worstVerdict([
    ...scenarios.map(each => each.verdict),
    ...notBegun.map(() => 'unknown' as const),
  ]);
  if (verdict !== worst) yield `verdict: is ${verdict}, and that of the scenarios is ${worst}`;
  if (scenarios.some(each => each.interrupted) && !interrupted)
    yield 'interrupted: is false, and a scenario was interrupted';
  if (interrupted && verdict === 'passed') yield 'verdict: is passed, and the run was interrupted';
  const weakest = weakestEvidence(scenarios.map(each => each.evidence));
  if (evidence !== weakest) yield `evidence: is ${evidence}, and that of the scenarios is ${weakest}`;
  for (const [index, scenario] of scenarios.entries())
    for (const problem of contradictionsIn(scenario))
      yield `scenarios[${index}] (${scenario.scenario}): ${problem}`;
}

/** A part holds scenarios of its run only. */
function* shardProblems({ shard, scenarios, notBegun = [] }: ReadReport): Generator<string> {
  if (!shard) return;
  if (shard.index > shard.of) yield `shard: there is no part ${shard.index} of ${shard.of}`;
  const names = [...scenarios.map(each => each.scenario), ...notBegun];
  const foreign = names.find(name => !shard.scenarios.includes(name));
  if (foreign !== undefined) yield `shard: ${foreign} is none of the scenarios of its run`;
}

function* contradictionsIn({ verdict, checks, steps, conclusion, evidence, interrupted }: ReadScenario) {
  for (const list of [checks, steps]) {
    const ids = list.map(({ id }) => id);
    const twice = ids.find((id, index) => ids.indexOf(id) !== index);
    if (twice !== undefined) yield `${twice} is there twice`;
  }
  const counted = checks.filter(({ level, isNamed }) => level === 'core' || isNamed === true);
  if (verdict === 'passed' && counted.length === 0) yield 'it is passed, and no check was asked';
  const bad =
    counted.find(({ outcome }) => outcome !== 'passed') ?? steps.find(({ outcome }) => outcome === 'failed');
  if (verdict === 'passed' && bad) yield `it is passed, and ${bad.id} is ${bad.outcome}`;
  if (verdict === 'passed' && interrupted) yield 'it is passed, and it was interrupted';
  if (conclusion !== undefined && evidence !== 'real')
    yield `it is ${conclusion}, and its evidence is ${evidence}, which allows no conclusion`;
}
