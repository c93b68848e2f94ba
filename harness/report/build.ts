/** Run events → report: a pure fold. A report can be rebuilt at any time from a log of the events. */
import { stripVTControlCharacters } from 'node:util';
import { redact } from '../base/redact.ts';
import type { Plan, Step, StepId } from '../plan/step.ts';
import type { CommandRecord, RunEvent, Verdict } from '../run/events.ts';
import {
  type CheckReport,
  type CommandReport,
  type ConformanceReport,
  type RunFacts,
  SCHEMA_VERSION,
  type ScenarioReport,
  type StepReport,
} from './report.ts';

type EventOf<Type extends RunEvent['type']> = Extract<RunEvent, { readonly type: Type }>;

/** Most characters of a failed command's output that a report keeps: its end. */
const OUTPUT_CHARS = 4000;

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
  const runIds = runs.flatMap(([first]) => (first?.type === 'run-started' ? [first.runId] : []));
  return {
    schemaVersion: SCHEMA_VERSION,
    harness: { name: 'mesh-harness', version: facts.harnessVersion ?? null },
    verdict: worst(scenarios.map(({ verdict }) => verdict)),
    interrupted: scenarios.some(({ interrupted }) => interrupted),
    evidence:
      scenarios.length > 0 && scenarios.every(({ evidence }) => evidence === 'real') ? 'real' : 'simulated',
    scenarios,
    volatile: {
      runId: runIds[0] ?? null,
      runIds,
      startedAt: facts.startedAt ?? null,
      endedAt: facts.endedAt ?? null,
      wallDurationMs: facts.wallDurationMs ?? null,
      host: facts.host ?? null,
      nodeVersion: facts.nodeVersion ?? null,
      keyFingerprints: facts.keyFingerprints ?? {},
    },
  };
}

function worst(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('failed')) return 'failed';
  return verdicts.length === 0 || verdicts.includes('unknown') ? 'unknown' : 'passed';
}

function buildScenario(events: readonly RunEvent[]): ScenarioReport | undefined {
  const last = <Type extends RunEvent['type']>(type: Type) =>
    events.findLast((event): event is EventOf<Type> => event.type === type);
  const started = last('run-started');
  if (!started) return undefined;
  const { topology, plan, platform } = started;
  const platformStarted = last('platform-started');
  const ended = last('run-ended');
  const verdict = ended?.verdict ?? 'unknown';
  const evidence = platform.capabilities.realProxies ? 'real' : 'simulated';
  const reason =
    ended?.reason ??
    (ended ? undefined : { kind: 'environment' as const, message: 'The run ended without a verdict.' });
  const report: ScenarioReport = {
    scenario: topology.name,
    verdict,
    interrupted: ended?.interrupted ?? false,
    ...(evidence === 'real' &&
      verdict !== 'unknown' && { conclusion: verdict === 'passed' ? 'conformant' : 'nonconformant' }),
    ...(reason && { reason }),
    evidence,
    platform,
    edition: plan.edition,
    istioVersion: plan.istioVersion,
    clock: started.clock,
    seed: started.seed,
    requests: started.requests,
    keepGoing: started.keepGoing,
    omitted: started.omitted,
    topology,
    adjustments: platformStarted?.adjustments ?? [],
    toolVersions: platformStarted?.toolVersions ?? {},
    errata: usedErrata(plan),
    steps: buildSteps(plan, events),
    checks: buildChecks(events),
    cleanUpFailures: last('clean-up-ended')?.failures ?? [],
    durationMs: ended?.durationMs ?? 0,
  };
  return withoutSecrets(report);
}

/**
 * Errata that shaped a step of this plan, in the plan's order; one that shaped none would tell nothing about
 * the run.
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

function buildSteps(plan: Plan, events: readonly RunEvent[]): readonly StepReport[] {
  const startedAt = new Map<StepId, number>();
  const ended = new Map<StepId, EventOf<'step-ended'>>();
  for (const event of events) {
    if (event.type === 'step-started') startedAt.set(event.step, event.atMs);
    else if (event.type === 'step-ended') ended.set(event.step, event);
  }
  return plan.steps.map(step => buildStep(step, startedAt.get(step.id), ended.get(step.id)));
}

function buildStep(
  step: Step,
  startedAtMs: number | undefined,
  end: EventOf<'step-ended'> | undefined,
): StepReport {
  return {
    id: step.id,
    title: step.title,
    ...(step.cluster !== undefined && { cluster: step.cluster }),
    guide: step.guide,
    outcome: end?.outcome ?? (startedAtMs === undefined ? 'not-reached' : 'interrupted'),
    ...(startedAtMs !== undefined && { startedAtMs }),
    durationMs: end?.durationMs ?? 0,
    commands: (end?.commands ?? []).map(buildCommand),
    ...(end?.problem && { problem: end.problem }),
    harmlessToOmit: step.omission.harmless,
    errata: step.errata,
  };
}

/** Output of commands that succeed may be long, and may hold a remote secret: it stays out. */
function buildCommand({ line, result }: CommandRecord): CommandReport {
  const failed = result.exitCode !== 0 || result.fault !== undefined;
  return {
    line,
    exitCode: result.exitCode,
    ...(result.fault && { fault: result.fault }),
    ...(failed && { stdout: outputOf(result.stdout), stderr: outputOf(result.stderr) }),
  };
}

/** The end of an output, less terminal controls and what differs from run to run: times of day. */
function outputOf(text: string): string {
  const kept = text.length > OUTPUT_CHARS ? `…${text.slice(-OUTPUT_CHARS)}` : text;
  const plain = stripVTControlCharacters(kept).replace(/(?![\n\t])\p{Cc}/gu, '');
  return plain.replace(/\b\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:?\d{2})?/g, '<time>');
}

function buildChecks(events: readonly RunEvent[]): readonly CheckReport[] {
  const order = events.flatMap(event => (event.type === 'check-started' ? [event.check] : []));
  const ended = events.flatMap(event =>
    event.type === 'check-ended' ? [{ ...event.result, durationMs: event.durationMs }] : [],
  );
  const rank = (id: string) => (order.includes(id) ? order.indexOf(id) : order.length);
  return ended.sort((a, b) => rank(a.id) - rank(b.id));
}

/** Takes keys and tokens out of every text of a value, and certificates, which are derived from keys. */
function withoutSecrets<T>(value: T): T {
  if (typeof value === 'string') {
    // The cast says that a text stays a text.
    return clean(value) as T & string;
  }
  if (Array.isArray(value)) return value.map(withoutSecrets) as T & unknown[]; // the same elements, cleaned
  if (typeof value === 'object' && value !== null) {
    // The same keys.
    return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, withoutSecrets(entry)])) as T;
  }
  return value;
}

function clean(text: string): string {
  if (text.length < 20) return text;
  return redact(text)
    .replace(/-----BEGIN ([A-Z ]+)-----[\s\S]*?(-----END \1-----|$)/g, '<$1 removed>')
    .replace(/\bLS0tLS1CRUdJTi[A-Za-z0-9+/=]+/g, '<PEM removed>');
}
