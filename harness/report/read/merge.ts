/** Joins the reports of several runs into one. Pure. */
import { HarnessError } from '../../base/errors.ts';
import { type ConformanceReport, SCHEMA_VERSION, type Volatile } from '../report.ts';
import { weakestEvidence, worstVerdict } from '../worst.ts';

/**
 * Joins reports: the parts of one run (`run --shard 1/3`) in their order, and those of other platforms,
 * editions and releases in the order given. The parts of a whole run give what one run would have given,
 * times and run ids aside; what a part that is missing should have run is told as not begun.
 * @throws HarnessError ERR_USAGE for none, and for one that is given twice
 */
export function mergeReports(reports: readonly ConformanceReport[]): ConformanceReport {
  assertEachOnce(reports);
  const sorted = partsInOrder(reports);
  assertPartsFit(sorted);
  assertDifferent(sorted);
  const scenarios = sorted.flatMap(each => each.scenarios);
  const notBegun = [...sorted.flatMap(each => each.notBegun ?? []), ...ofMissingParts(sorted)];
  const verdicts = [...scenarios.map(each => each.verdict), ...notBegun.map(() => 'unknown' as const)];
  return {
    schemaVersion: SCHEMA_VERSION,
    harness: {
      name: 'mesh-harness',
      version: common(sorted.map(({ harness }) => harness.version)),
      commit: common(sorted.map(({ harness }) => harness.commit)),
    },
    reproduce: common(sorted.map(reproduceWhole)),
    verdict: worstVerdict(verdicts),
    interrupted: sorted.some(each => each.interrupted),
    evidence: weakestEvidence(scenarios.map(each => each.evidence)),
    scenarios,
    ...(notBegun.length > 0 && { notBegun }),
    volatile: mergeVolatile(sorted.map(each => each.volatile)),
  };
}

function assertEachOnce(reports: readonly ConformanceReport[]): void {
  if (reports.length === 0) throw new HarnessError('ERR_USAGE', 'There is no report to join.');
  const seen = new Set<string>();
  for (const id of reports.flatMap(each => each.volatile.runIds)) {
    if (seen.has(id)) throw new HarnessError('ERR_USAGE', `The report of run ${id} is given twice.`);
    seen.add(id);
  }
}

/** Tells of which run a report is a part; undefined for one that is whole. */
function runOf({ shard, scenarios: [first] }: ConformanceReport): string | undefined {
  if (!shard) return undefined;
  const { platform, edition, istioVersion, seed } = first ?? {};
  return JSON.stringify([shard.of, shard.scenarios, platform?.name, edition, istioVersion, seed]);
}

/**
 * Puts the parts of a run in order, where the first of them was given.
 * @throws HarnessError ERR_USAGE for a part that is there twice
 */
function partsInOrder(reports: readonly ConformanceReport[]): readonly ConformanceReport[] {
  const groups = new Map<string | ConformanceReport, ConformanceReport[]>();
  for (const report of reports) {
    const key = runOf(report) ?? report;
    groups.set(key, [...(groups.get(key) ?? []), report]);
  }
  return [...groups.values()].flatMap(parts => {
    const sorted = parts.toSorted((a, b) => (a.shard?.index ?? 0) - (b.shard?.index ?? 0));
    const twice = sorted.find((part, at) => at > 0 && part.shard?.index === sorted[at - 1]?.shard?.index);
    if (!twice?.shard) return sorted;
    const { index, of } = twice.shard;
    throw new HarnessError('ERR_USAGE', `Part ${index}/${of} of one run is given twice.`, {
      hint: 'Of a part that was run again, give the later report only.',
    });
  });
}

/** Parts of the same scenarios that make no whole run are of several runs, most likely by mistake. */
function assertPartsFit(reports: readonly ConformanceReport[]): void {
  const halves = [...partsByRun(reports).values()].filter(({ missing }) => missing.length > 0);
  for (const [
    index,
    {
      parts: [one],
    },
  ] of halves.entries()) {
    const other = halves.slice(index + 1).find(half => sameScenarios(half.parts[0], one))?.parts[0];
    if (!one || !other) continue;
    throw new HarnessError(
      'ERR_USAGE',
      `The parts are not of one run: ${describePart(one)}; ${describePart(other)}.`,
      { hint: 'Give all parts of each run.' },
    );
  }
}

const sameScenarios = (one: ConformanceReport | undefined, other: ConformanceReport | undefined): boolean =>
  JSON.stringify(one?.shard?.scenarios) === JSON.stringify(other?.shard?.scenarios);

function describePart({ shard, scenarios: [first] }: ConformanceReport): string {
  const part = `part ${shard?.index}/${shard?.of}`;
  return first ? `${part} is on ${describeRun(first)}` : `${part} has run nothing`;
}

/** Words what tells runs of a scenario apart. */
const describeRun = ({ platform, edition, istioVersion, seed }: ConformanceReport['scenarios'][number]) =>
  `${platform.name}, edition ${edition} (Istio ${istioVersion}), seed ${seed}`;

/** What is the same in all that tells runs apart would stand there twice. */
function assertDifferent(reports: readonly ConformanceReport[]): void {
  const seen = new Set<string>();
  for (const each of reports.flatMap(report => report.scenarios)) {
    const words = `${each.scenario} on ${describeRun(each)}`;
    if (seen.has(words))
      throw new HarnessError('ERR_USAGE', `${words}, is in two of the reports.`, {
        hint: 'Of what was run again, give the later report only; report diff compares two.',
      });
    seen.add(words);
  }
}

/** Names the scenarios of parts that are not there. */
const ofMissingParts = (reports: readonly ConformanceReport[]): readonly string[] =>
  [...partsByRun(reports).values()].flatMap(({ missing }) => missing);

/** Groups parts by their run, each with the names of the scenarios that none of them tells of. */
function partsByRun(reports: readonly ConformanceReport[]) {
  const runs = new Map<
    string,
    { readonly parts: readonly ConformanceReport[]; missing: readonly string[] }
  >();
  for (const report of reports) {
    const key = runOf(report);
    if (key === undefined || !report.shard) continue;
    const { parts, missing } = runs.get(key) ?? { parts: [], missing: report.shard.scenarios };
    const told = [...report.scenarios.map(({ scenario }) => scenario), ...(report.notBegun ?? [])];
    runs.set(key, { parts: [...parts, report], missing: missing.filter(name => !told.includes(name)) });
  }
  return runs;
}

/** Returns the command line of the run that a report is a part of. */
const reproduceWhole = ({ reproduce, shard }: ConformanceReport): string | null =>
  shard ? (reproduce?.replace(` --shard ${shard.index}/${shard.of}`, '') ?? null) : reproduce;

/** Returns the value that all have; null if they differ. */
const common = <Value>(values: readonly Value[]): Value | null => {
  const [first = null, ...others] = values;
  return others.every(each => JSON.stringify(each) === JSON.stringify(first)) ? first : null;
};

function mergeVolatile(all: readonly Volatile[]): Volatile {
  const times = (which: 'startedAt' | 'endedAt') => all.flatMap(each => each[which] ?? []).toSorted();
  const walls = all.flatMap(each => each.wallDurationMs ?? []);
  return {
    runId: all[0]?.runId ?? null,
    runIds: all.flatMap(each => each.runIds),
    startedAt: times('startedAt')[0] ?? null,
    endedAt: times('endedAt').at(-1) ?? null,
    // What it took in all, one after the other or side by side.
    wallDurationMs: walls.length === 0 ? null : walls.reduce((sum, each) => sum + each, 0),
    host: common(all.map(({ host }) => host)),
    // It lies beside the report that was joined, not beside this one.
    diagnostics: null,
    wallTimes: all.flatMap(each => each.wallTimes),
    nodeVersion: common(all.map(({ nodeVersion }) => nodeVersion)),
    keyFingerprints: Object.assign({}, ...all.map(({ keyFingerprints }) => keyFingerprints)),
  };
}
