/** Folds run events into a report. Pure: a log of the events gives the same report at any time. */
import type { Plan } from '../plan/step.ts';
import type { RunEvent } from '../run/events.ts';
import { callsSeen } from '../verify/seen/calls.ts';
import { type SeenCluster, unseenCluster } from '../verify/seen/seen.ts';
import { buildSteps } from './build-steps.ts';
import { foundVersions, releaseIn } from './found.ts';
import {
  type CheckReport,
  type ConformanceReport,
  type EvidenceLevel,
  type RunFacts,
  SCHEMA_VERSION,
  type ScenarioReport,
} from './report.ts';
import { wallTimesOf } from './wall-times.ts';
import { withoutSecrets } from './without-secrets.ts';
import { weakestEvidence, worstVerdict } from './worst.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/**
 * Builds the report of one or several runs.
 * @param events - of whole runs, one after the other; each begins with `run-started`
 * @param facts - what the surroundings contribute to `volatile`
 * @returns a report without keys, tokens or certificates
 */
export function buildReport(events: Iterable<RunEvent>, facts: RunFacts = {}): ConformanceReport {
  const runs: RunEvent[][] = [];
  for (const event of events) {
    if (event.type === 'run-started') runs.push([event]);
    else runs.at(-1)?.push(event);
  }
  const scenarios = runs.map(buildScenario).filter(scenario => scenario !== undefined);
  const { notBegun = [] } = facts;
  const runIds = runs.flatMap(([first]) => (first?.type === 'run-started' ? [first.runId] : []));
  return {
    schemaVersion: SCHEMA_VERSION,
    harness: {
      name: 'mesh-harness',
      version: facts.harnessVersion ?? null,
      commit: facts.harnessCommit ?? null,
    },
    reproduce: facts.reproduce === undefined ? null : withoutSecrets(facts.reproduce),
    // Nothing is known of what was never begun.
    verdict: worstVerdict([
      ...scenarios.map(({ verdict }) => verdict),
      ...notBegun.map(() => 'unknown' as const),
    ]),
    interrupted: notBegun.length > 0 || scenarios.some(({ interrupted }) => interrupted),
    evidence: weakestEvidence(scenarios.map(({ evidence }) => evidence)),
    scenarios,
    ...(notBegun.length > 0 && { notBegun: withoutSecrets(notBegun) }),
    ...(facts.shard && { shard: withoutSecrets(facts.shard) }),
    volatile: {
      runId: runIds[0] ?? null,
      runIds,
      startedAt: facts.startedAt ?? null,
      endedAt: facts.endedAt ?? null,
      wallDurationMs: facts.wallDurationMs ?? null,
      host: facts.host ?? null,
      nodeVersion: facts.nodeVersion ?? null,
      diagnostics: facts.diagnostics ?? null,
      wallTimes: withoutSecrets(runs.map(wallTimesOf)),
      keyFingerprints: facts.keyFingerprints ?? {},
    },
  };
}

/**
 * A platform may claim what it likes: clusters that were never up have said nothing, and one that says that
 * it is simulated is.
 */
function evidenceOf(
  { capabilities, controlPlane }: ScenarioReport['platform'],
  started: EventOf<'platform-started'> | undefined,
): EvidenceLevel {
  if (capabilities.realProxies && !started) return 'none';
  if (capabilities.realProxies && started?.found?.isSimulated !== true) return 'real';
  return controlPlane ? 'real-control-plane' : 'simulated';
}

function buildScenario(events: readonly RunEvent[]): ScenarioReport | undefined {
  const last = <Type extends RunEvent['type']>(type: Type) =>
    events.findLast((event): event is EventOf<Type> => event.type === type);
  const started = last('run-started');
  if (!started) return undefined;
  const { topology, plan, platform } = started;
  const platformStarted = last('platform-started');
  const ended = last('run-ended');
  const notSimulated = last('not-simulated');
  const verdict = ended?.verdict ?? 'unknown';
  const evidence = evidenceOf(platform, platformStarted);
  const reason =
    ended?.reason ??
    (ended ? undefined : { kind: 'environment' as const, message: 'The run ended without a verdict.' });
  const checks = buildChecks(events);
  const clusters = last('clusters-seen')?.clusters ?? unseenClusters(started, whyUnseen(ended, events));
  const traffic = checks.flatMap(check => (check.traffic ? [check.traffic] : []));
  const isModel = evidence === 'simulated' || evidence === 'real-control-plane';
  const versions = isModel ? undefined : foundVersions(platformStarted, clusters);
  const report: ScenarioReport = {
    scenario: topology.name,
    verdict,
    interrupted: ended?.interrupted ?? false,
    ...(evidence === 'real' &&
      (verdict === 'failed' || started.isPartial !== true) &&
      verdict !== 'unknown' && { conclusion: verdict === 'passed' ? 'conformant' : 'nonconformant' }),
    ...(reason && { reason }),
    evidence,
    platform,
    edition: plan.edition,
    istioVersion: (versions && releaseIn(versions)) ?? plan.istioVersion,
    ...(versions && { writtenFor: plan.writtenFor ?? plan.istioVersion, found: versions }),
    clock: started.clock,
    seed: started.seed,
    requests: started.requests,
    keepGoing: started.keepGoing,
    omitted: started.omitted,
    topology,
    adjustments: platformStarted?.adjustments ?? [],
    ...(platformStarted?.remarks && { remarks: platformStarted.remarks }),
    ...(notSimulated && { notSimulated: notSimulated.told }),
    toolVersions: platformStarted?.toolVersions ?? {},
    errata: usedErrata(plan),
    steps: buildSteps(plan, events),
    checks,
    seen: { clusters, calls: callsSeen(topology, traffic, clusters) },
    cleanUpFailures: last('clean-up-ended')?.failures ?? [],
    durationMs: ended?.durationMs ?? 0,
  };
  return withoutSecrets(report);
}

/** Words why nobody looked at the clusters. */
function whyUnseen(ended: EventOf<'run-ended'> | undefined, events: readonly RunEvent[]): string {
  if (!events.some(({ type }) => type === 'platform-started')) return 'the clusters never came up';
  return ended?.interrupted === true ? 'the run was interrupted' : 'the run ended before';
}

const unseenClusters = ({ topology, plan }: EventOf<'run-started'>, why: string): readonly SeenCluster[] =>
  topology.clusters.map(({ name, helloWorld }) =>
    unseenCluster(name, why, { client: plan.client, helloWorld }),
  );

/**
 * Returns the errata that shaped a step of this plan, in the plan's order. One that shaped none tells nothing
 * about the run.
 */
function usedErrata({ errata, steps }: Plan): ScenarioReport['errata'] {
  const used = new Set(steps.flatMap(step => step.errata));
  const relevant = used.size > 0 ? errata.filter(({ id }) => used.has(id)) : errata;
  return relevant.map(({ id, guideLine, lines, wouldHappen, weDo }) => ({
    id,
    guideLine,
    ...(lines && { lines }),
    wouldHappen,
    weDo,
  }));
}

function buildChecks(events: readonly RunEvent[]): readonly CheckReport[] {
  const order = events.flatMap(event => (event.type === 'check-started' ? [event.check] : []));
  const ended = events.flatMap(event =>
    event.type === 'check-ended' ? [{ ...event.result, durationMs: event.durationMs }] : [],
  );
  const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return ended.sort((a, b) => rank(a.id) - rank(b.id));
}
