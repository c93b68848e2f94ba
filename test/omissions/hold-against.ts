/**
 * Runs a scenario with something left out or done wrong, and holds what is seen against the table of what is
 * to be seen.
 */
import type { Test } from 'tap';
import { type Trial, trialOf } from '../../harness/matrix/applies.ts';
import { readCorpus } from '../../harness/matrix/corpus.ts';
import { hold } from '../../harness/matrix/hold.ts';
import type { Topology } from '../../harness/model/topology.ts';
import type { Plan, StepId } from '../../harness/plan/step.ts';
import type { ConformanceReport, ScenarioReport } from '../../harness/report/report.ts';
import type { SessionOptions } from '../../harness/session/options.ts';
import { run } from '../../harness/session/run.ts';
import type { Evidence } from '../../harness/verify/check.ts';
import { expectedShares } from '../../harness/verify/groups.ts';
import { smallestSample } from '../../harness/verify/sample-size.ts';
import type { Traffic } from '../../harness/verify/traffic.ts';
import { planOf, topologyOf } from '../plan/scenarios.ts';
import { impatientChecks } from '../support/impatient-checks.ts';
import { idWithout } from '../tables/corpus.ts';
import { type Expected, LOCAL_RESET, type PlanTable } from './expected.ts';

/** A seed gives the same run: this says how few requests are sent, not how often a row is wrong. */
export const RISK = 1e-2;
/** Of the calls from a client whose packets vanish: about half are slow (F0, B). */
const ABOUT_HALF = [0.2, 0.8] as const;

/** A plan with a step left out, and what is to be seen then. */
export interface Case {
  /** Of the step. */
  readonly id: string;
  readonly title: string;
  readonly topology: Topology;
  readonly plan: Plan;
  /** The plan as it is run. */
  readonly changed: Plan;
  readonly omit: readonly StepId[];
  /** As the plan tells of itself. */
  readonly harmless: boolean;
  readonly because: string;
  readonly expected: Expected;
  /** The same as a misconfiguration: which check catches it, and which cause is named. */
  readonly trial: Trial;
}

/**
 * Lists the cases of a table: each step of the plan left out.
 * @throws Error unless the table has a row for each, and no other
 */
export async function casesOf({ scenario, edition, rows }: PlanTable): Promise<readonly Case[]> {
  const topology = await topologyOf(scenario);
  const plan = await planOf(scenario, edition);
  const ids = plan.steps.map(({ id }) => id);
  const missing = ids.filter(id => !(id in rows));
  const unknown = Object.keys(rows).filter(id => !ids.includes(id));
  if (missing.length + unknown.length > 0)
    throw new Error(
      `omissions ${edition} ${scenario}: no row for ${missing.join()}; nothing to leave out: ${unknown.join()}`,
    );
  const misconfigurations = (await readCorpus()).flatMap(({ cases }) => cases);
  return plan.steps.flatMap(({ id, omission }) => {
    const expected = rows[id];
    if (!expected) return [];
    const sees = Object.values(expected.sees).join('/');
    const title = `${edition} ${scenario}: without ${id}: ${sees} (${expected.from})`;
    const misconfiguration = misconfigurations.find(each => each.id === idWithout(id));
    if (!misconfiguration) throw new Error(`There is no misconfiguration ${idWithout(id)}.`);
    const trial = trialOf(misconfiguration, topology, plan);
    if (!trial) throw new Error(`${idWithout(id)} does not apply to ${scenario}, edition ${edition}.`);
    return [{ ...omission, id, title, topology, plan, changed: plan, omit: [id], expected, trial }];
  });
}

/** How each case is run: on after failures, as someone who pastes on would. */
export function optionsOf({ topology, changed, omit, expected }: Case): SessionOptions {
  const requests = smallestSample(expectedShares(topology), RISK);
  return {
    topology,
    plan: changed,
    omit,
    keepGoing: true,
    risk: RISK,
    checks: impatientChecks(topology, changed, expected),
    ...(requests !== undefined && { requests }),
  };
}

/** Runs a case in a world of its own, and compares what is seen with its row. */
export async function holdCase(t: Test, each: Case): Promise<void> {
  compare(t, await run(optionsOf(each)), each);
}

/** Compares what was seen with the row. */
export function compare(
  t: Test,
  report: ConformanceReport,
  { changed, omit, harmless, because, expected, trial }: Case,
): void {
  const [seen] = report.scenarios;
  if (!seen) throw new Error('The report has no scenario.');
  t.equal(seen.verdict, harmless ? 'passed' : 'failed', because);
  t.same(seen.omitted, omit);
  t.same(hold(seen, trial.expected).problems, [], trial.id);
  compareTraffic(t, seen, expected);
  comparePods(t, seen, expected);
  compareWarnings(t, seen, expected);
  compareSteps(t, seen, expected, changed);
  if (harmless) return;
  t.equal(seen.reason?.kind, 'mesh', seen.reason?.message ?? 'there is a finding');
  // Where all checks pass nevertheless, what has failed is a step, which says so itself.
  if (seen.checks.every(({ outcome }) => outcome === 'passed')) return;
  for (const step of omit) t.ok(pointsTo(seen, step), `a diagnosis names ${step}`);
}

function compareTraffic(t: Test, seen: ScenarioReport, { sees, fails = {} }: Expected): void {
  const checks = seen.checks.filter(check => check.traffic);
  t.same(Object.fromEntries(checks.map(({ traffic }) => [traffic?.from, traffic?.symptom])), sees);
  for (const { traffic, evidence } of checks) {
    if (!traffic) continue;
    const errors = (traffic.sample ?? traffic.convergence.lastBatch)?.errors ?? [];
    const isHidden = traffic.symptom !== 'B' || seen.edition !== '1.8';
    const pattern = fails[traffic.from] ?? (isHidden ? undefined : LOCAL_RESET);
    if (!pattern) t.same(errors, [], `no call from ${traffic.from} fails`);
    for (const { error } of errors) t.match(error, pattern ?? /^$/);
    compareCalls(t, traffic, isHidden);
    compareEndpoints(t, traffic, evidence);
  }
}

/** Who answers, and how fast (F0). */
function compareCalls(t: Test, { from, symptom, sample, convergence }: Traffic, isHidden: boolean): void {
  const calls = sample ?? convergence.lastBatch;
  const answeredBy = new Set(calls?.instances.map(({ cluster }) => cluster));
  const failed = (calls?.errors ?? []).reduce((sum, { count }) => sum + count, 0) / (calls?.requests || 1);
  if (symptom === 'B') {
    const slow = (calls?.slow ?? 0) / (calls?.requests || 1);
    t.ok(
      slow >= ABOUT_HALF[0] && slow <= ABOUT_HALF[1],
      `about half of the calls from ${from} are slow: ${slow}`,
    );
    t.ok((calls?.longestSeconds ?? 0) >= 10, 'they wait for the connect timeout of 10 s');
    t.equal(failed, isHidden ? 0 : slow, 'on 1.8.0 they fail then; later a retry elsewhere hides it');
  } else t.equal(calls?.slow ?? 0, 0, `no call from ${from} is slow`);
  if (symptom === 'CFG' || symptom === 'DNS') t.equal(failed, 1, 'every call fails');
  if (['R', 'X', 'B', 'LOC-plain'].includes(symptom))
    t.same([...answeredBy], [from], 'only the local version answers');
  if (symptom === 'REMOTE-ONLY') t.notOk(answeredBy.has(from), 'only the other version answers');
  if (symptom === 'BOTH') t.ok(sample, 'a fixed sample was taken');
}

/** What the client's proxy knows (I14): the reason for what the calls show. */
function compareEndpoints(t: Test, { from, symptom }: Traffic, evidence: Evidence): void {
  const { endpoints } = evidence as { endpoints?: readonly string[] | null }; // of the check on traffic
  const foreign = (endpoints ?? []).filter(endpoint => !endpoint.includes(`pod of ${from}`));
  if (symptom === 'R') t.same(foreign, [], `${from}'s client knows no endpoint elsewhere`);
  if (symptom !== 'X' && symptom !== 'B') return;
  t.equal(foreign.length, 1, `${from}'s client knows one endpoint elsewhere`);
  t.match(foreign[0] ?? '', /[1-9]\d* failed connections/, 'which it fails to connect to');
  if (symptom === 'B') t.match(foreign[0] ?? '', /:5000, pod of /, 'the raw address of a pod (I7)');
}

/** Hashes and random parts are no matter of the table. */
const withoutHashes = (found: string): string => found.replace(/-[a-z0-9]{8,10}-[a-z0-9]{5}\b/g, '');

function comparePods(t: Test, seen: ScenarioReport, { pods = {}, placement }: Expected): void {
  const checks = seen.checks.filter(({ id }) => id.endsWith('-workloads-ready'));
  t.equal(checks.length, seen.topology.clusters.length);
  for (const { cluster = '', outcome, found } of checks) {
    t.equal(outcome, pods[cluster] === undefined ? 'passed' : 'failed', found);
    if (pods[cluster] !== undefined) t.equal(withoutHashes(found), pods[cluster]);
  }
  const placed = seen.checks.find(({ id }) => id === 'versions-in-their-own-clusters');
  if (placement !== undefined) t.equal(placed?.found, placement);
  else if (!JSON.stringify(pods).includes('there is no pod of helloworld'))
    t.equal(placed?.outcome, 'passed');
}

/** What Kubernetes says of the pods that are not there. */
function compareWarnings(t: Test, seen: ScenarioReport, { warnings = {} }: Expected): void {
  for (const [cluster, says] of Object.entries(warnings)) {
    const check = seen.checks.find(({ id }) => id === `${cluster}-workloads-ready`);
    // Of that check, when it has failed.
    const { warnings: seenThere = [] } = (check?.evidence ?? {}) as { warnings?: readonly string[] };
    t.match(seenThere.join('\n'), says);
  }
}

function compareSteps(t: Test, seen: ScenarioReport, { steps = {} }: Expected, plan: Plan): void {
  const failed = seen.steps.filter(({ outcome }) => outcome !== 'done' && outcome !== 'omitted');
  t.same(failed.map(({ id }) => id).sort(), Object.keys(steps).sort(), 'these steps fail');
  for (const { id, outcome, problem } of failed) {
    t.equal(outcome, 'failed');
    if (steps[id]) t.match(problem?.message, steps[id]);
  }
  for (const { id, durationMs } of seen.steps) {
    // A step that the session adds, to start workloads again, has no deadline in the plan.
    const deadlineMs = plan.steps.find(step => step.id === id)?.deadlineMs ?? Infinity;
    if (durationMs > deadlineMs)
      t.fail(`${id} took ${durationMs} ms, beyond its deadline of ${deadlineMs} ms`);
  }
}

/** Whether a reader who follows what the report says comes to the step. */
function pointsTo(seen: ScenarioReport, omitted: string): boolean {
  return seen.checks.some(({ diagnosis }) => diagnosis?.steps.includes(omitted));
}
