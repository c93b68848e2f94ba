/**
 * Where the time of a run on kind goes, with stand-ins that take as long as the real programs did
 * (`kind-times.ts`): the critical path from the first program to the end of the clean-up, and how much of it
 * is the harness's own, in which nothing that it waits for goes on. Ends with exit code 1 if that is more
 * than the budget, or if the clusters wait for each other. Needs a Docker engine, and a machine that does
 * nothing else.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../harness/base/clock.ts';
import { packageRoot } from '../../harness/base/package-root.ts';
import type { RunEvent } from '../../harness/run/events.ts';
import { loadScenario } from '../../harness/scenario/load.ts';
import { prepareSession } from '../../harness/session/prepare.ts';
import { kindWorld } from '../support/kind-world.ts';
import { nodesMissing } from '../support/node-image.ts';
import type { Hub } from '../support/stand-ins/hub.ts';
import { criticalPath, pathTable, type Span } from './critical-path.ts';
import { LATENESS, measuredMs, REST_MS } from './kind-times.ts';

const BUDGET = 0.05;
const RUN_ID = `bench${process.pid.toString(36)}`;

/** Milliseconds in which at least one of the spans went on. */
function busyMs(spans: readonly Span[]): number {
  let busy = 0;
  let until = 0;
  for (const { startMs, endMs } of [...spans].sort((a, b) => a.startMs - b.startMs)) {
    busy += Math.max(0, endMs - Math.max(until, startMs));
    until = Math.max(until, endMs);
  }
  return busy;
}

/** Whether some moment has both: of each cluster, the calls that this picks. */
function overlap(spans: readonly Span[], words: string): boolean {
  const picked = spans.filter(({ name }) => name.includes(words));
  const begun = Math.max(...picked.map(({ startMs }) => startMs));
  return picked.length > 1 && picked.every(({ endMs }) => endMs > begun);
}

/** The calls of programs, and what clusters took to answer and to be ready. */
function programSpans({ calls, readied }: Hub): readonly Span[] {
  const short = (text: string) => text.replaceAll(/\/\S+\//g, '').replaceAll(`mh-${RUN_ID}-`, '');
  return [
    ...calls.map(({ program, argv, startedAtMs, endedAtMs = startedAtMs }) => ({
      name: short([program, ...argv.filter(word => !/^(?:values|components)\./.test(word))].join(' ')),
      startMs: startedAtMs,
      endMs: endedAtMs,
    })),
    // What comes after that does not wait for kind's end.
    ...calls
      .filter(({ argv }) => argv[0] === 'create' && argv[1] === 'cluster')
      .map(({ argv, startedAtMs, endedAtMs = startedAtMs }) => ({
        name: short(`${argv[argv.indexOf('--name') + 1] ?? ''}: API server answers`),
        startMs: startedAtMs,
        endMs: endedAtMs - REST_MS,
      })),
    ...readied.map(({ cluster, what, atMs }) => {
      const created = calls.find(({ argv }) => argv[0] === 'create' && argv.includes(cluster));
      const name = `${short(cluster)}: ${what} ready`;
      return { name, startMs: created?.endedAtMs ?? atMs, endMs: atMs };
    }),
  ];
}

/** The checks, and the clean-up after them. */
function verdictSpans(events: readonly RunEvent[]): readonly Span[] {
  const checks = events.flatMap(event =>
    event.type === 'check-ended'
      ? [
          {
            name: `check ${event.result.id}`,
            startMs: (event.wallMs ?? 0) - event.durationMs,
            endMs: event.wallMs ?? 0,
          },
        ]
      : [],
  );
  const ended = events.find(({ type }) => type === 'clean-up-ended')?.wallMs ?? 0;
  const judged = Math.max(...checks.map(({ endMs }) => endMs));
  return [...checks, { name: 'clean-up', startMs: judged, endMs: ended }];
}

interface Measured {
  readonly verdict: string;
  readonly startMs: number;
  readonly totalMs: number;
  /** Until the end of the last step. */
  readonly ownMs: number;
  readonly programsMs: number;
  readonly isSideBySide: boolean;
  readonly spans: readonly Span[];
}

async function measure(scenario: string): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'mesh-harness-bench-'));
  const { topology } = await loadScenario(scenario, { folder: join(packageRoot(), 'scenarios') });
  try {
    await using world = await kindWorld(folder, topology);
    const { hub } = world;
    hub.takesMs = measuredMs(hub);
    hub.lateness = LATENESS;
    hub.restMs = REST_MS;
    const archive = join(folder, 'images.tar');
    writeFileSync(archive, 'example.invalid/image:1\n');
    const events: RunEvent[] = [];
    const startMs = systemClock.now();
    const session = await prepareSession({
      topology,
      edition: 'current',
      platform: world.platform(RUN_ID, { imageArchives: [archive] }),
      listeners: [event => void events.push(event)],
    });
    const { verdict, reason } = await session.start();
    if (verdict !== 'passed') console.log(JSON.stringify(reason));
    const programs = programSpans(hub);
    const stepped = events.findLast(({ type }) => type === 'step-ended')?.wallMs ?? startMs;
    const programsMs = busyMs(programs.filter(({ endMs }) => endMs <= stepped));
    const spans = [...programs, ...verdictSpans(events)];
    const totalMs = Math.max(...spans.map(({ endMs }) => endMs)) - startMs;
    const isSideBySide = overlap(spans, 'create cluster');
    return {
      verdict,
      startMs,
      totalMs,
      ownMs: stepped - startMs - programsMs,
      programsMs,
      isSideBySide,
      spans,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Writes what was measured. @returns whether it is as it should be */
function report(scenario: string, measured: Measured): boolean {
  const { verdict, startMs, totalMs, ownMs, programsMs, isSideBySide, spans } = measured;
  const share = ownMs / programsMs;
  const isGood = verdict === 'passed' && share <= BUDGET && isSideBySide;
  const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`;
  console.log(
    [
      `${isGood ? '✓' : '✗'} ${scenario} (${verdict}): ${seconds(totalMs)} to the end of the clean-up; ` +
        `${seconds(ownMs)} of our own beside ${seconds(programsMs)} of the programs: ` +
        `${(100 * share).toFixed(1)} % (budget ${100 * BUDGET} %)${isSideBySide ? '' : '; the clusters were not created side by side'}`,
      '  begins  takes  the critical path',
      ...pathTable(criticalPath(spans, startMs), startMs),
    ].join('\n'),
  );
  return isGood;
}

const missing = nodesMissing();
if (missing !== undefined) {
  console.log(`skipped: ${missing}`);
} else {
  const scenarios = (process.env['BENCH_SCENARIOS'] ?? 'multi-primary,primary-remote-multi-network').split(
    ',',
  );
  const totals: Record<string, number> = {};
  for (const scenario of scenarios) {
    const measured = await measure(scenario);
    totals[scenario] = measured.totalMs;
    if (!report(scenario, measured)) process.exitCode = 1;
  }
  const out = process.env['BENCH_TOTALS'];
  if (out !== undefined) writeFileSync(out, JSON.stringify(totals));
}
